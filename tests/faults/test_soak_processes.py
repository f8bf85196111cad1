"""Our processes die, sleep or are too many: `make soak` runs these with several seeds."""

import os
import random
import signal
import time

import psutil
import pytest

from tests.duration import stretched, wait_until
from tests.e2e.stack import Stack
from tests.faults.conftest import Verify, set_clock
from tests.faults.load import last_words, make_world, storm
from tests.faults.rows import (
    due_at,
    hold_reminders,
    pass_time,
    release_reminders,
    reminders,
    sent_at,
    statuses,
)
from tests.faults.steps import kill_at_each_step

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(600)]

# Each game's planned start, in the order in which the games did start.
STARTS = """
select g.starts_at from games_change c join games_game g on g.id = c.game_id
where c.action = 'started' and g.id = any(%s) order by c.id"""
UNSENT = """
select 1 from notifications_delivery
where notice = 'reminder' and state in ('pending', 'leased') and guild_id = any(%s)"""
LATENESS = """
select extract(epoch from d.sent_at - t.due_at) from notifications_delivery d
join notifications_timer t on t.game_id = d.game_id and t.kind = 'remind'
where d.notice = 'reminder' and d.target = 'channel' and d.guild_id = any(%s)"""
POST, EDIT = "POST /channels/*/messages", "PATCH /channels/*/messages/*"


@pytest.mark.parametrize("process", ["bot", "web", "beat"])
def test_killed_at_each_step(stack: Stack, seed: int, verify: Verify, process: str) -> None:
    kill_at_each_step(stack, seed, verify, process)


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_clock_jumps_by_an_hour(stack: Stack, seed: int, verify: Verify, ahead: int) -> None:
    """All processes' clocks jump and return; PostgreSQL's clock decides what is due."""
    world = make_world(stack, seed, due_in=20)
    due = {game.id: due_at(stack, game) for game in world.games}
    with storm(world):
        time.sleep(2)
        set_clock(stack, ahead=ahead)
        wait_until(lambda: reminders(world) == ["done"] * len(world.games), 40)
        time.sleep(3)
        set_clock(stack, ahead=0)
        time.sleep(3)
    last_words(world)
    verify(world)
    for game in world.games:
        pings = [m for m in stack.sandbox.messages(game.place.channel) if m["mentions"]]
        came = [sent_at(m) for m in pings if game.title in str(m)]
        assert len(came) == 1
        assert -0.5 <= came[0] - due[game.id] <= 10


def test_two_beats_and_three_workers_some_killed(stack: Stack, seed: int, verify: Verify) -> None:
    """F01, F15: each message comes once, whichever processes die and however many run."""
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


def test_reminders_come_soon_though_a_worker_is_killed_every_second(
    stack: Stack, seed: int, verify: Verify
) -> None:
    """What a dead worker held passes one lease of a timer and one of a message, and no longer."""
    workers = ["worker", "worker-2", "worker-3"]
    stack.start(*workers[1:])
    world = make_world(stack, seed, guilds=4, games=5, people=2, due_in=25)
    hold_reminders(world)
    dice = random.Random(seed)
    time.sleep(5)
    for moment in range(30):
        due = [game for n, game in enumerate(world.games) if n % 20 == moment]
        release_reminders(world, *due)
        stack.restart(dice.choice(workers))
        time.sleep(1)
    wait_until(lambda: set(reminders(world)) == {"done"}, 60)
    wait_until(lambda: not stack.rows(UNSENT, list(world.tokens)), 60)
    late = sorted(float(str(seconds)) for (seconds,) in stack.rows(LATENESS, list(world.tokens)))
    print("late by", [round(seconds, 1) for seconds in late])
    assert len(late) == len(world.games)
    assert late[int(len(late) * 0.95) - 1] < stretched(20)
    last_words(world)
    verify(world)


def test_worker_stopped_beyond_its_lease(stack: Stack, seed: int, verify: Verify) -> None:
    """F19: another worker takes over, and the first changes nothing when it wakes up."""
    world = make_world(stack, seed, guilds=2, games=1, people=2, due_in=12)
    asking, answered = world.places
    stack.sandbox.fault(POST, "latency", delay=4, channel_id=asking.channel)
    stack.sandbox.fault(POST, "latency", when="after", delay=4, channel_id=answered.channel)
    held = "select 1 from notifications_delivery where state = 'leased' and guild_id = %s"
    wait_until(lambda: stack.rows(held, asking.id) and stack.rows(held, answered.id), 30)
    time.sleep(0.5)
    asleep = stack.all_of("worker")
    for name in asleep:
        stack.pause(name)
    stack.start("worker-9")
    time.sleep(40)
    for name in asleep:
        stack.resume(name)
    last_words(world)
    verify(world, may_complain=True)


def test_bot_is_away_for_ten_minutes_while_games_come_due(
    stack: Stack, seed: int, verify: Verify
) -> None:
    """Reminders and starts do not need the bot; only clicks are lost.

    Once all reminders are sent, nine of the ten minutes pass at once.
    """
    world = make_world(stack, seed, due_in=20)
    with storm(world, pause=0.5), world.bot_away():
        stack.kill("bot")
        wait_until(lambda: reminders(world) == ["done"] * len(world.games), 60)
        pass_time(world, "9 min")
        wait_until(lambda: statuses(world) == {"in_progress"}, 30)
        time.sleep(30)
        stack.start("bot")
        stack.sandbox.wait_for_bot(commands=1, timeout=60)
    verify(world)


def test_everything_is_away_for_ten_minutes(stack: Stack, seed: int, verify: Verify) -> None:
    """F12, F14: overdue starts happen afterwards in order, and late reminders are not sent."""
    world = make_world(stack, seed, due_in=60)
    last_words(world)
    with world.bot_away():
        dead = ("bot", *stack.all_of("worker"), *stack.all_of("beat"))
        for name in dead:
            stack.kill(name)
        pass_time(world, "15 min")
        stack.start(*dead)
        stack.sandbox.wait_for_bot(commands=1, timeout=60)
    verify(world, may_expire=True)
    assert not [m for place in world.places for m in stack.sandbox.pings(place.host)]
    assert reminders(world) == ["expired"] * len(world.games)
    assert "scheduled" not in statuses(world)
    starts = stack.rows(STARTS, [game.id for game in world.games])
    assert len(starts) == len(world.games)
    assert starts == sorted(starts)


def test_postgres_recovers_from_crashes(stack: Stack, seed: int, verify: Verify) -> None:
    """F06: twice, one of its backends is killed, whereupon it disconnects all others."""
    world = make_world(stack, seed, due_in=15)
    postgres = stack.servers.postgres
    assert postgres is not None
    assert postgres._process is not None
    with storm(world):
        for _ in range(2):
            time.sleep(4)
            backends = psutil.Process(postgres._process.pid).children()
            ours = [one for one in backends if "gamesched" in " ".join(one.cmdline())]
            with stack.cut_off():
                os.kill(random.Random(seed).choice(ours).pid, signal.SIGKILL)
            stack.wait_for_postgres()
    last_words(world)
    verify(world, may_complain=True)


def test_seats_rise_and_fall_under_a_storm(stack: Stack, seed: int, verify: Verify) -> None:
    """F33: everyone is told of their moves while the number of seats changes a hundred times."""
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


def test_bot_killed_in_a_storm(stack: Stack, seed: int, verify: Verify) -> None:
    """F17: the bot dies during 500 clicks."""
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
    """F40: on SIGTERM with requests in flight, all are marked as sent and none is repeated."""
    world = make_world(stack, seed, guilds=4, games=2, people=1, due_in=14)
    stack.sandbox.fault(POST, "latency", when="after", delay=2, times=None)
    held = "select 1 from notifications_delivery where state = 'leased' and guild_id = any(%s)"
    wait_until(lambda: stack.rows(held, list(world.tokens)), 30)
    stopped = stack.all_of("worker")
    for name in stopped:
        stack.stop(name)
    stack.sandbox.clear_faults()
    stack.start(*stopped)
    verify(world)
    sent = stack.sandbox.requests(since=world.since_request, route=POST)
    nonces = [entry["nonce"] for entry in sent if entry["body"]["allowed_mentions"].get("users")]
    assert len(nonces) == len(set(nonces))
