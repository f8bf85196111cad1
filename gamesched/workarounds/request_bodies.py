"""Refuses request bodies by their length or, without one, by their chunks, before they are read.

Works around daphne (4.2), which takes a body of any size, keeps it, and copies it into memory
before the application hears of the request (https://github.com/django/daphne/issues/226), and
Twisted, which then parses forms for itself, though nobody asks for what it found.

Every path has its limit: its view's `max_body`, or `MAX_BODY`. A body that is too large is thrown
away as it comes, and the application is asked at once, with none of it: `body_limit` answers in
the person's language. All bodies together have a limit too, and each has its time.
"""

from io import BytesIO
from typing import Any
from urllib.parse import unquote

import structlog
from daphne import http_protocol
from django.urls import Resolver404, resolve
from twisted.internet import reactor as twisted_reactor
from twisted.web.http import Request

from gamesched.workarounds.body_limit import MAX_BODY

log = structlog.get_logger(__name__)
reactor: Any = twisted_reactor

# Bytes of all bodies that are held at once; beyond it, only small ones are taken.
MOST_TOGETHER = 64 * 1024 * 1024
SMALL = 64 * 1024
# A body must have arrived after so many seconds: 6 MB at half a megabit a second.
BODY_SECONDS = 100.0
# Whoever still sends after the refusal is listened to for so long, or they would not hear it.
LINGER_SECONDS = 10.0
LINGER_BYTES = 16 * 1024 * 1024


def limit_of(path: bytes) -> int:
    """Return how many bytes a request to this address may have."""
    try:
        view = resolve(unquote(path.partition(b"?")[0].decode("latin-1"))).func
    except Resolver404:
        return MAX_BODY
    return int(getattr(view, "max_body", MAX_BODY))


class LimitedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """A request of daphne's whose body is counted."""

    together = 0  # bytes that all requests hold

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False  # Django parses forms, with limits
        self._most = MAX_BODY
        self._held = 0
        self._thrown_away = 0
        self._is_refused = self._has_arrived = self._is_answered = False
        self._ending: Any = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802 (Twisted's name)
        super().gotLength(MAX_BODY if length is None else min(length, MAX_BODY))
        if length == 0:
            return
        if length is None or length > MAX_BODY:
            self._most = limit_of(self.channel._path)
        if length is not None and length > self._most:
            self._refuse()
        elif not self._is_room_for(length or 0):
            self._turn_away()
        else:
            self._end_after(BODY_SECONDS)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        if self._is_refused:
            self._thrown_away += len(data)
            if self._thrown_away > LINGER_BYTES:
                self._hang_up()
        elif self._held + len(data) > self._most:
            self._refuse()
        elif not self._is_room_for(len(data)):
            self._turn_away()
        else:
            self._held += len(data)
            LimitedRequest.together += len(data)
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        """All of the body has come: ask the application, unless it was asked already."""
        self._has_arrived = True
        if not self._is_refused:
            self._end_after(None)
            super().requestReceived(command, path, version)
        elif self._is_answered:
            self.finish()

    def finish(self) -> None:
        """End the exchange; after a refusal, only once the other side has stopped sending."""
        if self._is_refused and not self._has_arrived:
            self._is_answered = True
            self._end_after(LINGER_SECONDS)
            return
        self._let_go()
        super().finish()

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._let_go()
        super().connectionLost(reason)

    def _is_room_for(self, more: int) -> bool:
        is_small = self._held + more <= SMALL
        return is_small or LimitedRequest.together + more <= MOST_TOGETHER

    def _refuse(self) -> None:
        """Ask the application now, without a body; the length tells it why."""
        self._begin_refusal()
        self.requestHeaders.removeHeader(b"Transfer-Encoding")
        self.requestHeaders.setRawHeaders(b"Content-Length", [b"%d" % (self._most + 1)])
        channel = self.channel
        receive: Any = Request.requestReceived
        receive(self, channel._command, channel._path, channel._version)

    def _turn_away(self) -> None:
        """Too much is being sent by all together: answer without asking the application."""
        log.warning("too_many_bodies", bytes=LimitedRequest.together)
        self._begin_refusal()
        channel = self.channel
        self.method, self.uri, self.clientproto = channel._command, channel._path, channel._version
        self.basic_error(503, b"Service Unavailable", "Too much is being sent. Try again soon.")

    def _begin_refusal(self) -> None:
        self._is_refused = True
        self._let_go()
        self.content = BytesIO()
        self.channel.persistent = False
        self.responseHeaders.setRawHeaders(b"Connection", [b"close"])
        self.requestHeaders.removeHeader(b"Expect")  # nobody says "continue" to it

    def _let_go(self) -> None:
        LimitedRequest.together -= self._held
        self._held = 0
        self._end_after(None)

    def _end_after(self, seconds: float | None) -> None:
        if self._ending is not None and self._ending.active():
            self._ending.cancel()
        self._ending = None if seconds is None else reactor.callLater(seconds, self._hang_up)

    def _hang_up(self) -> None:
        if self.channel is not None:
            self.channel.forceAbortClient()


def limit_request_bodies() -> None:
    """Have daphne make its requests by `LimitedRequest`."""
    http_protocol.WebRequest = LimitedRequest
