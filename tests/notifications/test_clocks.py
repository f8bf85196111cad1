"""While a worker's clock jumps, the database's clock decides what is due; nothing is early."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from structlog.testing import capture_logs

from games.enums import Status, Via
from games.models import Game
from games.services.roster.signup import decline_game, join_game
from notifications.clocks import BORNE_SECONDS, pulse_clock, wrong_clocks
from notifications.enums import State, TimerKind
from notifications.followers.announcement import claims
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, Delivery, Timer
from notifications.nudges import EXPIRE_SECONDS
from notifications.outbox.claims import claim_due
from notifications.outbox.sender import send_due
from notifications.timers.dispatcher import dispatch_due
from telemetry import heartbeats, store
from tests.notifications.outbox.test_sender import add
from tests.notifications.place import Place

HOUR = timedelta(hours=1)


def jumped(by: timedelta) -> Any:
    """Shift the process's clock, but not PostgreSQL's."""
    return time_machine.travel(timezone.now() + by, tick=True)


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["ahead", "back"])
def test_nothing_fires_before_its_time(place: Place, by: timedelta) -> None:
    game = place.game(starts_at=timezone.now() + timedelta(minutes=50), reminder_minutes=(30,))
    add(game, due_at=timezone.now() + timedelta(minutes=20))

    with jumped(by):
        assert dispatch_due() == 0
        assert claim_due() == []

    assert set(Timer.objects.values_list("state", flat=True)) == {State.PENDING}
    assert Game.objects.get().status == Status.SCHEDULED


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["ahead", "back"])
def test_what_is_due_is_done_whatever_the_worker_thinks(place: Place, by: timedelta) -> None:
    game = place.game()
    Timer.objects.filter(kind=TimerKind.FINISH).update(due_at=timezone.now() - timedelta(seconds=1))

    with jumped(by):
        assert dispatch_due() == 1

    assert Game.objects.get(id=game.id).status == Status.COMPLETED


def test_leases_and_edits_follow_the_databases_clock(place: Place) -> None:
    place.game()
    render_due()
    Announcement.objects.update(render_at=timezone.now() + timedelta(minutes=30))
    add(Game.objects.get())
    assert len(claim_due()) == 1

    with jumped(HOUR):
        assert (
            claims.claim(claims.CLAIM_EDITS, limit=5, news_only=False, lease=claims.RENDER_LEASE)
            == []
        )
        assert claim_due() == []  # the other worker's lease still runs


def test_jump_in_the_middle_sends_once(place: Place) -> None:
    game = place.game()
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    add(game, expires_at=timezone.now() + timedelta(hours=3))

    with jumped(HOUR):
        send_due()
    send_due()

    assert len(place.messages()) == 1
    assert Delivery.objects.get(target="channel").state == State.DONE


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["ahead", "back"])
def test_reminder_is_not_lost_to_a_clock_that_runs_ahead(place: Place, by: timedelta) -> None:
    """Neither its timer nor its message expires only because the worker's clock is ahead."""
    game = place.game(
        starts_at=timezone.now() + timedelta(minutes=30, seconds=1), reminder_minutes=(30,)
    )
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)

    with jumped(by):
        assert dispatch_due() == 1
        send_due()

    assert Timer.objects.get(kind=TimerKind.REMIND).state == State.DONE
    assert Delivery.objects.get(target="channel").state == State.DONE
    assert len([message for message in place.messages() if message["mentions"]]) == 1


def test_what_a_clock_ahead_asks_for_is_done_at_once(place: Place) -> None:
    """The notice of a seat and the post's new state come at once and not an hour later."""
    game = place.game(max_players=1)
    first, second = place.member(), place.member()
    for member in (first, second):
        join_game(game_id=game.id, member=member, via=Via.WEB)
    render_due()
    Announcement.objects.update(render_at=None)

    with jumped(HOUR):
        decline_game(game_id=game.id, member=first, via=Via.WEB)

    soon = timezone.now() + timedelta(seconds=2)
    assert Announcement.objects.filter(render_at__lte=soon).count() == 1
    assert [row.due_at <= soon for row in Delivery.objects.filter(notice="promoted")] == [True]


@pytest.mark.django_db
def test_a_clock_that_is_borne_is_not_told_and_one_beyond_is(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = "the-token"
    store.connection().delete(heartbeats.HASH)
    with jumped(timedelta(seconds=25)):
        pulse_clock("worker")
    assert wrong_clocks(heartbeats.read_heartbeats()) == []

    with jumped(timedelta(seconds=90)), capture_logs() as logs:
        pulse_clock("beat")

    (wrong,) = wrong_clocks(heartbeats.read_heartbeats())
    assert wrong.name.startswith("clock:beat:")
    assert 89 < wrong.facts["ahead"] < 91
    assert any(one["event"] == "clock_differs" for one in logs)
    told = client.get("/readyz", headers={"Authorization": "Bearer the-token"}).json()
    assert not told[wrong.name]["ok"]
    assert "+90 s" in told[wrong.name]["says"]


def test_ticks_outlive_every_difference_that_is_borne() -> None:
    """A tick sent by a clock that is behind would be thrown away as expired by one ahead of it."""
    assert EXPIRE_SECONDS > BORNE_SECONDS


def test_ages_of_heartbeats_do_not_depend_on_clocks() -> None:
    with jumped(-HOUR):
        heartbeats.pulse("here")
    with jumped(HOUR):
        beats = {beat.name: beat.age for beat in heartbeats.read_heartbeats()}
    assert beats["here"] < 30
