"""Bots hold shards, hand them over and lose them, and do not start endless sessions."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings

from discordbot.gateway import start_limits
from discordbot.gateway.hold import EXTENSION_SECONDS, Hold
from discordbot.gateway.leases import LEASE_SECONDS
from discordbot.models import ShardLease
from notifications.health import check_all
from sandbox.client import Sandbox
from telemetry.heartbeats import read_heartbeats
from tests.discordbot.conftest import RunningBot, Tavern, launch_bot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


@contextmanager
def standby() -> Iterator[RunningBot]:
    """A second bot, which finds all shards held."""
    running = launch_bot()
    try:
        _wait(lambda: ShardLease.objects.filter(wanted_until__isnull=False).exists())
        yield running
    finally:
        running.stop()


def _wait(condition: object, timeout: float = 10.0) -> None:
    assert callable(condition)
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_standby_takes_over_and_no_command_is_lost(
    bot: RunningBot, sandbox: Sandbox, tavern: Tavern
) -> None:
    identifies = len(sandbox.sessions()["identifies"])
    doubles = len(sandbox.sessions()["doubles"])
    with standby() as second:
        _wait(lambda: bot.bot.mirror.is_settled)
        bot.bot.stop, stop = (lambda: None), bot.bot.stop  # type: ignore[method-assign]
        bot.loop.call_soon_threadsafe(stop)
        _wait(lambda: not sandbox.health()["shards"])
        missed = sandbox.command(tavern.host, tavern.channel, "help", wait=False)
        bot.thread.join(10)
        _wait(lambda: sandbox.outcome(missed).acked)
        assert tavern.command("help").acked
        assert ShardLease.objects.get().owner == second.bot.shards.owner
        bot.stop = lambda: None  # type: ignore[method-assign]
    assert (sandbox.outcome(missed).acked_after_ms or 9999) < 3000
    assert len(sandbox.sessions()["identifies"]) == identifies
    assert len(sandbox.sessions()["doubles"]) == doubles


def test_bot_that_lost_its_lease_lets_go(bot: RunningBot, sandbox: Sandbox) -> None:
    ShardLease.objects.update(owner="thief", wanted_until=None)
    _wait(lambda: not sandbox.health()["shards"])
    time.sleep(1)
    assert not sandbox.health()["shards"]
    assert ShardLease.objects.get().owner == "thief"


def test_no_session_is_started_when_few_are_left(
    transactional_db: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_limits, "LONGEST_WAIT", 0.5)
    monkeypatch.setattr(start_limits, "SECONDS_BETWEEN", 0.2)
    monkeypatch.setattr("discordbot.gateway.shards.SECONDS_BETWEEN_PULSES", 0.2)
    known = len(sandbox.sessions()["identifies"])
    sandbox.knobs(identifies_left=start_limits.FEWEST_LEFT - 1)
    running = launch_bot()
    try:
        _wait(lambda: "allows only 19 more" in str([beat.facts for beat in read_heartbeats()]))
        assert len(sandbox.sessions()["identifies"]) == known
        assert any(
            not check.is_well and "allows only 19 more" in check.says for check in check_all()
        )
        sandbox.knobs(identifies_left=1000)
        _wait(lambda: sandbox.health()["shards"])
    finally:
        sandbox.knobs(identifies_left=1000)
        running.stop()


def test_shards_per_process_bounds_what_is_taken(
    transactional_db: None, sandbox: Sandbox, settings: Settings
) -> None:
    settings.SHARDS_PER_PROCESS = 1
    sandbox.knobs(shards=2, max_concurrency=2)
    first, second = launch_bot(), launch_bot()
    try:
        _wait(lambda: sandbox.health()["shards"] == [0, 1])
        owners = set(ShardLease.objects.values_list("owner", flat=True))
        assert owners == {first.bot.shards.owner, second.bot.shards.owner}
        sandbox.knobs(shards=3)
        second.stop()
        second = launch_bot()
        _wait(lambda: sandbox.health()["shards"] == [0, 1])
        assert set(ShardLease.objects.values_list("shard_count", flat=True)) == {2}
    finally:
        first.stop()
        second.stop()
        sandbox.knobs(shards=1, max_concurrency=1)


def test_database_away_ends_certainty_only_where_somebody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr("discordbot.gateway.hold.time.monotonic", lambda: now)
    alone, wanted = Hold(), Hold()
    assert not alone.is_certain()
    alone.renew(now, is_wanted=False)
    wanted.renew(now, is_wanted=True)
    for _round in range(3):
        now += LEASE_SECONDS / 4
        assert alone.is_certain() and wanted.is_certain()
        alone.extend()
        wanted.extend()
    now += LEASE_SECONDS / 4 - 1
    alone.extend()
    wanted.extend()
    assert alone.is_certain()
    assert not wanted.is_certain()
    now += EXTENSION_SECONDS
    assert not alone.is_certain(), "a process that slept knows nothing"


def test_commands_are_registered_by_who_resumes(
    bot: RunningBot, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with standby():
        caplog.clear()
        bot.stop()
        bot.stop = lambda: None  # type: ignore[method-assign]
        _wait(lambda: "commands_unchanged" in caplog.text)
