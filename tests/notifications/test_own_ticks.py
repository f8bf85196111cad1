"""A worker without a broker goes on from PostgreSQL, and a dead consumer ends in a restart."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from structlog.testing import capture_logs

from gamesched.workarounds.steady_beat import SteadyScheduler
from notifications import nudges, own_ticks, tasks
from notifications.beat import SCHEDULE
from notifications.nudges import MOST_WAITING, Nudger, has_room
from notifications.own_ticks import Sweeper
from notifications.shutdown import is_stopping
from tests.duration import wait_until


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The threads end after the test, and ask no database for the time: a test may have none."""
    monkeypatch.setattr(own_ticks, "pulse_clock", lambda _process: None)
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

    own_ticks.keep_ticking([(swept.set, 0.1)])

    assert swept.wait(5)


def test_a_sweep_that_fails_is_told_and_comes_again(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    monkeypatch.setattr(own_ticks, "LATE_SECONDS", 0.0)
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise TimeoutError("the loop for Discord does not answer")

    with capture_logs() as logs:
        own_ticks.keep_ticking([(fail, 0.1)])
        wait_until(lambda: len(tries) > 2, 5)

    assert "own_tick_failed" in {one["event"] for one in logs}


@pytest.mark.django_db(transaction=True)
def test_a_sweep_outlives_a_restart_of_the_database(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    monkeypatch.setattr(own_ticks, "LATE_SECONDS", 0.0)
    seen: list[int] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            seen.append(cursor.fetchone()[0])

    own_ticks.keep_ticking([(ask, 0.1)])
    wait_until(lambda: bool(seen), 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    ended = len(seen)

    wait_until(lambda: len(seen) > ended + 1, 10)


@pytest.mark.django_db
def test_a_clock_so_far_ahead_that_every_tick_has_run_out_is_told(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    """Celery throws such ticks away before any task runs, so no task can tell."""
    told: list[str] = []
    monkeypatch.setattr(own_ticks, "pulse_clock", told.append)

    own_ticks.keep_ticking([(lambda: None, 0.1)])

    wait_until(lambda: told == ["worker"], 5)


def test_a_worker_that_gets_ticks_leaves_it_to_them(
    monkeypatch: pytest.MonkeyPatch, stopped: None
) -> None:
    swept = threading.Event()
    own_ticks.keep_ticking([(swept.set, 0.1)])
    monkeypatch.setattr(tasks, "dispatch_due", lambda _lane: None)

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

    own_ticks.keep_ticking([(lambda: None, 0.1)])

    wait_until(lambda: ended == [1], 5)


def test_all_that_beat_asks_of_postgresql_and_discord_has_ticks_of_its_own() -> None:
    """All but the sign of life, which is beat's own, and forgetting, which can wait."""
    worked = {work for work, _seconds in tasks.SWEEPS}
    asked = {task for _name, task, _seconds in SCHEDULE} - {nudges.TICK, nudges.FORGET}
    assert len(worked) == len(asked) == 8


def test_a_worker_s_own_work_is_followed_up_without_the_broker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **_: sent.append(task))
    monkeypatch.setattr(nudges, "_wakes", {})
    began, may_end = threading.Semaphore(0), threading.Event()

    def sweep() -> None:
        began.release()
        may_end.wait(10)

    nudges.do_here(nudges.DELIVERIES, Sweeper(sweep, "sweeps").wake)
    try:
        for _ in range(own_ticks.AT_ONCE):
            nudges.nudge(nudges.DELIVERIES)
            assert began.acquire(timeout=5), "one that waits for Discord must hold up no other"
        for _ in range(50):
            nudges.nudge(nudges.DELIVERIES)
    finally:
        may_end.set()
    assert began.acquire(timeout=5), "what came while all were busy is swept as well"
    assert not began.acquire(timeout=0.2), "many that come together are one"
    assert not sent
