"""Happenings, for people who build bots: interactions, REST calls and gateway events.

The page shows each as it happens. Only the newest few hundred are kept, in memory.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

from sandbox.world.state import Json

if TYPE_CHECKING:
    from sandbox.gateway.hub import Hub

type Kind = Literal["interaction", "request", "gateway"]

KEPT = 500


class Happenings:
    """The newest happenings, oldest first. A record may change later: `number` stays the same."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._counter = 0
        self._rows: deque[tuple[Json, Any]] = deque(maxlen=KEPT)

    def add(self, kind: Kind, *, payload: Any = None, **details: Any) -> Json:
        """Write one down and tell the page; `payload` went over the wire."""
        self._counter += 1
        row = {"number": self._counter, "at": time.time(), "kind": kind, **details}
        self._rows.append((row, payload))
        self._tell(row)
        return row

    def change(self, row: Json, **details: Any) -> None:
        """Complete one that was written down before."""
        row |= details
        self._tell(row)

    def all(self) -> list[Json]:
        return [row for row, _ in self._rows]

    def payload(self, number: int) -> Any:
        """Return the payload that went over the wire; raises KeyError when it is no longer kept."""
        for row, payload in self._rows:
            if row["number"] == number:
                return payload
        raise KeyError(number)

    def clear(self) -> None:
        self._rows.clear()

    def _tell(self, row: Json) -> None:
        self._hub.pass_on({"type": "happening", "row": dict(row)})
