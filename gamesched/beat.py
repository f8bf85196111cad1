"""Celery beat, which goes on ticking when the machine's clock is set back."""

import logging
import time
from datetime import datetime
from typing import Any

from celery.utils.time import maybe_make_aware
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

log = logging.getLogger(__name__)

# By how many seconds the clock must differ from what has passed to have been set.
CLOCK_WAS_SET = 1.0


class SteadyEntry(ModelEntry):  # type: ignore[misc]  # published without types
    """One that ran in the future runs an interval from now, not when that future comes."""

    last_run_at: datetime

    def is_due(self) -> Any:
        now = self._default_now()
        if maybe_make_aware(self.last_run_at) > now:
            self.last_run_at = self.model.last_run_at = now
        return super().is_due()


class SteadyScheduler(DatabaseScheduler):  # type: ignore[misc]  # published without types
    """Its times are planned anew when the clock was set: else it would wait for the old ones,
    an hour without a tick after the clock went back by one."""

    Entry = SteadyEntry
    _clock: float | None = None

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        clock = time.time() - time.monotonic()
        if self._clock is not None and abs(clock - self._clock) > CLOCK_WAS_SET:
            log.warning("The clock was set by %+.0f s", clock - self._clock)
            self._heap = None
        self._clock = clock
        return super().tick(*args, **kwargs)
