"""Nudges wake the worker a moment before its tick: never needed, never waited for.

A thread of its own speaks to Redis, so that a click or a page never does. Nudges that come together
become one, and after a failure there are none for some seconds.
"""

import os
import threading
import time
from typing import Any

import structlog
from celery import current_app
from kombu.exceptions import ChannelError

log = structlog.get_logger(__name__)

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
_GATHER_SECONDS = 0.02


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
    """The thread that publishes, and the nudges it has still to publish."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._has_work = threading.Condition()
        self._quiet_until = 0.0
        self._is_away = False
        threading.Thread(target=self._run, name="nudges", daemon=True).start()

    def want(self, task: str) -> None:
        with self._has_work:
            self._wanted.add(task)
            self._has_work.notify()

    def _run(self) -> None:
        while True:
            with self._has_work:
                self._has_work.wait_for(lambda: self._wanted)
            time.sleep(_GATHER_SECONDS)
            with self._has_work:
                tasks, self._wanted = self._wanted, set()
            if time.monotonic() >= self._quiet_until:
                self._publish(tasks)

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


def nudge(task: str) -> None:
    """Ask for the task soon. Returns at once and never fails."""
    with _lock:
        nudger = _nudgers.get(os.getpid())
        if nudger is None:
            _nudgers.clear()  # a parent's thread does not run in a fork
            nudger = _nudgers[os.getpid()] = Nudger()
    nudger.want(task)
