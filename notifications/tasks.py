"""Tasks of the worker: sweeps, each safe at any time and in any number.

Beat calls the urgent ones once a second and nudges call them in between. A gate keeps slow ones
from taking all of a worker's threads: a task that finds it full leaves the work to those inside.
"""

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_init, worker_shutting_down
from django.utils import timezone

from games.services.series.sessions import resume_series
from notifications import nudges
from notifications.followers.announcement.lookout import look_due
from notifications.followers.announcement.renderer import render_due
from notifications.health import TICK
from notifications.outbox.sender import send_due
from notifications.own_ticks import Sweeper, keep_ticking, see_tick
from notifications.retention import forget_old
from notifications.shutdown import is_stopping
from notifications.timers.channels_ahead import EVERY_SECONDS, open_channels_ahead
from notifications.timers.claims import Lane
from notifications.timers.dispatcher import dispatch_due
from notifications.timers.roll_call import call_roll as ask_players
from postgres.outage import OUTAGES
from telemetry.heartbeats import pulse

log = structlog.get_logger(__name__)

# What is due at this moment waits for the interpreter behind what is not. At Python's own 5 ms that
# would be most of a reminder's lateness.
SWITCH_SECONDS = 0.0005

# All places together are about as many as a process has connections to PostgreSQL. One of the first
# two holds a timer until its moment, while the other sees what comes meanwhile.
_REMINDERS, _TIMERS = threading.BoundedSemaphore(2), threading.BoundedSemaphore(2)
_DELIVERIES = threading.BoundedSemaphore(5)
_ANNOUNCEMENTS = threading.BoundedSemaphore(4)
_ROLL_CALL = threading.BoundedSemaphore(1)
_FORGETTING, _SERIES = threading.BoundedSemaphore(1), threading.BoundedSemaphore(1)
_LOOKOUT = threading.BoundedSemaphore(1)
_CHANNELS = threading.BoundedSemaphore(1)


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


# The sweeps that a worker does by itself, every so many seconds, while the broker brings no ticks.
SWEEPS: Sequence[tuple[Callable[[], None], float]] = (
    (partial(_sweep, partial(dispatch_due, Lane.REMINDERS), _REMINDERS), 1),
    (partial(_sweep, partial(dispatch_due, Lane.GAMES), _TIMERS), 1),
    (partial(_sweep, send_due, _DELIVERIES), 1),
    (partial(_sweep, render_due, _ANNOUNCEMENTS), 1),
    (partial(_sweep, ask_players, _ROLL_CALL), 10),
    (partial(_sweep, open_channels_ahead, _CHANNELS), EVERY_SECONDS),
    (partial(_sweep, look_due, _LOOKOUT), 5),
    (partial(_sweep, resume_series, _SERIES), 10),
)
# The sweeps that a worker does at once when its own work asks for them.
AT_ONCE: Mapping[str, Callable[[], None]] = {
    nudges.DELIVERIES: partial(_sweep, send_due, _DELIVERIES),
    nudges.ANNOUNCEMENTS: partial(_sweep, render_due, _ANNOUNCEMENTS),
}


@shared_task(name=nudges.REMINDERS, ignore_result=True)
def dispatch_reminders() -> None:
    see_tick()
    _sweep(partial(dispatch_due, Lane.REMINDERS), _REMINDERS)


@shared_task(name=nudges.TIMERS, ignore_result=True)
def dispatch_timers() -> None:
    see_tick()
    _sweep(partial(dispatch_due, Lane.GAMES), _TIMERS)


@shared_task(name=nudges.DELIVERIES, ignore_result=True)
def send_deliveries() -> None:
    see_tick()
    _sweep(send_due, _DELIVERIES)


@shared_task(name=nudges.ANNOUNCEMENTS, ignore_result=True)
def render_announcements() -> None:
    see_tick()
    _sweep(render_due, _ANNOUNCEMENTS)


@shared_task(name=nudges.ROLL_CALL, ignore_result=True)
def call_roll() -> None:
    """Find out which players have left their server before they are reminded."""
    _sweep(ask_players, _ROLL_CALL)


@shared_task(name=nudges.CHANNELS, ignore_result=True)
def open_channels() -> None:
    """Open the channels of direct messages that will be needed soon."""
    _sweep(open_channels_ahead, _CHANNELS)


@shared_task(name=nudges.LOOKOUT, ignore_result=True)
def look_for_announcements() -> None:
    """Notice announcements that somebody deleted on Discord."""
    _sweep(look_due, _LOOKOUT)


@shared_task(name=nudges.TICK, ignore_result=True)
def tick() -> None:
    """Show that beat, broker and worker work together."""
    pulse(TICK)


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
    sys.setswitchinterval(SWITCH_SECONDS)
    keep_ticking(SWEEPS)
    for task, sweep in AT_ONCE.items():
        nudges.do_here(task, Sweeper(sweep, task).wake)


@worker_shutting_down.connect
def stop_claiming(**_kwargs: Any) -> None:
    """SIGTERM: work in flight is finished and marked, nothing new is taken."""
    is_stopping.set()
