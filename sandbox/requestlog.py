"""The log of REST requests, in order, which tests question afterwards."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import asdict, dataclass, field

from sandbox.world.state import Json


@dataclass
class Entry:
    """One request: its arrival `at` in Unix seconds, the `fault` made on purpose, and the limit it
    hit (`limited`)."""

    number: int
    at: float
    method: str
    path: str
    route: str
    channel_id: int | None = None
    guild_id: int | None = None
    status: int | None = None
    code: int | None = None
    nonce: str | int | None = None
    message_id: int | None = None
    body: Json | list[Json] | None = None
    query: dict[str, str] = field(default_factory=dict)
    duration_ms: float | None = None
    fault: str | None = None
    limited: Json | None = None
    auth: str | None = None
    agent: str = ""


@dataclass
class RequestLog:
    size: int = 50000
    counter: int = 0
    entries: deque[Entry] = field(default_factory=deque)

    def open(self, method: str, path: str, route: str) -> Entry:
        """Open an entry, which is completed while the request is served."""
        self.counter += 1
        entry = Entry(self.counter, time.time(), method, path, route)
        self.entries.append(entry)
        while len(self.entries) > self.size:
            self.entries.popleft()
        return entry

    def select(
        self, *, since: int = 0, route: str = "", channel_id: int | None = None
    ) -> list[Json]:
        """Select the entries after number `since` whose route contains `route`."""
        return [
            asdict(entry)
            for entry in self.entries
            if entry.number > since
            and route in entry.route
            and (channel_id is None or entry.channel_id == channel_id)
        ]
