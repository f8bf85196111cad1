"""Discord misbehaves for a long time: `make soak` runs these with several seeds."""

import random
import time

import pytest

from tests.duration import wait_until
from tests.e2e.stack import Stack
from tests.faults.conftest import Verify
from tests.faults.load import last_words, make_world, storm
from tests.faults.way import Way

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(600)]

POST, EDIT = "POST /channels/*/messages", "PATCH /channels/*/messages/*"


def test_connections_refused_for_half_a_minute(
    stack: Stack, way: Way, seed: int, verify: Verify
) -> None:
    world = make_world(stack, seed, due_in=12)
    with storm(world), world.bot_away(), way.closed():
        time.sleep(30)
    last_words(world)
    verify(world)


def test_channels_are_held_up_for_long(stack: Stack, seed: int, verify: Verify) -> None:
    """429s ask to wait 25 s: that channel waits, and the others do not."""
    world = make_world(stack, seed, due_in=12)
    slow, quick = world.places
    stack.sandbox.fault(POST, status=429, retry_after=25, times=2, channel_id=slow.channel)
    stack.sandbox.fault(EDIT, status=429, retry_after=25, times=2, channel_id=slow.channel)
    with storm(world):
        wait_until(lambda: stack.sandbox.pings(quick.host), 30)
        assert not stack.sandbox.pings(slow.host)
        time.sleep(10)
    last_words(world)
    verify(world)
    for place in world.places:
        asked = stack.sandbox.requests(since=world.since_request, channel=place.channel)
        assert len([entry for entry in asked if entry["status"] == 429]) <= 6


def test_discord_hangs(stack: Stack, seed: int, verify: Verify) -> None:
    """Every second request is carried out, but its answer comes too late."""
    world = make_world(stack, seed, due_in=10)
    stack.sandbox.fault(POST, "latency", when="after", delay=12, times=None, probability=0.5)
    stack.sandbox.fault(EDIT, "latency", when="after", delay=12, times=None, probability=0.5)
    with storm(world):
        time.sleep(25)
    stack.sandbox.clear_faults()
    last_words(world)
    verify(world)


def test_edits_land_out_of_order(stack: Stack, seed: int, verify: Verify) -> None:
    """F20: slow edits overtake each other while workers are killed."""
    stack.start("worker-2")
    world = make_world(stack, seed, guilds=3, games=2)
    stack.sandbox.fault(EDIT, "latency", delay=4, times=None, probability=0.3, seed=seed)
    stack.sandbox.fault(EDIT, status=502, when="after", times=None, probability=0.05)
    dice = random.Random(seed)
    with storm(world):
        for _ in range(6):
            time.sleep(dice.uniform(2, 4))
            stack.restart(dice.choice(["worker", "worker-2"]))
    last_words(world)
    verify(world, within=90)


def test_servers_come_and_go(stack: Stack, seed: int, verify: Verify) -> None:
    """F27: outages of Discord delete nothing."""
    world = make_world(stack, seed, due_in=10)
    flapping = world.places[0].id
    with storm(world):
        for _ in range(100):
            stack.sandbox.patch_guild(flapping, unavailable=True)
            stack.sandbox.patch_guild(flapping, unavailable=False)
            time.sleep(0.05)
    last_words(world)
    verify(world)


def test_token_is_refused_for_a_while(stack: Stack, seed: int, verify: Verify) -> None:
    """F37: few requests are sent meanwhile, and all waiting messages come afterwards."""
    world = make_world(stack, seed, due_in=8, games=1)
    with storm(world, pause=1), world.bot_away():
        stack.sandbox.knobs(token_revoked=True)
        stack.sandbox.gateway("drop", resumable=False)
        time.sleep(20)
        refused = [
            entry
            for entry in stack.sandbox.requests(since=world.since_request)
            if entry["status"] == 401
        ]
        stack.sandbox.knobs(token_revoked=False)
        stack.sandbox.wait_for_bot(commands=1, timeout=150)
    assert len(refused) < 60
    verify(world, within=120, refused_codes=[0], may_expire=True)
