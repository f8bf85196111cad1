"""A worker's own ticks: at once where its own work asks for more, and each second while the broker
brings none, since Redis is away or full, or beat stopped.

All work lies in PostgreSQL, so a worker without a broker does it a second later than usual. A
worker whose consumer has died while ticks wait for it ends, so that it is started anew: kombu may
lose its connection in ways that Celery does not recover from.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from celery import current_app
from django.db import close_old_connections

from notifications.clocks import pulse_clock
from notifications.nudges import has_room
from notifications.shutdown import is_stopping

log = structlog.get_logger(__name__)

LATE_SECONDS = 5.0
DEAD_SECONDS = 60.0
CLOCK_SECONDS = 10.0
# Seconds that work in flight gets before the process ends.
LAST_SECONDS = 12.0

# Sweeps of one sort that a worker's own work may have called at a time.
AT_ONCE = 3

_seen_at = time.monotonic()


class Sweeper:
    """Threads that sweep as soon as they are woken. They end their work before the process ends."""

    def __init__(self, sweep: Callable[[], None], name: str) -> None:
        self._sweep = sweep
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._is_woken = False

    def wake(self) -> None:
        """Sweep soon. Several calls before a sweep begins are one. Returns at once."""
        if is_stopping.is_set():
            return
        with self._lock:
            was_woken, self._is_woken = self._is_woken, True
        if not was_woken:
            self._threads.submit(self._run)

    def _run(self) -> None:
        with self._lock:
            self._is_woken = False
        _do(self._sweep)


def see_tick() -> None:
    """Note that the broker brought one."""
    global _seen_at  # noqa: PLW0603 - the process has one consumer
    _seen_at = time.monotonic()


def seconds_without() -> float:
    return time.monotonic() - _seen_at


def keep_ticking(sweeps: Sequence[tuple[Callable[[], None], float]]) -> None:
    """Start a thread for each of the sweeps, which runs it every so many seconds while the broker
    brings no ticks; and one that watches the consumer and the clock."""
    see_tick()
    for number, (sweep, seconds) in enumerate(sweeps):
        _start(partial(_sweep_alone, sweep, seconds), f"own-ticks-{number}")
    _start(_watch, "own-ticks-watch")


def _start(work: Callable[[], None], name: str) -> None:
    threading.Thread(target=work, name=name, daemon=True).start()


def _sweep_alone(sweep: Callable[[], None], seconds: float) -> None:
    while not is_stopping.wait(seconds):
        if seconds_without() > LATE_SECONDS:
            _do(sweep)


def _watch() -> None:
    """Tell of a change, and of the clock too: one that is far ahead makes the consumer throw every
    tick away as expired, and then no task tells of anything."""
    is_alone, clock_at = False, 0.0
    while not is_stopping.wait(1.0):
        was_alone, is_alone = is_alone, seconds_without() > LATE_SECONDS
        if is_alone != was_alone:
            log.warning("works_without_broker" if is_alone else "broker_brings_ticks_again")
        if time.monotonic() >= clock_at:
            clock_at = time.monotonic() + CLOCK_SECONDS
            _do(partial(pulse_clock, "worker"))
        if seconds_without() > DEAD_SECONDS and _do_ticks_wait():
            _end()


def _do(work: Callable[[], None]) -> None:
    """Work like a task of Celery's: a failure ends this try alone, and the connection goes back to
    the pool, which lends out no broken one."""
    try:
        work()
    except Exception:
        log.exception("own_tick_failed")
    finally:
        close_old_connections()


def _do_ticks_wait() -> bool:
    """Whether the broker can be reached and nobody takes what it holds."""
    try:
        with current_app.connection_for_read() as connection:
            return not has_room(connection)
    except Exception:  # noqa: BLE001 -- whatever the client raises, the broker is away
        return False


def _end() -> None:
    log.error("consumer_is_dead", seconds=round(seconds_without()))
    is_stopping.set()
    time.sleep(LAST_SECONDS)
    os._exit(1)
