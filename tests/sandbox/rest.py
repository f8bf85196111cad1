"""Plain REST calls, so that tests see answers as they are."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.bot-token"
APP = "1000000000000000001"


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
    """Calls below `/api/v10` with the bot's token unless told otherwise."""

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
        """One request as it stands."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        sent = {"Authorization": self.auth} | headers
        try:
            connection.request(method, path, raw, {k: v for k, v in sent.items() if v})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        body = (
            json.loads(text) if response.headers.get_content_type() == "application/json" else text
        )
        return Answer(response.status, body, {k.lower(): v for k, v in response.getheaders()})
