"""A worker's own ticks, for when the broker brings none: Redis is away or full, or beat stopped.

All work lies in PostgreSQL, so a worker without a broker does it a second later than usual. A
worker whose consumer has died while ticks wait for it ends, so that it is started anew: kombu may
lose its connection in ways that Celery does not recover from.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from celery import current_app

from notifications.nudges import has_room
from notifications.shutdown import is_stopping

log = structlog.get_logger(__name__)

LATE_SECONDS = 5.0
DEAD_SECONDS = 60.0
# Seconds that work in flight gets before the process ends.
LAST_SECONDS = 12.0

_seen_at = time.monotonic()


def see_tick() -> None:
    """Note that the broker brought one."""
    global _seen_at  # noqa: PLW0603 - the process has one consumer
    _seen_at = time.monotonic()


def seconds_without() -> float:
    return time.monotonic() - _seen_at


def keep_ticking(sweeps: Sequence[Callable[[], None]]) -> None:
    """Start a thread for each of the sweeps, which runs it while the broker brings no ticks."""
    see_tick()
    for number, sweep in enumerate(sweeps):
        threading.Thread(
            target=_run, args=(sweep, number == 0), name=f"own-ticks-{number}", daemon=True
        ).start()


def _run(sweep: Callable[[], None], is_first: bool) -> None:
    is_alone = False
    while not is_stopping.wait(1.0):
        was_alone, is_alone = is_alone, seconds_without() > LATE_SECONDS
        if is_first and is_alone != was_alone:
            log.warning("works_without_broker" if is_alone else "broker_brings_ticks_again")
        if is_alone:
            sweep()
        if is_first and seconds_without() > DEAD_SECONDS and _do_ticks_wait():
            _end()


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
