from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from games.enums import Status
from games.models import Game
from guilds.models import Session
from notifications.enums import State
from notifications.models import Delivery, Timer
from notifications.retention import forget_old
from telemetry import store
from telemetry.counters import count, flush, observe
from telemetry.heartbeats import pulse
from telemetry.waits import note_wait
from tests.factories import make_game

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_redis() -> None:
    store.connection().flushdb()


def test_healthz_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").content == b"ok"


def test_readyz_is_red_until_beat_and_gateway_show_life(client: Client) -> None:
    assert client.get("/readyz").status_code == 503
    pulse("beat")
    pulse("gateway:0", is_open=True)
    response = client.get("/readyz")
    assert response.status_code == 200
    assert set(response.json()) == {"database", "redis", "beat", "gateway"}


def test_readyz_is_red_while_a_shard_is_closed(client: Client) -> None:
    pulse("beat")
    pulse("gateway:0", is_open=True)
    pulse("gateway:1", is_open=False)
    assert client.get("/readyz").status_code == 503


def test_a_day_long_wait_is_shown_in_readyz_and_status(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "the-token"
    pulse("beat")
    pulse("gateway:0", is_open=True)
    note_wait("everything", 24 * 3600)
    note_wait("a channel", 60)
    response = client.get("/readyz", headers={"Authorization": "Bearer the-token"})
    assert response.status_code == 503
    assert response.json()["discord"]["says"] == "asks to wait another 24 h 0 min (everything)"
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("status", stdout=out)
    assert "FAIL discord      asks to wait another 24 h 0 min" in out.getvalue()

    note_wait("everything", -1)
    note_wait("a channel", -1)
    assert client.get("/readyz").status_code == 200


def test_strangers_learn_of_readyz_what_is_well_and_nothing_of_shards(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = "the-token"
    pulse("beat")
    for number in range(7):
        pulse(f"gateway:{number}", is_open=number != 3, trouble="close code 4014")

    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer "}):
        told = client.get("/readyz", headers=headers)
        assert told.status_code == 503
        assert told.json() == {
            "beat": {"ok": True},
            "database": {"ok": True},
            "gateway": {"ok": False},
            "redis": {"ok": True},
        }
    told = client.get("/readyz", headers={"Authorization": "Bearer the-token"})
    assert "4014" in told.json()["gateway:3"]["says"]


def test_metrics_are_for_the_token_alone(client: Client, settings: Settings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "the-token"
    assert client.get("/metrics").status_code == 404
    wrong = client.get("/metrics", headers={"Authorization": "Bearer other"})
    assert wrong.status_code == 404


def test_metrics_tell_what_is_due_and_what_processes_counted(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = "the-token"
    game = make_game()
    Timer.objects.filter(game=game).update(due_at=timezone.now() - timedelta(seconds=90))
    observe("gamesched_interaction_ack_seconds", 0.03)
    count("gamesched_interactions", outcome="done")
    flush()

    text = client.get("/metrics", headers={"Authorization": "Bearer the-token"}).content.decode()

    lag = next(line for line in text.splitlines() if 'lag_seconds{kind="timers"}' in line)
    assert 89 < float(lag.split()[-1]) < 120
    assert 'gamesched_interactions_total{outcome="done"} 1.0' in text
    assert 'gamesched_interaction_ack_seconds_bucket{le="0.05"} 1.0' in text


def test_status_says_the_same_on_a_terminal() -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("status", stdout=out)
    assert "no tick yet" in out.getvalue()


def test_forget_old_keeps_what_is_open_or_young(settings: Settings) -> None:
    settings.RETAIN_GAMES_DAYS = settings.RETAIN_DELIVERIES_DAYS = 30
    now = timezone.now()
    old, young, running = make_game(), make_game(), make_game()
    long_ago = now - timedelta(days=40)
    Game.objects.filter(id__in=[old.id, running.id]).update(starts_at=long_ago)
    Game.objects.filter(id__in=[old.id, young.id]).update(status=Status.COMPLETED)
    rows = [
        Delivery.objects.create(
            dedupe_key=f"k{state}",
            game=young,
            guild_id=young.guild_id,
            notice="reminder",
            target="channel",
            target_id=1,
            due_at=long_ago,
            expires_at=long_ago,
            state=state,
        )
        for state in (State.DONE, State.PENDING)
    ]
    Delivery.objects.update(created_at=long_ago)

    forget_old(now=now)

    assert set(Game.objects.values_list("id", flat=True)) == {young.id, running.id}
    assert list(Delivery.objects.values_list("id", flat=True)) == [rows[1].id]


def test_sessions_that_ran_out_go_with_the_tokens_in_them() -> None:
    now = timezone.now()
    for key, minutes in (("over", -1), ("alive", 1)):
        expire_date = now + timedelta(minutes=minutes)
        Session.objects.create(
            session_key=key, session_data="", expire_date=expire_date, seen_at=timezone.now()
        )

    assert forget_old(now=now)["sessions"] == 1

    assert [session.session_key for session in Session.objects.all()] == ["alive"]


def test_forget_nothing_where_retention_is_off(settings: Settings) -> None:
    settings.RETAIN_GAMES_DAYS = 0
    game = make_game()
    Game.objects.filter(id=game.id).update(
        status=Status.COMPLETED, starts_at=timezone.now() - timedelta(days=4000)
    )
    assert forget_old(now=timezone.now())["games"] == 0
