"""How long a thing may take: as long as is said on a quiet machine, and longer on a busy one."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator

SPIN_SECONDS = 0.05


@contextlib.contextmanager
def within(seconds: float, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """Fail where the block takes longer.

    What computes alone is best held against `time.thread_time`, which others do not touch.
    """
    began = clock()
    yield
    took = clock() - began
    assert took < seconds or took < stretched(seconds), f"{took:.2f} s, and not within {seconds} s"


def wait_until[T](condition: Callable[[], T], seconds: float = 15) -> T:
    """The first truthy answer of `condition`; fails with its last answer after so many seconds."""
    began = time.monotonic()
    while not (value := condition()):
        took = time.monotonic() - began
        assert took < seconds or took < stretched(seconds), f"still {value!r} after {took:.0f} s"
        time.sleep(0.1)
    return value


def stretched(seconds: float) -> float:
    """What takes so long on a quiet machine takes so long on this one, busy as it is."""
    return seconds * max(1.0, _turns_waited_for(), _load())


def _turns_waited_for() -> float:
    """Seconds by the clock until this thread has had one of the processor."""
    began, spent = time.monotonic(), time.thread_time()
    while time.thread_time() - spent < SPIN_SECONDS:
        pass
    return (time.monotonic() - began) / SPIN_SECONDS


def _load() -> float:
    """Programs that want to run, for each processor, over the last minute."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)
