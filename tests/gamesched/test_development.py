"""The control of time for trials: listing the next steps and bringing them near."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches
from django.utils import timezone
from pytest_django.fixtures import Settings

from games.enums import Status
from gamesched import urls
from gamesched.development import LEAD, bring_near, development_urls, list_planned, next_step
from guilds.errors import NotFound
from notifications.enums import TimerKind
from notifications.models import Timer
from tests.factories import make_game, make_guild

pytestmark = pytest.mark.django_db
SECRET = "for-this-test-only"
ADDRESS = "/development/time"


@pytest.fixture
def offered(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Enables the address as `make run` does."""
    settings.DEBUG, settings.DEVELOPMENT_SECRET = True, SECRET
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, *development_urls()])
    clear_url_caches()
    yield
    clear_url_caches()


def call(client: Client, method: str, body: object = None, secret: str = SECRET) -> Any:
    data = json.dumps(body) if method == "POST" else body
    return getattr(client, method.lower())(
        ADDRESS,
        data,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )


@pytest.mark.parametrize(("debug", "secret"), [(False, SECRET), (True, "")])
def test_there_is_no_such_address_without_debug_and_secret(
    settings: Settings, client: Client, debug: bool, secret: str
) -> None:
    settings.DEBUG, settings.DEVELOPMENT_SECRET = debug, secret
    assert development_urls() == []
    assert call(client, "GET", {"guild_id": "1"}).status_code == 404


@pytest.mark.usefixtures("offered")
def test_a_wrong_secret_learns_and_moves_nothing(client: Client) -> None:
    game = make_game(reminder_minutes=[60])
    body = {"guild_id": str(game.guild_id), "id": str(game.id)}
    assert call(client, "GET", {"guild_id": game.guild_id}, secret="").status_code == 403
    assert call(client, "POST", body, secret="guess").status_code == 403
    before = game.starts_at
    game.refresh_from_db()
    assert game.starts_at == before


@pytest.mark.usefixtures("offered")
def test_what_is_planned_is_shown_and_brought_near(client: Client) -> None:
    game = make_game(title="Chess", reminder_minutes=[60, 1440 * 7])
    [row] = call(client, "GET", {"guild_id": game.guild_id}).json()
    assert (row["id"], row["title"]) == (str(game.id), "Chess")
    assert row["what"] == "Reminder 1 hour before"

    answer = call(client, "POST", {"guild_id": str(game.guild_id), "id": row["id"]})

    assert answer.json() == {"said": "Chess: reminder 1 hour before in 15 seconds."}
    game.refresh_from_db()
    left = game.starts_at - timezone.now()
    assert timedelta(minutes=60) < left <= timedelta(minutes=60) + LEAD
    timer = Timer.objects.get(
        game=game, kind=TimerKind.REMIND, schedule_version=game.schedule_version
    )
    assert timedelta() < timer.due_at - timezone.now() <= LEAD


def test_step_after_step_leads_to_the_start() -> None:
    game = make_game(reminder_minutes=[90, 10])
    now = game.starts_at - timedelta(hours=3)
    assert next_step(game, now).what == "Reminder 90 minutes before"
    later = next_step(game, game.starts_at - timedelta(minutes=30))
    assert later.what == "Reminder 10 minutes before"
    last = next_step(game, game.starts_at - timedelta(minutes=5))
    assert (last.what, last.at) == ("Start", game.starts_at)


def test_what_is_near_already_stays_where_it_is() -> None:
    game = make_game(reminder_minutes=[60], starts_at=timezone.now() + timedelta(minutes=60.1))
    bring_near(game.guild_id, game.id, timezone.now())
    before = game.starts_at
    game.refresh_from_db()
    assert game.starts_at == before


def test_only_what_is_ahead_and_announced_is_listed() -> None:
    now = timezone.now()
    shown = make_game()
    make_game(channel=shown.channel, post_at=now + timedelta(hours=1))
    over = make_game(channel=shown.channel)
    over.status = Status.CANCELLED
    over.save()
    assert [game.id for game, _ in list_planned(shown.guild_id, now)] == [shown.id]


def test_another_servers_game_is_not_found() -> None:
    game = make_game()
    with pytest.raises(NotFound):
        bring_near(make_guild().id, game.id, timezone.now())


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("body", [{}, {"guild_id": "x", "id": "1"}, []])
def test_nonsense_is_refused(client: Client, body: object) -> None:
    assert call(client, "POST", body).status_code == 400


@pytest.mark.usefixtures("offered")
def test_a_game_that_is_gone_is_told(client: Client) -> None:
    answer = call(client, "POST", {"guild_id": str(make_guild().id), "id": "1"})
    assert answer.status_code == 404
    assert answer.json() == {"error": "There is no such game any more."}
