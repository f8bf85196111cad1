"""Nudges wake the worker a moment before its tick: never needed, never waited for.

A thread of its own speaks to Redis, so that a click or a page never does. Nudges that come together
become one, and after a failure there are none for some seconds.
"""

import os
import threading
import time

import structlog
from celery import current_app

log = structlog.get_logger(__name__)

TIMERS = "notifications.dispatch_timers"
DELIVERIES = "notifications.send_deliveries"
ANNOUNCEMENTS = "notifications.render_announcements"
TICK = "notifications.tick"
FORGET = "notifications.forget"
SERIES = "notifications.resume_series"
LOOKOUT = "notifications.look_for_announcements"

EXPIRE_SECONDS = 2
_QUIET_SECONDS = 5.0
_GATHER_SECONDS = 0.02


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
            for task in tasks:
                current_app.send_task(task, expires=EXPIRE_SECONDS, retry=False)
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
