"""Tasks of the worker: sweeps, each safe at any time and in any number.

Beat calls the urgent ones once a second and nudges call them in between. A gate keeps slow ones
from taking all of a worker's threads: a task that finds it full leaves the work to those inside.
"""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_init, worker_shutting_down
from django.utils import timezone

from games.services.series.sessions import resume_series
from notifications import nudges
from notifications.clocks import pulse_clock
from notifications.followers.announcement.renderer import render_due
from notifications.health import TICK
from notifications.outbox.sender import send_due
from notifications.own_ticks import keep_ticking, see_tick
from notifications.retention import forget_old
from notifications.shutdown import is_stopping
from notifications.timers.dispatcher import dispatch_due
from postgres.outage import OUTAGES
from telemetry.heartbeats import pulse

log = structlog.get_logger(__name__)

_TIMERS = threading.BoundedSemaphore(3)
_DELIVERIES = threading.BoundedSemaphore(6)
_ANNOUNCEMENTS = threading.BoundedSemaphore(4)
_FORGETTING, _SERIES = threading.BoundedSemaphore(1), threading.BoundedSemaphore(1)


def _sweep(work: Callable[[], object], gate: threading.BoundedSemaphore) -> None:
    if is_stopping.is_set() or not gate.acquire(blocking=False):
        return
    try:
        work()
    except OUTAGES as error:
        first_line = str(error).splitlines()[0] if error.args else ""
        log.warning("postgres_unreachable", error=first_line)
    finally:
        gate.release()


# What a worker does by itself while the broker brings no ticks.
SWEEPS: Sequence[Callable[[], None]] = (
    partial(_sweep, dispatch_due, _TIMERS),
    partial(_sweep, send_due, _DELIVERIES),
    partial(_sweep, render_due, _ANNOUNCEMENTS),
    partial(_sweep, resume_series, _SERIES),
)


@shared_task(name=nudges.TIMERS, ignore_result=True)
def dispatch_timers() -> None:
    see_tick()
    _sweep(dispatch_due, _TIMERS)


@shared_task(name=nudges.DELIVERIES, ignore_result=True)
def send_deliveries() -> None:
    see_tick()
    _sweep(send_due, _DELIVERIES)


@shared_task(name=nudges.ANNOUNCEMENTS, ignore_result=True)
def render_announcements() -> None:
    see_tick()
    _sweep(render_due, _ANNOUNCEMENTS)


@shared_task(name=nudges.TICK, ignore_result=True)
def tick() -> None:
    """Show that beat, broker and worker work together."""
    pulse(TICK)
    pulse_clock("worker")


@shared_task(name=nudges.FORGET, ignore_result=True)
def forget() -> None:
    _sweep(_forget, _FORGETTING)


def _forget() -> None:
    forgotten = forget_old(now=timezone.now())
    if any(forgotten.values()):
        log.info("old_rows_forgotten", **forgotten)


@shared_task(name=nudges.SERIES, ignore_result=True)
def resume() -> None:
    """Make the sessions of series that starts and ends of games could not make at once."""
    _sweep(resume_series, _SERIES)


@worker_init.connect
def tick_alone(**_kwargs: Any) -> None:
    keep_ticking(SWEEPS)


@worker_shutting_down.connect
def stop_claiming(**_kwargs: Any) -> None:
    """SIGTERM: work in flight is finished and marked, nothing new is taken."""
    is_stopping.set()
