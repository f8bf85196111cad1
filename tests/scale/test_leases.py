"""Shards move if their bot dies, freezes or is stopped, and never have two owners."""

import time

import pytest

from discordbot.gateway.hold import RENEW_SECONDS
from discordbot.gateway.leases import LEASE_SECONDS
from tests.duration import wait_until
from tests.scale.fleet import AT_ONCE, BOTS, IDENTIFY_PERIOD, SHARDS, Fleet
from tests.scale.gaps import Gaps
from tests.scale.result import note

pytestmark = [pytest.mark.scale, pytest.mark.timeout(600)]


def test_shards_move_when_a_bot_is_killed_frozen_or_cut_off(fleet: Fleet) -> None:
    sandbox, stack = fleet.sandbox, fleet.stack
    began = time.monotonic()
    fleet.start(*BOTS)
    fleet.wait_for_shards()
    seconds = time.monotonic() - began
    at_least = (SHARDS / AT_ONCE - 1) * IDENTIFY_PERIOD
    note("start of 10 shards, max_concurrency 2", seconds=seconds, by_discords_pace=at_least)
    state = sandbox.sessions()
    assert state["too_early"] == [] and seconds >= at_least
    assert len(set(fleet.holders().values())) == len(BOTS)
    time.sleep(RENEW_SECONDS + 1)  # until the sessions are stored

    with Gaps(sandbox) as gaps:
        fleet.start_standby()
        stack.kill("bot-1")
        fleet.wait_for_shards()
    note("killed on the same machine", longest_gap=gaps.longest())
    assert gaps.longest() < 10

    with Gaps(sandbox) as gaps:
        stack.stop("bot-2")
        fleet.start("bot-2")
        fleet.wait_for_shards()
    note("restarted in its place, nobody standing by", longest_gap=gaps.longest())

    spare = fleet.start_standby()
    with Gaps(sandbox) as gaps:
        stack.pause("bot-2")
        began = time.monotonic()
        wait_until(lambda: "shards_claimed" in fleet.log(spare), LEASE_SECONDS + 15)
        moved_after = time.monotonic() - began
        fleet.wait_for_shards()
        stack.resume("bot-2")
        wait_until(lambda: "shards_lost" in fleet.log("bot-2"), 15)
        time.sleep(3)
    note("frozen for longer than its lease", moved_after=moved_after, longest_gap=gaps.longest())
    assert moved_after < LEASE_SECONDS + 6
    assert "shards_all_held" in fleet.log("bot-2")

    holders = fleet.holders()
    for away in (10, LEASE_SECONDS + 10):
        with Gaps(sandbox) as gaps:
            stack.kill_server("postgres")
            time.sleep(away)
            stack.servers.resume_stopped()
            fleet.wait_for_shards()
            time.sleep(8)
        note(f"PostgreSQL away for {away} s, a bot standing by", longest_gap=gaps.longest())
        assert fleet.holders() == holders
        assert bool(gaps.longest()) is (away > LEASE_SECONDS)

    state = sandbox.sessions()
    assert state["doubles"] == []
    assert len(state["identifies"]) == SHARDS, "who takes over resumes"
