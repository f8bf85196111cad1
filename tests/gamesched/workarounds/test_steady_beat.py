"""Celery beat while the clock is set."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from gamesched.celery import app
from gamesched.workarounds.steady_beat import SteadyScheduler
from notifications.nudges import DELIVERIES, TIMERS

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A scheduler that records its tasks in `sent` instead of sending them."""
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    monkeypatch.setattr("django_celery_beat.schedulers.Finalize", Mock())
    # The test moves the monotonic clock itself.
    monkeypatch.setattr("gamesched.workarounds.steady_beat.CLOCK_WAS_SET", 60)
    made = SteadyScheduler(app=app, lazy=True)
    made.sent = []
    monkeypatch.setattr(made, "apply_async", lambda entry, **_: made.sent.append(entry.task))
    monkeypatch.setattr(made, "apply_entry", lambda entry, producer=None: made.apply_async(entry))
    monkeypatch.setattr(SteadyScheduler, "producer", Mock())
    made.setup_schedule()
    return made


def run(scheduler: Any) -> set[str]:
    """Run everything that is due now."""
    scheduler.sent.clear()
    for _ in range(100):
        if scheduler.tick() > 0:
            break
    return set(scheduler.sent)


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["ahead", "back"])
def test_ticks_go_on_within_seconds(scheduler: Any, by: timedelta) -> None:
    start = timezone.now()
    with time_machine.travel(start + timedelta(seconds=3), tick=False):
        assert run(scheduler) >= {TIMERS, DELIVERIES}
    with time_machine.travel(start + by, tick=False):
        run(scheduler)
    with time_machine.travel(start + by + timedelta(seconds=2), tick=False):
        assert run(scheduler) >= {TIMERS, DELIVERIES}


@pytest.fixture
def ran_in_the_future(db: None) -> None:
    PeriodicTask.objects.update(last_run_at=timezone.now() + HOUR)


def test_rows_from_the_future_do_not_hold_up_a_new_beat(
    ran_in_the_future: None, scheduler: Any
) -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        run(scheduler)
    with time_machine.travel(start + timedelta(seconds=2), tick=False):
        assert run(scheduler) >= {TIMERS, DELIVERIES}
