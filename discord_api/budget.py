"""One budget of requests to Discord, shared by all processes and spent by priority.

Each process queues its requests and asks the shared bucket for one token at a time, for the most
urgent of them. Between processes, less urgent requests leave a reserve of tokens in the bucket;
that alone lets the more urgent go first. What a server asks for beyond its share counts as less
urgent than anything of the others (`discord_api.shares`).
Reasons and figures: docs/decisions/0009-one-budget-for-all.md.
"""

import asyncio
import contextlib
import itertools
import time
from dataclasses import dataclass, field
from enum import IntEnum

import structlog
from redis.exceptions import RedisError

from discord_api.errors import RateLimited
from discord_api.shared_bucket import BURST, PER_SECOND, OwnBucket, SharedBucket, Turn
from discord_api.shares import OVER_RESERVE

log = structlog.get_logger(__name__)

FLOOR_PER_SECOND = 5
# A process that has never reached Redis assumes this many processes.
UNKNOWN_PROCESSES = 4
HELLO_SECONDS = 60.0
LOOK_AGAIN_SECONDS = 1.0
# Places in a process's queue, about half a second's tokens. When it is full, nothing new is begun.
QUEUE = 25
# A longer wait for a token means that Discord's pause is the reason, not the bucket.
LONGEST_TURN_SECONDS = 1.0
# Servers beyond their share that are remembered, before those are forgotten that no longer are.
SHARES_KEPT = 100
# Nothing new is begun while a pause goes on for longer than this.
LONG_PAUSE_SECONDS = 2.0


class Priority(IntEnum):
    """Lower values go first. `Delivery.priority` uses the same numbers."""

    PERSON = 0  # somebody waits for a page or an answer
    NEWS = 1  # somebody is told that a game is cancelled, or that they moved up
    REMINDER = 2
    POST = 3  # a game is announced, or its announcement says that it starts or is cancelled
    EDIT = 4
    UPKEEP = 5


# Tokens that must remain in the bucket after a request of this priority. Half a token is enough for
# PERSON to pass NEWS: while PERSON takes every whole token, there is never one and a half.
RESERVE = {
    Priority.PERSON: 0.0,
    Priority.NEWS: 0.5,
    Priority.REMINDER: 1.0,
    Priority.POST: 1.5,
    Priority.EDIT: 2.0,
    Priority.UPKEEP: 3.0,
}


@dataclass(eq=False)
class _Waiter:
    priority: Priority
    number: int
    guild_id: int | None
    turn: asyncio.Future[None] = field(default_factory=asyncio.Future)


class Budget:
    """This process's queue, and the task that fetches a token for the first in it.

    Bound to the event loop it is first used on; only `room` may be called from any thread.
    """

    def __init__(self, shared: SharedBucket | None = None) -> None:
        self._shared = shared
        self._own = OwnBucket()
        self._queue: list[_Waiter] = []
        self._over_until: dict[int, float] = {}
        self._waiting = dict.fromkeys(Priority, 0)
        self._numbers = itertools.count()
        self._arrival = asyncio.Event()
        self._paused_until = 0.0
        self._processes = UNKNOWN_PROCESSES
        self._per_second: float = PER_SECOND
        self._is_redis_away = False
        self._dispatching: asyncio.Task[None] | None = None
        self._reconnecting: asyncio.Task[None] | None = None

    def room(self, priority: Priority) -> int:
        """Return how many requests of this priority may be begun without a long wait in the queue.

        Returns 0 until a third of the places are free, since a claim of fewer rows costs too much,
        and while a pause goes on for longer than `LONG_PAUSE_SECONDS`.
        """
        if self._paused_until - time.monotonic() > LONG_PAUSE_SECONDS:
            return 0
        places = max(round(QUEUE * self._per_second / PER_SECOND), 3)
        free = places - self._ahead(priority)
        return free if free * 3 >= places else 0

    async def take(self, priority: Priority, patience: float, guild_id: int | None = None) -> None:
        """Wait for a token; it counts towards the server's share.

        Raises `RateLimited` after `patience` seconds, or at once if the wait is sure to be longer.
        """
        wait = max(self._paused_until - time.monotonic(), self._ahead(priority) / self._per_second)
        if wait > patience:
            raise RateLimited(wait, is_global=True)
        waiter = _Waiter(priority, next(self._numbers), guild_id)
        self._queue.append(waiter)
        self._waiting[priority] += 1
        self._ensure_dispatching()
        self._arrival.set()
        try:
            async with asyncio.timeout(patience):
                await waiter.turn
        except TimeoutError:
            raise RateLimited(1.0, is_global=True) from None
        finally:
            self._waiting[priority] -= 1
            waiter.turn.cancel()

    async def pause(self, seconds: float) -> None:
        """Stop all processes from sending for so many seconds, as Discord asked."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)
        if self._shared is not None and not self._is_redis_away:
            try:
                await self._shared.pause(seconds)
            except (RedisError, OSError) as error:
                self._go_alone(error)

    async def back_off(self) -> float:
        """Stop all processes after a refusal that named no usable wait. Returns the seconds, which
        grow with each."""
        wait = self._own.back_off()
        if self._shared is not None and not self._is_redis_away:
            try:
                wait = max(wait, await self._shared.back_off())
            except (RedisError, OSError) as error:
                self._go_alone(error)
        self._paused_until = max(self._paused_until, time.monotonic() + wait)
        return wait

    async def close(self) -> None:
        for task in (self._dispatching, self._reconnecting):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        if self._shared is not None:
            await self._shared.close()

    def _ahead(self, priority: Priority) -> int:
        return sum(self._waiting[other] for other in Priority if other <= priority)

    def _ensure_dispatching(self) -> None:
        if self._dispatching is None or self._dispatching.done():
            self._dispatching = asyncio.get_running_loop().create_task(self._dispatch_forever())

    async def _dispatch_forever(self) -> None:
        """Hand out tokens one by one, each to the most urgent waiter when it arrives."""
        while True:
            self._arrival.clear()
            first = self._first()
            if first is None:
                await self._wait_for_arrival(HELLO_SECONDS)
                if self._first() is None:
                    await self._ask_shared(BURST)  # takes nothing, but counts processes
                continue
            wait = await self._ask(first)
            if not wait:
                self._hand_out()
            elif self._first() is first:  # unless its server is found to be beyond its share
                await self._wait_for_arrival(wait, than=first)

    def _hand_out(self) -> None:
        if (first := self._first()) is not None:
            self._queue.remove(first)
            first.turn.set_result(None)

    def _first(self) -> _Waiter | None:
        """Return the most urgent that still waits."""
        self._queue = [waiter for waiter in self._queue if not waiter.turn.done()]
        return min(self._queue, key=self._rank, default=None)

    def _rank(self, waiter: _Waiter) -> tuple[float, Priority, int]:
        """Of servers beyond their share too the more urgent goes first."""
        reserve = RESERVE[waiter.priority]
        if self._over_until.get(waiter.guild_id or 0, 0.0) > time.monotonic():
            reserve = max(reserve, OVER_RESERVE)
        return reserve, waiter.priority, waiter.number

    async def _wait_for_arrival(self, seconds: float, than: _Waiter | None = None) -> None:
        """Return after `seconds`, or earlier when a waiter more urgent than `than` arrives."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self._arrival.wait():
                    self._arrival.clear()
                    first = self._first()
                    if than is None or first is None or self._rank(first) < self._rank(than):
                        return

    async def _ask(self, waiter: _Waiter) -> float:
        """Take a token. Returns 0, or if there was none the seconds to wait before asking again."""
        pause = self._paused_until - time.monotonic()
        if pause > 0:
            return pause
        reserve = RESERVE[waiter.priority]
        turn = await self._ask_shared(reserve, waiter.guild_id)
        if turn is None:
            turn = self._own.take(reserve, waiter.guild_id)
        elif turn.wait > LONGEST_TURN_SECONDS:  # another process was told to pause
            self._paused_until = time.monotonic() + turn.wait
        self._note_share(waiter.guild_id, turn.over_for)
        return turn.wait

    def _note_share(self, guild_id: int | None, over_for: float) -> None:
        now = time.monotonic()
        if len(self._over_until) > len(self._queue) + SHARES_KEPT:
            self._over_until = {one: at for one, at in self._over_until.items() if at > now}
        if guild_id is not None and over_for:
            self._over_until[guild_id] = now + over_for

    async def _ask_shared(self, reserve: float, guild_id: int | None = None) -> Turn | None:
        """Ask the shared bucket, which also counts this process. None without Redis."""
        if self._shared is None or self._is_redis_away:
            return None
        try:
            turn = await self._shared.take(reserve, guild_id)
        except (RedisError, OSError) as error:
            self._go_alone(error)
            return None
        self._processes = turn.processes
        return turn

    def _go_alone(self, error: Exception) -> None:
        if self._is_redis_away:
            return
        self._is_redis_away = True
        self._per_second = max(PER_SECOND / max(self._processes, 1), FLOOR_PER_SECOND)
        self._own.begin(self._per_second)
        log.warning(
            "discord_budget_alone",
            error=type(error).__name__,
            most_per_second=round(self._per_second),
        )
        self._reconnecting = asyncio.get_running_loop().create_task(self._wait_for_redis())

    async def _wait_for_redis(self) -> None:
        """Try Redis again in a task of its own, so that the queue never waits for its answer."""
        assert self._shared is not None
        while self._is_redis_away:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            with contextlib.suppress(RedisError, OSError):
                await self._shared.take(BURST)  # more than it ever holds: nothing is taken
                self._is_redis_away = False
        self._per_second = PER_SECOND
        log.info("discord_budget_shared")
