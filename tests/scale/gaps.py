"""Gaps in the shards' connections, as seen from Discord's side."""

import time

from sandbox.client import Sandbox
from tests.scale.fleet import SHARDS
from tests.scale.meanwhile import Meanwhile

PERIOD = 0.05


class Gaps(Meanwhile):
    """Watches the shards every 50 ms. Times are Unix seconds."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(self._look)
        self._sandbox = sandbox
        self._open: dict[int, float] = {}
        self.seen: list[tuple[int, float, float]] = []

    def longest(self) -> float:
        """Return the longest gap in seconds; 0 if there was none."""
        return max((end - start for _shard, start, end in self.seen), default=0.0)

    def _look(self) -> None:
        while not self._is_over.is_set():
            there, now = set(self._sandbox.health()["shards"]), time.time()
            for shard in range(SHARDS):
                if shard in there and shard in self._open:
                    self.seen.append((shard, self._open.pop(shard), now))
                elif shard not in there:
                    self._open.setdefault(shard, now - PERIOD)
            self._is_over.wait(PERIOD)
        self.seen += [(shard, start, time.time()) for shard, start in self._open.items()]
