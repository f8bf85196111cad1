"""Time from a click to its acknowledgement, through the real bot and the sandbox's gateway.

Measured at 100 clicks a second, at saturation, past it, and while the games' table is locked,
beside a nextcord bot that answers without doing anything. Bot, database, sandbox and crowd share
the machine; no worker runs meanwhile.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.crowd import Crowd, Pressed
from bench.database import VAR, set_up_django
from bench.table import Figure, percentiles
from gamesched.local.environment import CHECKOUT
from tests.e2e.stack import Stack, prepared_stack

PER_SECOND, SECONDS, HANDS = 100, 10, 32
FLOOD = 2  # times the bot's rate at saturation
CARRIED = 0.6  # of the idle bot's rate; above it the sandbox and the crowd fall behind
STALL_SECONDS, STALLED_PER_SECOND = 6, 20
P50_MS, P99_MS, STALLED_MS, SHED_MS = 10, 100, 2000, 3000
JOINS_A_SECOND = 180
AGAINST = "a bot that does nothing"
BUSY = "I'm very busy right now. Try again in a moment."


def measure() -> list[Figure]:
    with prepared_stack(VAR / "clicks") as stack:
        set_up_django(stack.environment)
        stack.start("bot", "worker", "beat")
        stack.sandbox.wait_for_bot(commands=1)
        crowd = Crowd(stack)
        for name in ("worker", "beat", "bot"):
            stack.stop(name)
        with idle_bot(stack):
            idle = _Measured(crowd)
        stack.start("bot")
        stack.sandbox.wait_for_bot()
        crowd.press_at(50, 6)  # makes the members known, as most are
        bot = _Measured(crowd)
        stalled = _stalled(stack, crowd)
        flood = min(FLOOD * bot.a_second, CARRIED * idle.a_second)
        return [*_compare(bot, idle), stalled, *_flood(crowd, flood)]


class _Measured:
    """One bot's figures, at a fixed rate and at saturation."""

    def __init__(self, crowd: Crowd) -> None:
        self.p50, self.p99 = percentiles(_acked(crowd.press_at(PER_SECOND, SECONDS)))
        self.a_second, pressed = crowd.press_all_the_time(HANDS, SECONDS)
        self.full_p99 = percentiles(_acked(pressed))[1]


def _compare(bot: _Measured, idle: _Measured) -> list[Figure]:
    pace = f"at {PER_SECOND}/s"
    return [
        Figure(
            f"acknowledged, median, {pace}",
            bot.p50,
            "ms",
            idle.p50,
            AGAINST,
            most=idle.p50 + P50_MS,
        ),
        Figure(
            f"acknowledged, 99th percentile, {pace}",
            bot.p99,
            "ms",
            idle.p99,
            AGAINST,
            most=idle.p99 + P99_MS,
        ),
        Figure(
            "clicks at saturation", bot.a_second, "/s", idle.a_second, AGAINST, least=JOINS_A_SECOND
        ),
        Figure("99th percentile at saturation", bot.full_p99, "ms", idle.full_p99, AGAINST),
    ]


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
