"""A worker without a broker goes on from PostgreSQL, and a dead consumer ends in a restart."""

import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from celery import current_app
from structlog.testing import capture_logs

from gamesched.workarounds.steady_beat import SteadyScheduler
from notifications import nudges, own_ticks, tasks
from notifications.nudges import MOST_WAITING, Nudger, has_room
from notifications.shutdown import is_stopping
from tests.duration import wait_until


@pytest.fixture
def queue() -> Iterator[Any]:
    """The broker's list, as nobody takes from it."""
    with current_app.connection_for_write() as connection:
        name = current_app.conf.task_default_queue
        client = cast(Any, connection.default_channel).client
        client.delete(name)
        yield lambda: client.llen(name)
        client.delete(name)


@pytest.fixture
def stopped() -> Iterator[None]:
    yield
    is_stopping.set()
    time.sleep(0.1)
    is_stopping.clear()


def test_nudges_that_nobody_takes_do_not_pile_up(queue: Any) -> None:
    nudger = Nudger()
    for _ in range(3 * MOST_WAITING):
        nudger._publish({nudges.TIMERS})

    assert queue() == MOST_WAITING
    with current_app.connection_for_write() as connection:
        assert not has_room(connection)


@pytest.mark.django_db
def test_ticks_that_nobody_takes_do_not_pile_up(
    queue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_celery_beat.schedulers.Finalize", lambda *_a, **_k: None)
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    scheduler = SteadyScheduler(app=current_app, lazy=True)
    scheduler.setup_schedule()
    entry = next(one for one in scheduler.schedule.values() if one.task == nudges.TIMERS)

    with capture_logs() as logs:
        for _ in range(2 * MOST_WAITING):
            scheduler.apply_async(entry, producer=scheduler.producer)

    assert queue() == MOST_WAITING
    assert [one["event"] for one in logs].count("no_worker_takes_ticks") == 1


def test_a_worker_that_gets_no_ticks_sweeps_by_itself(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    monkeypatch.setattr(own_ticks, "LATE_SECONDS", 0.0)
    swept = threading.Event()

    own_ticks.keep_ticking([swept.set])

    assert swept.wait(5)


def test_a_worker_that_gets_ticks_leaves_it_to_them(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    swept = threading.Event()
    own_ticks.keep_ticking([swept.set])
    monkeypatch.setattr(tasks, "dispatch_due", lambda: None)

    for _ in range(3):
        tasks.dispatch_timers()
        assert not swept.wait(1)


def test_a_worker_whose_consumer_is_dead_ends(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(own_ticks, "DEAD_SECONDS", 0.0)
    monkeypatch.setattr(own_ticks, "LAST_SECONDS", 0.0)
    monkeypatch.setattr(own_ticks, "_do_ticks_wait", lambda: True)
    monkeypatch.setattr("notifications.own_ticks.os._exit", ended.append)

    own_ticks.keep_ticking([lambda: None])

    wait_until(lambda: ended == [1], 5)


def test_all_urgent_work_has_ticks_of_its_own() -> None:
    assert len(tasks.SWEEPS) == 4
