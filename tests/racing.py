"""Races between writers: other threads wait for our locks, and then go on."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

WAITING = """
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'"""
# Must be less than the 2 s after which a statement gives up waiting for a lock.
LONGEST_SECONDS = 1.0


class Race:
    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._others: list[Future[Any]] = []

    def begin(self, *others: Callable[[], Any]) -> None:
        """Start the others, and return once each waits for one of our locks or has ended."""
        self._others += [self._threads.submit(_call, other) for other in others]
        end = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < end and _waiting() < sum(not one.done() for one in self._others):
            time.sleep(0.02)

    def results(self) -> list[Any]:
        """Return the others' results, after our transaction's end. Raises their errors."""
        return [one.result(10) for one in self._others]


@contextmanager
def racing() -> Iterator[Race]:
    """Run the block in one transaction, beside which other threads can be started."""
    with ThreadPoolExecutor(4) as threads, transaction.atomic():
        yield Race(threads)


def _call(call: Callable[[], Any]) -> Any:
    try:
        return call()
    finally:
        connection.close()


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])
