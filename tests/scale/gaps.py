"""When which shard had no connection, as Discord's side sees it."""

import threading
import time
from types import TracebackType
from typing import Self

from sandbox.client import Sandbox
from tests.scale.fleet import SHARDS

PERIOD = 0.05


class Gaps:
    """Looks every 50 ms; times are Unix seconds."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="gaps")
        self._open: dict[int, float] = {}
        self.seen: list[tuple[int, float, float]] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def longest(self) -> float:
        """Seconds; 0 where no shard was without a connection."""
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
