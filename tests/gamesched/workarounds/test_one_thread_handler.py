import asyncio
import threading
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse

from gamesched.workarounds.one_thread_handler import OneThreadHandler


def ask(handler: ASGIHandler, path: str) -> tuple[int, bytes]:
    """Send a request as an ASGI server does; returns status and body."""
    sent: list[dict[str, Any]] = []

    async def request() -> None:
        parts = iter([{"type": "http.request", "body": b""}])

        async def receive() -> Any:
            if (part := next(parts, None)) is None:
                await asyncio.Event().wait()  # the browser stays connected
            return part

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b""}
        await handler({**scope, "headers": [(b"host", b"localhost")]}, receive, send)

    asyncio.run(request())
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent)


def test_pages_are_as_from_djangos_own_handler() -> None:
    assert ask(OneThreadHandler(), "/healthz") == ask(ASGIHandler(), "/healthz") == (200, b"ok")
    assert ask(OneThreadHandler(), "/no/such/page")[0] == 404


def test_what_fails_outside_the_loop_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def fail(self: Any, request: HttpRequest) -> HttpResponse:
        threads.append(threading.current_thread())
        raise ValueError

    monkeypatch.setattr(OneThreadHandler, "_get_response", fail)
    status, _body = ask(OneThreadHandler(), "/healthz")

    assert status == 500
    assert threads != [threading.main_thread()]
