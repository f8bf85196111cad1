"""Faults that take their time: `make soak` runs them all, with several seeds."""

import os
import random
import signal
import time

import psutil
import pytest

from tests.e2e.stack import Stack, wait_until
from tests.faults.conftest import Verify
from tests.faults.load import World, last_words, make_world, storm
from tests.faults.steps import kill_at_each_step
from tests.faults.way import Way

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(600)]

POST, EDIT = "POST /channels/*/messages", "PATCH /channels/*/messages/*"
AGE = """
update games_game set starts_at = starts_at - interval '{by}',
    created_at = created_at - interval '{by}' where guild_id = any(array{guilds});
update notifications_timer set due_at = due_at - interval '{by}',
    expires_at = expires_at - interval '{by}' where guild_id = any(array{guilds});
update notifications_delivery set due_at = due_at - interval '{by}',
    expires_at = expires_at - interval '{by}', created_at = created_at - interval '{by}',
    first_attempt_at = first_attempt_at - interval '{by}' where guild_id = any(array{guilds})"""


def pass_time(world: World, by: str) -> None:
    """As if so much time had passed for the games, while nothing ran."""
    world.stack.execute(AGE.format(by=by, guilds=list(world.tokens)))


@pytest.mark.parametrize("process", ["bot", "web", "beat"])
def test_killed_at_each_step(stack: Stack, seed: int, verify: Verify, process: str) -> None:
    kill_at_each_step(stack, seed, verify, process)


def test_connections_refused_for_half_a_minute(
    stack: Stack, way: Way, seed: int, verify: Verify
) -> None:
    world = make_world(stack, seed, due_in=12)
    with storm(world), world.bot_away(), way.closed():
        time.sleep(30)
    last_words(world)
    verify(world)


def test_discord_hangs(stack: Stack, seed: int, verify: Verify) -> None:
    """Every second request is taken, and its answer comes too late."""
    world = make_world(stack, seed, due_in=10)
    stack.sandbox.fault(POST, "latency", when="after", delay=12, times=None, probability=0.5)
    stack.sandbox.fault(EDIT, "latency", when="after", delay=12, times=None, probability=0.5)
    with storm(world):
        time.sleep(25)
    stack.sandbox.clear_faults()
    last_words(world)
    verify(world)


def test_two_beats_and_three_workers_some_killed(stack: Stack, seed: int, verify: Verify) -> None:
    """F01, F15: whoever dies, and however many there are, each message comes once."""
    stack.start("beat-2", "worker-2", "worker-3")
    time.sleep(5)
    world = make_world(stack, seed, guilds=3, games=3, due_in=20)
    dice = random.Random(seed)
    stack.sandbox.fault(POST, "reset", when="after", times=None, probability=0.05, seed=seed)
    stack.sandbox.fault(POST, status=502, times=None, probability=0.05)
    with storm(world):
        for _ in range(8):
            time.sleep(dice.uniform(1, 4))
            stack.restart(dice.choice(["worker", "worker-2", "worker-3", "beat"]))
    stack.sandbox.clear_faults()
    last_words(world)
    verify(world)


def test_worker_stopped_beyond_its_lease(stack: Stack, seed: int, verify: Verify) -> None:
    """F19: another worker takes over; the first one wakes up and changes nothing."""
    world = make_world(stack, seed, guilds=2, games=1, people=2, due_in=12)
    asking, answered = world.places
    stack.sandbox.fault(POST, "latency", delay=4, channel_id=asking.channel)
    stack.sandbox.fault(POST, "latency", when="after", delay=4, channel_id=answered.channel)
    held = "select 1 from notifications_delivery where state = 'leased' and guild_id = %s"
    wait_until(lambda: stack.rows(held, asking.id) and stack.rows(held, answered.id), 30)
    time.sleep(0.5)
    stack.pause("worker")
    stack.start("worker-2")
    time.sleep(40)
    stack.resume("worker")
    last_words(world)
    verify(world, may_complain=True)


def test_bot_is_away_while_games_come_due(stack: Stack, seed: int, verify: Verify) -> None:
    """Reminders and starts go their way without the bot; clicks meanwhile are lost, and no more."""
    world = make_world(stack, seed, due_in=15)
    with storm(world, pause=0.5), world.bot_away():
        stack.kill("bot")
        time.sleep(60)
        stack.start("bot")
        stack.sandbox.wait_for_bot(commands=1, timeout=60)
    verify(world)


def test_everything_is_away_for_ten_minutes(stack: Stack, seed: int, verify: Verify) -> None:
    """F12, F14: overdue starts are made up for, reminders that came too late are not sent."""
    world = make_world(stack, seed, due_in=60)
    last_words(world)
    with world.bot_away():
        for name in ("bot", "worker", "beat"):
            stack.kill(name)
        pass_time(world, "15 min")
        stack.start("bot", "worker", "beat")
        stack.sandbox.wait_for_bot(commands=1, timeout=60)
    verify(world, may_expire=True)
    assert not [m for place in world.places for m in stack.sandbox.pings(place.host)]
    states = stack.rows(
        "select distinct state from notifications_timer"
        " where kind in ('remind') and guild_id = any(%s)",
        list(world.tokens),
    )
    assert states == [("expired",)]
    assert not stack.rows(
        "select 1 from games_game where status = 'scheduled' and guild_id = any(%s)",
        list(world.tokens),
    )


def test_postgres_recovers_from_crashes(stack: Stack, seed: int, verify: Verify) -> None:
    """F06: one of its processes is killed, twice, and all others are thrown out."""
    world = make_world(stack, seed, due_in=15)
    postgres = stack.servers.postgres
    assert postgres is not None
    assert postgres._process is not None
    with storm(world):
        for _ in range(2):
            time.sleep(4)
            backends = psutil.Process(postgres._process.pid).children()
            ours = [one for one in backends if "gamesched" in " ".join(one.cmdline())]
            os.kill(random.Random(seed).choice(ours).pid, signal.SIGKILL)
    last_words(world)
    verify(world, may_complain=True)


def test_seats_rise_and_fall_under_a_storm(stack: Stack, seed: int, verify: Verify) -> None:
    """F33: nobody is overlooked when the number of seats changes a hundred times."""
    world = make_world(stack, seed, guilds=1, games=2, people=12)
    games = [game.id for game in world.games]
    with storm(world, hands=6, pause=0.05):
        stack.shell(
            "import random; from games.models import Game; from games.enums import Via;"
            "from games.services.game_edit import edit_game;"
            f"dice = random.Random({seed}); games = {games};"
            "host = Game.objects.get(id=games[0]).guild.members.get(user__hosted_games=games[0]);"
            "[edit_game(game_id=dice.choice(games), member=host, via=Via.WEB, may_demote=True,"
            " values={'max_players': dice.randint(1, 9)}) for _ in range(100)]"
        )
    last_words(world)
    verify(world)


def test_edits_land_out_of_order(stack: Stack, seed: int, verify: Verify) -> None:
    """F20: slow edits overtake each other while their workers are killed."""
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


def test_bot_killed_in_a_storm(stack: Stack, seed: int, verify: Verify) -> None:
    """F17: 500 clicks, and the bot dies among them."""
    world = make_world(stack, seed, people=12)
    with storm(world, hands=10, pause=0.01, at_least=500):
        time.sleep(2)
        with world.bot_away():
            stack.restart("bot")
            time.sleep(1)
            stack.sandbox.wait_for_bot(commands=1, timeout=60)
    last_words(world)
    verify(world)


def test_worker_told_to_stop_finishes_what_it_sends(
    stack: Stack, seed: int, verify: Verify
) -> None:
    """F40: SIGTERM with requests on their way: all are marked, none is sent again."""
    world = make_world(stack, seed, guilds=4, games=2, people=1, due_in=14)
    stack.sandbox.fault(POST, "latency", when="after", delay=2, times=None)
    held = "select 1 from notifications_delivery where state = 'leased' and guild_id = any(%s)"
    wait_until(lambda: stack.rows(held, list(world.tokens)), 30)
    stack.stop("worker")
    stack.sandbox.clear_faults()
    stack.start("worker")
    verify(world)
    sent = stack.sandbox.requests(since=world.since_request, route=POST)
    nonces = [entry["nonce"] for entry in sent if entry["body"]["allowed_mentions"].get("users")]
    assert len(nonces) == len(set(nonces))


def test_servers_come_and_go(stack: Stack, seed: int, verify: Verify) -> None:
    """F27: outages of Discord's delete nothing."""
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
    """F37: few requests meanwhile, and all that waited comes afterwards."""
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
