"""Control of time: asking the application for its next steps, and bringing them near."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sandbox.client import ControlError, Sandbox
from sandbox.testing import start

SECRET = "between-these-two"
PLANNED = [{"id": "7", "title": "Chess", "what": "Reminder 1 hour before", "at": 1900000000}]


class Application(BaseHTTPRequestHandler):
    """An application that offers control of time, and records the requests."""

    asked: list[tuple[str, str, Any]] = []

    def do_GET(self) -> None:
        self._answer(200, PLANNED)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, self.headers["Authorization"], body))
        known = body["id"] == "7"
        answer = {"said": "Soon."} if known else {"error": "There is no such game any more."}
        self._answer(200 if known else 404, answer)

    def _answer(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Application) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/time"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def timed(address: str) -> Iterator[Sandbox]:
    environment = {"SANDBOX_TIME_URL": address, "SANDBOX_TIME_SECRET": SECRET}
    with start(environment=environment) as box:
        yield box


def test_what_is_planned_is_passed_on(timed: Sandbox) -> None:
    assert timed.health()["has_time"] is True
    assert timed.call("GET", "/time", guild_id="5") == PLANNED


def test_bringing_near_is_asked_with_the_secret_that_the_page_never_sees(timed: Sandbox) -> None:
    assert timed.call("POST", "/time", {"guild_id": "5", "id": "7"}) == {"said": "Soon."}
    asked = ("/time", f"Bearer {SECRET}", {"guild_id": "5", "id": "7"})
    assert Application.asked[-1] == asked
    assert SECRET not in json.dumps(timed.health())


def test_a_refusal_comes_in_the_applications_words(timed: Sandbox) -> None:
    with pytest.raises(ControlError, match="There is no such game any more") as refused:
        timed.call("POST", "/time", {"guild_id": "5", "id": "8"})
    assert refused.value.refused


def test_without_an_address_there_is_none(box: Sandbox) -> None:
    assert box.health()["has_time"] is False
    with pytest.raises(ControlError, match="no control of time"):
        box.call("GET", "/time", guild_id="5")


def test_an_application_that_is_down_is_told_in_words() -> None:
    with (
        start(environment={"SANDBOX_TIME_URL": "http://127.0.0.1:9/time"}) as box,
        pytest.raises(ControlError, match="does not answer yet"),
    ):
        box.call("POST", "/time", {"guild_id": "5", "id": "7"})
