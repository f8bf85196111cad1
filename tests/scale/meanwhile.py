"""Threads that run as long as a block."""

import threading
from collections.abc import Callable
from typing import Self


class Meanwhile:
    """Runs each job in its own thread; jobs end soon after `_is_over` is set."""

    def __init__(self, *jobs: Callable[[], None]) -> None:
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=job) for job in jobs]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()
