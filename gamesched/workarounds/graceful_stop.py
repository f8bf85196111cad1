"""On SIGTERM the web process closes its port, answers the requests it has taken, and ends.

Works around daphne (4.2), which cancels running requests at once; a proxy shows that as error 502.
https://github.com/django/daphne/issues/177
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from twisted.internet import reactor as twisted_reactor
from twisted.internet import tcp

log = structlog.get_logger(__name__)
reactor: Any = twisted_reactor

Application = Callable[[Any, Any, Any], Awaitable[None]]

# A connection that was only just taken has not sent its request yet.
GRACE_SECONDS = 0.3
# Platforms kill a process that has not ended ten seconds after SIGTERM.
LONGEST_SECONDS = 8.0


class Draining:
    """Counts the running requests of `application` and lets them end before the process does."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._running = 0
        self._ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._running += 1
        try:
            await self._application(scope, receive, send)
        finally:
            self._running -= 1
            self._ended.set()

    def begin_on_sigterm(self) -> None:
        """Take SIGTERM over from daphne, which installs its own handler when it starts."""
        reactor.callWhenRunning(lambda: signal.signal(signal.SIGTERM, self._take_signal))

    def _take_signal(self, *_: Any) -> None:
        reactor.callFromThread(self._start)

    def _start(self) -> None:
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        ports: list[Any] = [one for one in reactor.getReaders() if isinstance(one, tcp.Port)]
        for port in ports:
            port.doRead()  # accepts the connections in the backlog, which closing would reset
            port.stopListening()
        await asyncio.sleep(GRACE_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                while self._running:
                    self._ended.clear()
                    await self._ended.wait()
        log.info("web_stopped", unanswered=self._running)
        reactor.stop()
