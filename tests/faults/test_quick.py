"""Faults that take a minute at most: one seed of each runs with every change."""

import time

import pytest
import redis

from tests.duration import wait_until
from tests.e2e.stack import Stack
from tests.faults.conftest import Verify
from tests.faults.load import click, last_words, make_world, storm
from tests.faults.rows import hold_reminders, release_reminders, reminders
from tests.faults.steps import kill_at_each_step

pytestmark = pytest.mark.faults

MESSAGES = "* /channels/*/messages*"
BEHIND = "select 1 from notifications_announcement where posted_revision < wanted_revision"


def test_discord_answers_badly_during_a_storm(stack: Stack, seed: int, verify: Verify) -> None:
    """F04: 500 and 502, before and after applying, cut connections, 429 with a long wait."""
    world = make_world(stack, seed, due_in=14)
    fault = stack.sandbox.fault
    fault(MESSAGES, "reset", when="after", times=None, probability=0.1, seed=seed)
    fault(MESSAGES, status=502, when="after", times=None, probability=0.1)
    fault(MESSAGES, status=502, when="before", times=None, probability=0.1)
    fault(MESSAGES, status=500, times=None, probability=0.1)
    fault(MESSAGES, status=429, retry_after=4, times=2)
    fault("POST /users/@me/channels", status=502, times=2)
    with storm(world):
        time.sleep(8)
    last_words(world)
    time.sleep(3)
    stack.sandbox.clear_faults()
    verify(world)


def test_valkey_dies_and_a_table_is_locked(stack: Stack, seed: int, verify: Verify) -> None:
    """F09, F10, F11: everybody pressing a button is answered all the same."""
    world = make_world(stack, seed, due_in=12)
    with storm(world, hands=6):
        stack.empty_valkey()
        time.sleep(1)
        stack.kill_server("valkey")
        time.sleep(1.5)
        stack.servers.resume_stopped()
        with stack.locked("games_game"):
            time.sleep(6)
    last_words(world)
    verify(world, may_complain=True)


def test_a_full_valkey_keeps_no_worker_from_its_work(
    stack: Stack, seed: int, verify: Verify
) -> None:
    """A worker that starts while Valkey refuses every write works from PostgreSQL, and says so."""
    world = make_world(stack, seed, due_in=20)
    stack.kill("worker")
    with redis.Redis.from_url(stack.environment["REDIS_URL"]) as valkey:
        valkey.config_set("maxmemory", 1)
        try:
            stack.start("worker")
            with storm(world):
                time.sleep(8)
            last_words(world)
            wait_until(lambda: "works_without_broker" in stack.whole_log("worker"), 30)
            wait_until(lambda: "pending" not in reminders(world), 60)
        finally:
            valkey.config_set("maxmemory", 0)
    wait_until(lambda: "broker_brings_ticks_again" in stack.whole_log("worker"), 60)
    verify(world, may_complain=True)


def test_worker_killed_at_each_step_then_postgres_and_the_gateway(
    stack: Stack, seed: int, verify: Verify
) -> None:
    """F01, F06, F17, the latter two while leases run out, which takes half a minute."""
    kill_at_each_step(
        stack, seed, verify, "worker", meanwhile=lambda: _break_others(stack, seed, verify)
    )


def _break_others(stack: Stack, seed: int, verify: Verify) -> None:
    """PostgreSQL crashes; the gateway cuts, reconnects and invalidates the session.

    Clicks that arrive twice must count once.
    """
    world = make_world(stack, seed)
    sandbox = stack.sandbox
    with storm(world, pause=0.1):
        time.sleep(1)
        stack.kill_server("postgres")
        time.sleep(2)
        stack.servers.resume_stopped()
        for action, fields in (
            ("drop", {}),
            ("reconnect", {}),
            ("invalidate", {}),
            ("drop", {"resumable": False}),
        ):
            time.sleep(1)
            with world.bot_away():
                sandbox.gateway(action, **fields)
                time.sleep(0.5)
                sandbox.wait_for_bot(commands=1, timeout=30)
                time.sleep(0.5)
    for outcome in sandbox.interactions(since=world.since_interaction)[-5:]:
        sandbox.replay(outcome)
    last_words(world)
    verify(world, may_complain=True)


def test_places_are_taken_away(stack: Stack, seed: int, verify: Verify) -> None:
    """F26: a channel is deleted, a permission lost, DMs closed, the bot kicked and invited back."""
    world = make_world(stack, seed, guilds=4, games=1, people=3, due_in=20, max_players=1)
    hold_reminders(world)
    gone, mute, closed, kicked = world.games
    sandbox = stack.sandbox
    for game in world.games:
        for user in game.place.members[:2]:
            assert click(game, user, "join").acked
    # Else the host is told, rightly, that the muted channel's post no longer follows.
    wait_until(lambda: not stack.rows(BEHIND))

    sandbox.delete_channel(gone.place.channel)
    silence = {"id": str(mute.place.id), "type": 0, "allow": [], "deny": ["SEND_MESSAGES"]}
    sandbox.patch_channel(mute.place.channel, overwrites=[silence])
    sandbox.patch_user(closed.place.members[1], dms_open=False)
    sandbox.remove_bot(kicked.place.id)
    click(closed, closed.place.members[0], "decline")
    release_reminders(world, *world.games)

    hosts = [gone.place.host, mute.place.host]
    wait_until(lambda: all(sandbox.dms(host) for host in hosts), 40)
    wait_until(lambda: sandbox.pings(closed.place.host), 30)
    assert not sandbox.pings(kicked.place.members[0])
    sandbox.patch_channel(mute.place.channel, overwrites=[])
    sandbox.add_bot(kicked.place.id)
    wait_until(lambda: not stack.rows("select 1 from guilds_guild where left_at is not null"))
    last_words(world, [mute, closed, kicked])
    verify(world, refused_codes=[10003, 10004, 50001, 50007, 50013])
