"""Plain REST calls, whose answers tests see unchanged."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.openapi.description import find_operation

# The answer to `with_response=true` for a deferred reply, which the description lacks.
UNDESCRIBED = ["resource: no variant has the type 5"]
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.bot-token"
APP = "1000000000000000001"
AGENT = "DiscordBot (https://bot.example, 1.0)"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> int:
        return int(self.body["code"])


@dataclass(frozen=True)
class Rest:
    """Calls below `/api/v10`, with the bot's token by default."""

    url: str
    auth: str = f"Bot {TOKEN}"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        raw = None if body is None else json.dumps(body).encode()
        return self.send(
            method, f"/api/v10{path}", raw, {"Content-Type": "application/json"} | headers
        )

    def form(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, urlencode(fields).encode(), kind | headers)

    def send(self, method: str, path: str, raw: bytes | None, headers: dict[str, str]) -> Answer:
        """Send one request unchanged."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        sent = {"Authorization": self.auth, "User-Agent": AGENT} | headers
        try:
            connection.request(method, path, raw, {k: v for k, v in sent.items() if v})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        body = (
            json.loads(text) if response.headers.get_content_type() == "application/json" else text
        )
        if response.status < 300 and path.startswith("/api/v10/"):
            _check(method, path.removeprefix("/api/v10").split("?")[0], response.status, body)
        return Answer(response.status, body, {k.lower(): v for k, v in response.getheaders()})


def _check(method: str, path: str, status: int, body: Any) -> None:
    """Assert that a successful answer matches Discord's description."""
    operation = find_operation(method, path)
    assert operation, f"{method} {path} is not described"
    problems = operation.response_problems(status, body or None)
    assert not [one for one in problems if one not in UNDESCRIBED], problems
