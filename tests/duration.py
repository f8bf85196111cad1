"""Time limits for tests, which are stretched on a busy machine."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator

SPIN_SECONDS = 0.05


@contextlib.contextmanager
def within(seconds: float, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Fail if the block takes longer.

    Pure computation is better measured by `time.thread_time`, which other programs do not affect.
    """
    began = clock()
    yield
    took = clock() - began
    assert took < seconds or took < stretched(seconds), f"{took:.2f} s, and not within {seconds} s"


def wait_until[T](condition: Callable[[], T], seconds: float = 15) -> T:
    """Return the first truthy answer of `condition`; fails after so many seconds."""
    began = time.monotonic()
    while not (value := condition()):
        took = time.monotonic() - began
        assert took < seconds or took < stretched(seconds), f"still {value!r} after {took:.0f} s"
        time.sleep(0.1)
    return value


def stretched(seconds: float) -> float:
    """Return how long something takes here that takes `seconds` on a quiet machine."""
    return seconds * max(1.0, _turns_waited_for(), _load())


def _turns_waited_for() -> float:
    """Return how many seconds pass for each second of processor time this thread gets."""
    began, spent = time.monotonic(), time.thread_time()
    while time.thread_time() - spent < SPIN_SECONDS:
        pass
    return (time.monotonic() - began) / SPIN_SECONDS


def _load() -> float:
    """Return the number of runnable programs per processor over the last minute."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)
