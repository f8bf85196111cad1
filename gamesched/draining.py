"""The web process ends without cutting anybody off: new requests go to its neighbours, those
that run are answered. Daphne by itself drops them, which a proxy shows as error 502."""

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

# A connection taken just now has not sent its request yet.
GRACE_SECONDS = 0.3
# The platform kills whoever has not ended ten seconds after SIGTERM.
LONGEST_SECONDS = 8.0


class Draining:
    """Counts the requests of `application` that run, and lets them end before the process does."""

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
        """Once the server runs: it installs a handler of its own when it starts."""
        reactor.callWhenRunning(lambda: signal.signal(signal.SIGTERM, self._take_signal))

    def _take_signal(self, *_: Any) -> None:
        reactor.callFromThread(self._start)

    def _start(self) -> None:
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        ports: list[Any] = [one for one in reactor.getReaders() if isinstance(one, tcp.Port)]
        for port in ports:
            port.doRead()  # those who wait to be taken
            port.stopListening()
        await asyncio.sleep(GRACE_SECONDS)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SECONDS):
                while self._running:
                    self._ended.clear()
                    await self._ended.wait()
        log.info("web_stopped", unanswered=self._running)
        reactor.stop()
