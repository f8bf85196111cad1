"""Keeps Celery beat ticking when the machine's clock is set back, and from filling Redis.

Works around Celery (5.7) and django-celery-beat (2.9): a task whose last run is in the future is
not due until then, so setting the clock back by an hour would stop all ticks for an hour.
https://github.com/celery/celery/issues/6742

Without a worker, nobody takes the ticks; beyond a few, beat sends none.
"""

import time
from datetime import datetime
from typing import Any

import structlog
from celery.utils.time import maybe_make_aware
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

from notifications.clocks import pulse_clock
from notifications.nudges import has_room

log = structlog.get_logger(__name__)

# If clock and monotonic time drift apart by more seconds than this, the clock was set.
CLOCK_WAS_SET = 1.0
PULSE_SECONDS = 10


class SteadyEntry(ModelEntry):  # type: ignore[misc]  # published without types
    """An entry whose last run is in the future is due one interval from now."""

    last_run_at: datetime

    def is_due(self) -> Any:
        now = self._default_now()
        if maybe_make_aware(self.last_run_at) > now:
            self.last_run_at = self.model.last_run_at = now
        return super().is_due()


class SteadyScheduler(DatabaseScheduler):  # type: ignore[misc]  # published without types
    """Plans all times anew after the clock was set, since the old ones may be an hour away."""

    Entry = SteadyEntry
    _clock: float | None = None
    _is_held_up = False
    _pulsed_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        clock = time.time() - time.monotonic()
        if self._clock is not None and abs(clock - self._clock) > CLOCK_WAS_SET:
            log.warning("clock_was_set", by_seconds=round(clock - self._clock))
            self._heap = None
        self._clock = clock
        self._pulse()
        return super().tick(*args, **kwargs)

    def apply_async(self, entry: Any, producer: Any = None, **more: Any) -> Any:
        if has_room(self.connection):
            self._is_held_up = False
            return super().apply_async(entry, producer=producer, **more)
        if not self._is_held_up:
            log.warning("no_worker_takes_ticks")
        self._is_held_up = True
        return self.reserve(entry) if more.get("advance", True) else entry

    def _pulse(self) -> None:
        if time.monotonic() - self._pulsed_at >= PULSE_SECONDS:
            self._pulsed_at = time.monotonic()
            pulse_clock("beat")
