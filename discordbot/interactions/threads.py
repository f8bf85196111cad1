"""Threads that run calls for the event loop, the one that was busy last before all others.

So only as many threads keep a connection as there are calls at once. `ThreadPoolExecutor` gives its
threads turns, and does not tell one that there is nothing to do.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

import structlog

log = structlog.get_logger(__name__)

type Tell = Callable[[], None]  # tells the loop of the outcome
type Call = Callable[[], Tell]
type Inbox = SimpleQueue[Call]


class Threads:
    """At most `count` threads. Each calls `rest` once it has had no call for `rest_after` seconds.

    Calls beyond their number wait and are taken in their order.
    """

    def __init__(
        self, name: str, count: int, *, rest_after: float, rest: Callable[[], None]
    ) -> None:
        self._name, self._count = name, count
        self._rest_after, self._rest = rest_after, rest
        self._lock = threading.Lock()
        self._started = 0
        self._idle: list[Inbox] = []  # the one that was busy last at the end
        self._waiting: deque[Call] = deque()

    async def run[R](self, function: Callable[[], R]) -> R:
        """Run `function` in one of the threads. Raises whatever it raises.

        A call that is cancelled before its turn is not run.
        """
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._hand_out(partial(_outcome, future, function))
        return await future

    def _hand_out(self, call: Call) -> None:
        with self._lock:
            if self._idle:
                self._idle.pop().put(call)
            elif self._started < self._count:
                name = f"{self._name}-{self._started + 1}"
                threading.Thread(target=self._work, args=[call], name=name, daemon=True).start()
                self._started += 1  # not if the system has no thread left
            else:
                self._waiting.append(call)

    def _work(self, call: Call) -> None:
        inbox: Inbox = SimpleQueue()
        while True:
            tell = call()
            # Before the loop is told, since it may have the next call at once.
            waiting = self._next_waiting(inbox)
            tell()
            del call, tell  # with all that they hold, for as long as there is no other
            call = waiting or self._wait(inbox)

    def _next_waiting(self, inbox: Inbox) -> Call | None:
        """Return a call that waits. If there is none, the next may be put into the inbox."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.append(inbox)
            return None

    def _wait(self, inbox: Inbox) -> Call:
        try:
            return inbox.get(timeout=self._rest_after)
        except Empty:
            self._rest_safely()
        return inbox.get()

    def _rest_safely(self) -> None:
        try:
            self._rest()
        except Exception:
            log.exception("thread_cannot_rest", thread=threading.current_thread().name)


def _outcome(future: asyncio.Future[Any], function: Callable[[], Any]) -> Tell:
    if future.cancelled():  # nobody would know of what it did
        return _tell_nobody
    try:
        settle = partial(_set_result, future, function())
    except BaseException as error:  # noqa: BLE001 -- it is raised where it is waited for
        settle = partial(_set_error, future, error)
    return partial(_tell, future.get_loop(), settle)


def _tell_nobody() -> None:
    pass


def _tell(loop: asyncio.AbstractEventLoop, settle: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
        loop.call_soon_threadsafe(settle)


def _set_result(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _set_error(future: asyncio.Future[Any], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
