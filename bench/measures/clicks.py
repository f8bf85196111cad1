"""Time from a click to its acknowledgement, through the real bot and the sandbox's gateway.

200 games in 40 channels: 100 clicks a second, joins one at a time, 50 at one moment, saturation,
past it, and while the games' table is locked. Beside a nextcord bot that answers without doing
anything, and bare psycopg. Bot, database, sandbox and crowd share the machine; no worker runs
meanwhile. A bot's CPU is that of its process, divided by the clicks of the same run.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil

from bench.crowd import JOIN_ONLY, Crowd, Pressed
from bench.database import VAR, set_up_django
from bench.measures.joins import CALLERS, join_bare
from bench.table import Figure, percentiles
from gamesched.local.environment import CHECKOUT
from tests.e2e.stack import Stack, prepared_stack

GAMES, CHANNELS = 200, 40
PER_SECOND, SECONDS, HANDS = 100, 5, 32
# A channel takes an edit in 1.25 s: one click after the other can carry its announcement, and of
# many in four channels hardly any can.
IN_TURN_PER_SECOND, IN_TURN = 20, 100
FEW_GAMES = 4 * GAMES // CHANNELS
CROWD = 50
PATIENCE = 1.5  # seconds after the last click for its answer, where the bot keeps up
FLOOD = 2  # times the bot's rate at saturation
CARRIED = 0.6  # of the idle bot's rate; above it the sandbox and the crowd fall behind
STALL_SECONDS, STALLED_PER_SECOND = 6, 20
P50_MS, P99_MS, SHOWN_MS, CROWD_MS = 8, 40, 12, 150
STALLED_MS, SHED_MS = 2000, 3000
CPU_MS, CPU_CARRYING_MS = 3.5, 6
JOINS_A_SECOND, BARE_JOINS = 350, 2_000
UPDATE = 7  # the callback type UPDATE_MESSAGE
AGAINST = "a bot that does nothing"
BUSY = "I'm very busy right now. Try again in a moment."


def measure() -> list[Figure]:
    with prepared_stack(VAR / "clicks") as stack:
        set_up_django(stack.environment)
        stack.variables["bot"] = {"DEBUG": "0", "LOG_FORMAT": "json"}
        stack.start("bot", "worker", "beat")
        stack.sandbox.wait_for_bot(commands=1)
        crowd = Crowd(stack, games=GAMES, channels=CHANNELS)
        for name in ("worker", "beat", "bot"):
            stack.stop(name)
        with idle_bot(stack) as process:
            idle = _Measured(crowd, process.pid)
        stack.start("bot")
        stack.sandbox.wait_for_bot()
        crowd.press_at(50, 6)  # makes the members known, as most are
        bot = _Measured(crowd, stack.pid("bot"))
        joins = _joins(stack, crowd)
        stalled = _stalled(stack, crowd)
        flood = min(FLOOD * bot.a_second, CARRIED * idle.a_second)
        return [*_compare(bot, idle), joins, stalled, *_flood(crowd, flood)]


class _Measured:
    """One bot's figures; `cpu` and `cpu_carrying` are milliseconds a click."""

    def __init__(self, crowd: Crowd, pid: int) -> None:
        self._process = psutil.Process(pid)
        at_once = crowd.join_at_once(crowd.games[0], CROWD, wait=PATIENCE)
        self.slowest = max(_acked(at_once))
        self.cpu_carrying, in_turn = self._cpu(
            lambda: crowd.join_in_turn(IN_TURN_PER_SECOND, IN_TURN, wait=PATIENCE)
        )
        self.carried = sum(one.kind == UPDATE for one in in_turn) / len(in_turn)
        self.shown, _ = percentiles(_acked(in_turn))
        self.cpu, _ = self._cpu(
            lambda: crowd.press_at(PER_SECOND, SECONDS, games=FEW_GAMES, wait=PATIENCE)
        )
        at_a_pace = crowd.press_at(PER_SECOND, SECONDS, wait=PATIENCE)
        self.p50, self.p99 = percentiles(_acked(at_a_pace))
        self.a_second, pressed = crowd.press_all_the_time(HANDS, SECONDS)
        self.full_p99 = percentiles(_acked(pressed))[1]

    def _cpu(self, press: Callable[[], list[Pressed]]) -> tuple[float, list[Pressed]]:
        """Return the process's milliseconds of CPU for each click, and the clicks."""
        before = self._process.cpu_times()
        pressed = press()
        after = self._process.cpu_times()
        used = after.user + after.system - before.user - before.system
        return 1000 * used / len(pressed), pressed


def _compare(bot: _Measured, idle: _Measured) -> Iterator[Figure]:
    pace = f"at {PER_SECOND}/s"
    rows = (
        (f"acknowledged, median, {pace}", bot.p50, idle.p50, P50_MS),
        (f"acknowledged, 99th percentile, {pace}", bot.p99, idle.p99, P99_MS),
        ("shown, median, one at a time", bot.shown, idle.shown, SHOWN_MS),
        (f"slowest of {CROWD} at one moment", bot.slowest, idle.slowest, CROWD_MS),
        ("CPU a click, carrying nothing", bot.cpu, idle.cpu, CPU_MS),
        ("CPU a click, carrying", bot.cpu_carrying, idle.cpu_carrying, CPU_CARRYING_MS),
        ("99th percentile at saturation", bot.full_p99, idle.full_p99, None),
    )
    for what, value, baseline, most in rows:
        yield Figure(what, value, "ms", baseline, AGAINST, most=most)
    yield Figure("carried, one at a time", 100 * bot.carried, "%", least=95)
    yield Figure("clicks at saturation", bot.a_second, "/s", idle.a_second, AGAINST)


def _joins(stack: Stack, crowd: Crowd) -> Figure:
    """Compare the joins that are stored through the bot with those stored by bare psycopg."""
    stored = "select count(*) from games_change"

    def count() -> int:
        return int(str(stack.rows(stored)[0][0]))

    before = count()
    crowd.press_all_the_time(HANDS, SECONDS, JOIN_ONLY)
    a_second = (count() - before) / SECONDS
    return Figure(
        "joins stored", a_second, "/s", _bare(crowd), "bare psycopg", least=JOINS_A_SECOND
    )


def _bare(crowd: Crowd) -> float:
    """Return the joins a second by 8 connections, of people who are in none of the games."""
    from guilds.models import Guild  # noqa: PLC0415
    from tests.factories import make_member  # noqa: PLC0415

    newcomers = [make_member(Guild.objects.get()).user_id for _ in range(BARE_JOINS // GAMES)]
    jobs = [(game.id, user, f"bare:{game.id}-{user}") for user in newcomers for game in crowd.games]
    with ThreadPoolExecutor(CALLERS) as callers:
        began = time.perf_counter()
        list(callers.map(join_bare, jobs))
        return len(jobs) / (time.perf_counter() - began)


def _acked(pressed: Sequence[Pressed]) -> list[float]:
    """Return the times in ms. Fails if a click was never acknowledged."""
    times = [one.acked_ms for one in pressed if one.acked_ms is not None]
    assert len(times) == len(pressed) > 0, f"{len(pressed) - len(times)} never acknowledged"
    return times


def _stalled(stack: Stack, crowd: Crowd) -> Figure:
    """Measure the longest acknowledgement while nobody can read or write games."""

    def stall() -> None:
        with stack.locked("games_game"):
            time.sleep(STALL_SECONDS)

    holding = threading.Thread(target=stall)
    holding.start()
    longest = max(_acked(crowd.press_at(STALLED_PER_SECOND, STALL_SECONDS)))
    holding.join()
    what = f"longest, games locked for {STALL_SECONDS} s"
    return Figure(what, longest, "ms", most=STALLED_MS)


def _flood(crowd: Crowd, per_second: float) -> list[Figure]:
    """Measure an overload: everyone must be answered in time, some of them with "busy"."""
    pressed = crowd.press_at(per_second, SECONDS / 2)
    times = [one.acked_ms for one in pressed if one.acked_ms is not None]
    busy = sum(one.text == BUSY for one in pressed)
    where = f"at {per_second:.0f}/s"
    return [
        Figure(f"longest, {where}", max(times), "ms", most=SHED_MS),
        Figure(f"never acknowledged, {where}", len(pressed) - len(times), "", most=0),
        Figure(f"told to press again, {where}", 100 * busy / len(pressed), "%"),
    ]


@contextmanager
def idle_bot(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    stack.sandbox.knobs(check_user_agent=False)  # nextcord's is of another form
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.idle_bot"], cwd=CHECKOUT, env=stack.environment
    )
    try:
        stack.sandbox.wait_for_bot()
        time.sleep(1)
        yield process
    finally:
        process.terminate()
        process.wait(10)
