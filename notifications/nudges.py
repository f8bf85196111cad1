"""Nudges wake the worker a moment before its tick: never needed, never waited for.

A thread of its own speaks to Redis, so that a click or a page never does. Nudges that come together
become one, and after a failure there are none for some seconds.
"""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import current_app
from kombu.exceptions import ChannelError

log = structlog.get_logger(__name__)

REMINDERS = "notifications.dispatch_reminders"
TIMERS = "notifications.dispatch_timers"
DELIVERIES = "notifications.send_deliveries"
ANNOUNCEMENTS = "notifications.render_announcements"
TICK = "notifications.tick"
FORGET = "notifications.forget"
SERIES = "notifications.resume_series"
ROLL_CALL = "notifications.call_roll"
CHANNELS = "notifications.open_channels"
LOOKOUT = "notifications.look_for_announcements"

# Wide enough for clocks of beat, web and workers that differ by half a minute. Old ticks do not
# pile up for all that, since `has_room` bounds their number.
EXPIRE_SECONDS = 32
MOST_WAITING = 12
_QUIET_SECONDS = 5.0
# A nudge is so much late, so that those that come together become one; one that is planned for
# later does for others by a tenth of their wait.
_GATHER_SECONDS, _GATHER_PART = 0.01, 0.1


def has_room(connection: Any) -> bool:
    """Whether the workers keep up: a tick more would find no more to do than those that wait.

    Without a worker the list would grow by 4 KB a second, until Redis is full and no worker can
    start any more. Raises whatever the broker's client raises.
    """
    channel = connection.default_channel
    try:
        queue = channel.queue_declare(current_app.conf.task_default_queue, passive=True)
    except ChannelError:  # an empty list does not exist in Redis
        return True
    return bool(queue.message_count < MOST_WAITING)


class Nudger:
    """The thread that publishes, and the nudges it has still to publish: the moments of each task
    by the monotonic clock."""

    def __init__(self) -> None:
        self._wanted: dict[str, list[float]] = {}
        self._has_work = threading.Condition()
        self._quiet_until = 0.0
        self._is_away = False
        threading.Thread(target=self._run, name="nudges", daemon=True).start()

    def want(self, task: str, after: float = 0.0) -> None:
        """Ask for the task in `after` seconds. One that is planned already, for then or a little
        later, does."""
        at = time.monotonic() + max(after, 0.0)
        latest = at + max(_GATHER_SECONDS, after * _GATHER_PART)
        with self._has_work:
            planned = self._wanted.setdefault(task, [])
            if not any(at <= one <= latest for one in planned):
                planned.append(at + _GATHER_SECONDS)
                self._has_work.notify()

    def _run(self) -> None:
        while True:
            with self._has_work:
                while not (tasks := self._due()):
                    self._has_work.wait(self._seconds_to_next())
            if time.monotonic() >= self._quiet_until:
                self._publish(tasks)

    def _due(self) -> set[str]:
        """Take the tasks whose moment has come."""
        now = time.monotonic()
        due = {task for task, planned in self._wanted.items() if min(planned) <= now}
        for task in due:
            later = [at for at in self._wanted.pop(task) if at > now]
            if later:
                self._wanted[task] = later
        return due

    def _seconds_to_next(self) -> float | None:
        moments = [at for planned in self._wanted.values() for at in planned]
        return max(min(moments) - time.monotonic(), 0.0) if moments else None

    def _publish(self, tasks: set[str]) -> None:
        try:
            with current_app.connection_or_acquire() as connection:
                for task in tasks if has_room(connection) else ():
                    current_app.send_task(
                        task, expires=EXPIRE_SECONDS, retry=False, connection=connection
                    )
        except Exception as error:  # noqa: BLE001 -- whatever it is, the tick makes up for it
            self._quiet_until = time.monotonic() + _QUIET_SECONDS
            if not self._is_away:
                log.warning("redis_takes_no_nudges", error=str(error))
            self._is_away = True
        else:
            if self._is_away:
                log.info("redis_takes_nudges_again")
            self._is_away = False


_lock = threading.Lock()
_nudgers: dict[int, Nudger] = {}
_wakes: dict[str, Callable[[], None]] = {}


def do_here(task: str, wake: Callable[[], None]) -> None:
    """From now on this process, a worker, does the task itself when it nudges: `wake` asks for it,
    and returns at once. The broker's way takes longer, and all workers tick besides."""
    _wakes[task] = wake


def nudge(task: str, *, after: float = 0.0) -> None:
    """Ask for the task soon, or in `after` seconds. Returns at once and never fails."""
    wake = _wakes.get(task)
    if wake is not None and not after:
        wake()
        return
    with _lock:
        nudger = _nudgers.get(os.getpid())
        if nudger is None:
            _nudgers.clear()  # a parent's thread does not run in a fork
            nudger = _nudgers[os.getpid()] = Nudger()
    nudger.want(task, after)
