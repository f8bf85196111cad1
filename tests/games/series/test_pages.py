"""Series on the dashboard: begun in the form, shown, confirmed, skipped, changed, stopped."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.enums import Status, Via
from games.models import Game, Series
from games.services.game import start_game
from games.services.series.edits import next_session
from guilds.models import Member
from tests.factories import make_channel, make_game, make_guild, make_member
from tests.games.forms.form_data import SEES, new_game_data

pytestmark = pytest.mark.django_db
MOST_QUERIES = 14

TUESDAY = datetime(2027, 3, 16, 19, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(autouse=True)
def day() -> Any:
    with time_machine.travel(TUESDAY - timedelta(days=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def host(client: Client) -> Member:
    """The host, logged in."""
    host = make_member(make_guild(), permissions=int(SEES))
    client.force_login(host.user)
    return host


def make_series(host: Member, **fields: Any) -> Game:
    fields = {"repeat": "FREQ=WEEKLY;BYDAY=TU", "starts_at": TUESDAY.astimezone(UTC), **fields}
    return make_game(host, **fields)


def url(name: str, game: Game) -> str:
    return reverse(name, args=[game.guild_id, game.id])


def send(client: Client, name: str, game: Game, **data: object) -> int:
    form = {"form_id": str(uuid4()), **data}
    return client.post(url(name, game), form).status_code


def following(game: Game) -> Game:
    start_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    found = next_session(game)
    assert found is not None
    return found


def page(client: Client, game: Game) -> str:
    response = client.get(url("game", game))
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_form_makes_a_series(client: Client, host: Member) -> None:
    data = new_game_data(
        make_channel(host.guild),
        when="2027-03-16 19:00 Europe/Berlin",
        repeat_text="every 2 weeks on tue, thu until 2027-06-01",
        repeat="weekly",
        carry_over="on",
    )
    response = client.post(reverse("game-new", args=[host.guild_id]), data)
    assert response.status_code == 302
    series = Game.objects.get().series
    assert series is not None
    assert series.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270601"
    assert (series.carry_over, series.ask_host) == (True, False)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"repeat_text": "now and then"}, "I do not understand that repetition"),
        ({"repeat_text": "every wednesday"}, "one of the repeating days"),
        ({"repeat": "FREQ=SECONDLY"}, "Select a valid choice"),
    ],
)
def test_the_form_says_why_it_makes_none(
    client: Client, host: Member, fields: dict[str, str], sentence: str
) -> None:
    when = {"when": "2027-03-16 19:00 Europe/Berlin"}
    data = new_game_data(make_channel(host.guild), **when, **fields)
    response = client.post(reverse("game-new", args=[host.guild_id]), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Game.objects.exists()


def test_the_preview_lists_five_dates_and_marks_the_clock_change(
    client: Client, host: Member
) -> None:
    address = reverse("repeat-preview", args=[host.guild_id])
    when = {"when": "2027-03-16 19:00 Europe/Berlin"}
    text = client.get(address, {**when, "repeat": "weekly"}).content.decode()
    assert text.count("<li>") == 5
    assert "Every Tuesday, 19:00" in text
    assert text.count("gone forward") == 1
    for odd in ({}, {"repeat": "weekly"}, {**when, "repeat_text": "\0" * 400}, {"when": "x" * 999}):
        assert client.get(address, odd).status_code == 200


def test_the_page_shows_rule_and_dates_and_the_buttons_to_the_host_alone(
    client: Client, host: Member
) -> None:
    game = make_series(host)
    text = page(client, game)
    assert "Every Tuesday, 19:00 (Europe/Berlin)" in text
    assert text.count("series-day-") == 5
    assert 'id="series-stop"' in text

    client.force_login(make_member(game.guild, permissions=int(SEES)).user)
    text = page(client, game)
    assert "Every Tuesday" in text
    assert "series-stop" not in text
    assert "series-day-" not in text


def test_the_page_of_a_game_in_a_series_asks_few_queries(client: Client, host: Member) -> None:
    game = make_series(host, repeat="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")
    following(game)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client, game)
    assert len(queries) <= MOST_QUERIES


def test_confirm_and_skip(client: Client, host: Member) -> None:
    game = make_series(host, ask_host=True)
    session = following(game)
    assert 'id="series-confirm"' in page(client, session)
    assert send(client, "series-confirm", session) == 302
    session.refresh_from_db()
    assert not session.awaits_host
    assert 'id="series-confirm"' not in page(client, session)

    assert send(client, "series-skip", session) == 302
    assert Game.objects.get(id=session.id).status == Status.CANCELLED
    assert next_session(session) is not None


def test_a_date_is_left_out_and_taken_back(client: Client, host: Member) -> None:
    game = make_series(host)
    send(client, "series-day", game, day="2027-03-23")
    assert "skipped" in page(client, game)
    send(client, "series-day", game, day="2027-03-23", restore="1")
    assert "skipped" not in page(client, game)
    for day in ("", "2027-02-31", "never", "2027-03-24", "9999-12-31"):
        assert send(client, "series-day", game, day=day) == 302
    assert Series.objects.get().skipped_dates == []


def test_stop_and_repeat_anew(client: Client, host: Member) -> None:
    game = make_series(host)
    send(client, "series-stop", game)
    assert "Stopped" in page(client, game)
    assert client.get(url("game-repeat", game)).status_code == 200
    assert send(client, "game-repeat", game, repeat="every 2 weeks") == 302
    game.refresh_from_db()
    assert game.series is not None
    assert game.series.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"


def test_a_single_game_begins_to_repeat(client: Client, host: Member) -> None:
    game = make_game(host, starts_at=TUESDAY)
    assert 'id="series-begin"' in page(client, game)
    assert send(client, "game-repeat", game, repeat_text="every monday") == 422
    assert send(client, "game-repeat", game, repeat="weekly", ask_host="on") == 302
    assert Series.objects.get().ask_host


def test_the_rule_shown_and_sent_back_changes_nothing(client: Client, host: Member) -> None:
    game = make_series(host, carry_over=True)
    text = client.get(url("game-repeat", game)).content.decode()
    assert '<option value="weekly" selected>' in text
    send(client, "game-repeat", game, repeat="weekly", carry_over="on")
    series = Series.objects.get()
    assert (series.rule, series.carry_over) == ("FREQ=WEEKLY;BYDAY=TU", True)


def test_a_rule_that_is_not_offered_is_shown_in_words(client: Client, host: Member) -> None:
    game = make_series(host)
    send(client, "game-repeat", game, repeat_text="every 2 weeks on tue, thu")
    text = client.get(url("game-repeat", game)).content.decode()
    assert "every 2 weeks on tue, thu" in text
    assert ">Does not repeat<" not in text
    assert "Does not repeat, or as typed below" in text


@pytest.mark.parametrize(("scope", "title"), [("one", "Weekly"), ("all", "Special")])
def test_an_edit_holds_for_one_or_for_all(
    client: Client, host: Member, scope: str, title: str
) -> None:
    game = make_series(host, title="Weekly")
    form = client.get(url("game-edit", game))
    assert "this and all later ones" in form.content.decode()
    data = {
        name: value
        for name, value in form.context["form"].initial.items()
        if isinstance(value, str) and value
    }
    data |= {"form_id": str(uuid4()), "title": "Special", "scope": scope}
    response = client.post(url("game-edit", game), data)
    assert response.status_code == 302
    assert Game.objects.get(id=game.id).title == "Special"
    assert following(game).title == title


def test_a_preview_without_scripts_keeps_the_question_for_which_games(
    client: Client, host: Member
) -> None:
    game = make_series(host, title="Weekly")
    data = {"form_id": str(uuid4()), "title": "Special", "scope": "all"}
    address = f"{reverse('game-preview', args=[game.guild_id])}?game={game.id}"

    page = client.post(address, data).text

    assert 'name="scope" value="all" checked' in page


@pytest.mark.parametrize(
    "name", ["series-confirm", "series-skip", "series-stop", "series-day", "game-repeat"]
)
def test_others_may_not_and_strangers_find_nothing(client: Client, host: Member, name: str) -> None:
    game = make_series(host)
    before = Series.objects.get()
    client.force_login(make_member(game.guild, permissions=int(SEES)).user)
    assert send(client, name, game, day="2027-03-23", repeat="monthly") == 403
    client.force_login(make_member(make_guild()).user)
    assert send(client, name, game, day="2027-03-23", repeat="monthly") == 404
    client.logout()
    assert send(client, name, game) == 302
    after = Series.objects.get()
    assert (after.rule, after.stopped_at, after.skipped_dates) == (
        before.rule,
        None,
        before.skipped_dates,
    )
    assert Game.objects.get().status == Status.SCHEDULED
    assert client.get(url("series-stop", game)).status_code in {302, 405}
