"""Celery beat goes on ticking when the machine's clock is set back.

Works around Celery (5.7) and django-celery-beat (2.9): a task that last ran "in the future" is not
due until that future comes, so an hour passes without a tick after the clock went back by one.
https://github.com/celery/celery/issues/6742
"""

import time
from datetime import datetime
from typing import Any

import structlog
from celery.utils.time import maybe_make_aware
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

log = structlog.get_logger(__name__)

# Seconds between the clock and the time that passed, from which on the clock was set.
CLOCK_WAS_SET = 1.0


class SteadyEntry(ModelEntry):  # type: ignore[misc]  # published without types
    """An entry that ran in the future runs an interval from now, not when that future comes."""

    last_run_at: datetime

    def is_due(self) -> Any:
        now = self._default_now()
        if maybe_make_aware(self.last_run_at) > now:
            self.last_run_at = self.model.last_run_at = now
        return super().is_due()


class SteadyScheduler(DatabaseScheduler):  # type: ignore[misc]  # published without types
    """Plans all times anew when the clock was set; the old ones may be an hour away."""

    Entry = SteadyEntry
    _clock: float | None = None

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        clock = time.time() - time.monotonic()
        if self._clock is not None and abs(clock - self._clock) > CLOCK_WAS_SET:
            log.warning("clock_was_set", by_seconds=round(clock - self._clock))
            self._heap = None
        self._clock = clock
        return super().tick(*args, **kwargs)
