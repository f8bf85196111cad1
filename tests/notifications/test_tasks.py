import threading
import time
from functools import partial
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError
from django_celery_beat.models import PeriodicTask
from structlog.testing import capture_logs

from games.enums import Via
from games.services.roster.signup import decline_game, join_game
from notifications import nudges, tasks
from notifications.beat import SCHEDULE, keep_schedule
from notifications.nudges import Nudger, nudge
from notifications.shutdown import is_stopping
from tests.duration import wait_until, within
from tests.factories import make_game, make_member


@pytest.mark.django_db
def test_beat_rows_are_made_once_and_mended() -> None:
    keep_schedule(using="default")
    PeriodicTask.objects.filter(task=nudges.TIMERS).update(expire_seconds=99)
    keep_schedule(using="default")
    rows = PeriodicTask.objects.filter(name__in=[name for name, _task, _seconds in SCHEDULE])
    assert {(row.name, row.task, row.interval.every) for row in rows} == set(SCHEDULE)
    assert {row.interval.period for row in rows} == {"seconds"}
    assert PeriodicTask.objects.get(task=nudges.TIMERS).expire_seconds == nudges.EXPIRE_SECONDS
    assert rows.count() == len(SCHEDULE)


@pytest.mark.django_db
def test_an_operator_s_switch_is_left_alone() -> None:
    keep_schedule(using="default")
    PeriodicTask.objects.filter(task=nudges.TIMERS).update(enabled=False)
    keep_schedule(using="default")
    assert not PeriodicTask.objects.get(task=nudges.TIMERS).enabled


def test_every_tick_names_a_task_that_exists() -> None:
    assert {task for _name, task, _seconds in SCHEDULE} <= set(current_app.tasks)


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    assert apps.is_installed("notifications")
    call_command("makemigrations", "notifications", check=True, dry_run=True, verbosity=0)


def test_full_gate_and_a_stop_leave_the_work_to_others() -> None:
    ran: list[int] = []
    gate = threading.BoundedSemaphore(1)

    def work() -> int:
        ran.append(1)
        tasks._sweep(work, gate)
        return 0

    tasks._sweep(work, gate)
    assert ran == [1]
    is_stopping.set()
    try:
        tasks._sweep(work, gate)
    finally:
        is_stopping.clear()
    assert ran == [1]


def test_absent_postgres_is_one_line_in_the_log() -> None:
    def work() -> int:
        raise OperationalError("connection refused\nIs the server running?")

    with capture_logs() as logs:
        tasks._sweep(work, threading.BoundedSemaphore(1))
    assert logs == [
        {
            "event": "postgres_unreachable",
            "error": "connection refused",
            "log_level": "warning",
        }
    ]


@pytest.mark.parametrize(("name", "task"), [("forget_old", "forget"), ("resume_series", "resume")])
def test_upkeep_waits_for_postgres_too(
    monkeypatch: pytest.MonkeyPatch, name: str, task: str
) -> None:
    def work(**_: Any) -> dict[str, int]:
        raise OperationalError("couldn't get a connection after 2.00 sec")

    monkeypatch.setattr(tasks, name, work)
    with capture_logs() as logs:
        getattr(tasks, task)()
    assert [line["event"] for line in logs] == ["postgres_unreachable"]


def test_nudges_together_become_one(nudger: Nudger, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **_: sent.append(task))
    for _ in range(50):
        nudger.want(nudges.DELIVERIES)
    wait_until(lambda: sent)
    time.sleep(0.2)
    assert 1 <= len(sent) <= 3


def test_a_nudge_for_later_waits_for_its_moment_and_for_none_that_is_nearer(
    nudger: Nudger, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda task, **_: sent.append(task))
    began = time.monotonic()
    for _ in range(50):
        nudger.want(nudges.DELIVERIES, 1.0)
    nudger.want(nudges.ANNOUNCEMENTS, 0.5)
    nudger.want(nudges.DELIVERIES, 0.7)
    wait_until(lambda: time.monotonic() - began > 1.2 and nudges.DELIVERIES in sent)
    assert sent[0] == nudges.ANNOUNCEMENTS or len(sent) == 2, "the nearest first, if not all late"
    assert sent.count(nudges.DELIVERIES) <= 5, "those for the same moment become one"


def longer_than(rows: list[str], count: int) -> bool:
    return len(rows) > count


def test_thousands_of_moments_are_planned_as_some_hundreds(nudger: Nudger) -> None:
    for number in range(5000):
        nudger.want(nudges.DELIVERIES, 60 + number / 1000)
    assert len(nudger._wanted[nudges.DELIVERIES]) <= 500


def test_absent_redis_delays_nobody_and_is_left_alone_for_a_while(
    nudger: Nudger, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fail(task: str, **_kwargs: Any) -> None:
        tried.append(task)
        raise OSError("no Redis")

    monkeypatch.setattr(current_app, "send_task", fail)
    with capture_logs() as logs:
        with within(0.5):
            for _ in range(5):
                nudger.want(nudges.DELIVERIES)
                time.sleep(0.05)
        assert tried == [nudges.DELIVERIES]
        for send in (fail, lambda task, **_: tried.append(task)):
            before = len(tried)
            monkeypatch.setattr(current_app, "send_task", send)
            nudger._quiet_until = 0.0
            nudger.want(nudges.DELIVERIES)
            wait_until(partial(longer_than, tried, before))
            time.sleep(0.1)
        assert len(tried) == 3
    said = [line["event"] for line in logs if "redis" in line["event"]]
    assert len(said) == 2, "once that it is gone, once that it is back"


def test_nudge_returns_at_once() -> None:
    with within(0.1):
        nudge(nudges.TIMERS)


@pytest.mark.django_db
def test_a_plain_sign_up_costs_one_update_more(django_assert_max_num_queries: Any) -> None:
    """The receivers of a sign-up only mark the announcement as dirty."""
    game = make_game(max_players=1)
    first, second = make_member(game.guild), make_member(game.guild)
    with django_assert_max_num_queries(12):
        join_game(game_id=game.id, member=first, via=Via.BOT)
    join_game(game_id=game.id, member=second, via=Via.BOT)
    decline_game(game_id=game.id, member=first, via=Via.BOT)
    (row,) = game.deliveries.all()
    revision = game.changes.latest("id").revision
    assert row.dedupe_key == f"promoted:{game.id}:{revision}:{second.user.discord_id}"
