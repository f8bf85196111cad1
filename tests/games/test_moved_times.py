"""Times typed over those that exist: commands, web forms, series, deadlines, announcements."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from games.enums import Via
from games.models import Game
from games.services.game_edit import edit_game
from games.services.series.changes import change_all
from games.services.series.sessions import begin_series, make_next
from guilds.models import Member, User
from tests.discordbot.stage import Actor, Stage, set_stage
from tests.factories import make_game, make_member
from tests.games.forms.form_data import SEES, make_place
from tests.games.forms.test_edited_game import shown_in
from when import parse_repetition
from when.repetitions import read_rule

pytestmark = pytest.mark.django_db(transaction=True)
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2027, 3, 1, 12, 0, tzinfo=BERLIN)
FRIDAY = datetime(2027, 3, 5, 20, 0, tzinfo=BERLIN)


@pytest.fixture
def stage() -> Stage:
    stage = set_stage()
    User.objects.update(timezone="Europe/Berlin")
    return stage


@pytest.fixture
def host(stage: Stage) -> Actor:
    return stage.actors["the_host"]


@pytest.fixture
def game(stage: Stage) -> Game:
    with time_machine.travel(MONDAY, tick=True):
        return make_game(
            stage.member("the_host"),
            stage.channel,
            starts_at=FRIDAY,
            timezone="Europe/Berlin",
            signup_closes_at=FRIDAY - timedelta(hours=2),
        )


def retype(host: Actor, game: Game, when: str) -> str:
    """Type it into the form of /edit-game; return when the game starts then, in Berlin."""
    with time_machine.travel(MONDAY, tick=True):
        host.resubmit(host.command("edit-game", game=str(game.id)), when=when)
    game.refresh_from_db()
    return f"{game.starts_at.astimezone(BERLIN):%a %d %H:%M}"


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("9pm", "Fri 05 21:00"),
        ("saturday", "Sat 06 20:00"),
        ("an hour later", "Fri 05 21:00"),
        ("+1h", "Fri 05 21:00"),
        ("a week later", "Fri 12 20:00"),
    ],
)
def test_edit_game_keeps_what_the_typed_time_leaves_unsaid(
    host: Actor, game: Game, typed: str, start: str
) -> None:
    assert retype(host, game, typed) == start
    assert game.signup_closes_at == game.starts_at - timedelta(hours=2)


def test_edit_game_asks_where_a_length_may_count_from_now(host: Actor, game: Game) -> None:
    with time_machine.travel(MONDAY, tick=True):
        asked = host.resubmit(host.command("edit-game", game=str(game.id)), when="2 hours")

    assert "may mean several times" in asked.text
    assert "22:00" in asked.text
    game.refresh_from_db()
    assert game.starts_at == FRIDAY


def test_clone_keeps_the_time_of_day(host: Actor, game: Game) -> None:
    with time_machine.travel(MONDAY, tick=True):
        preview = host.command("clone-game", game=str(game.id), when="saturday")

    assert "Saturday 6 March 2027, 20:00" in preview.text


def weekly(member: Member, game: Game) -> Game:
    rule = read_rule("FREQ=WEEKLY;BYDAY=FR")
    begin_series(game, rule=rule, carry_over=False, ask_host=False)
    return game


def test_a_clock_typed_for_a_whole_series_keeps_its_weekday(
    stage: Stage, host: Actor, game: Game
) -> None:
    weekly(stage.member("the_host"), game)
    with time_machine.travel(MONDAY, tick=True):
        asked = host.resubmit(host.command("edit-game", game=str(game.id)), when="9pm")
        host.press(asked.button("all"))

    game.refresh_from_db()
    assert game.series is not None
    assert (game.series.rule, f"{game.series.start_time:%H:%M}") == (
        "FREQ=WEEKLY;BYDAY=FR",
        "21:00",
    )
    assert game.starts_at == FRIDAY + timedelta(hours=1)


def test_a_clock_for_all_leaves_the_weekday_of_a_session_moved_alone(
    stage: Stage, game: Game
) -> None:
    member = stage.member("the_host")
    weekly(member, game)
    saturday = FRIDAY + timedelta(days=1)
    with time_machine.travel(MONDAY, tick=True):
        edit_game(game_id=game.id, member=member, values={"starts_at": saturday}, via=Via.WEB)
        later = {"starts_at": saturday + timedelta(hours=1)}
        change_all(game_id=game.id, member=member, values=later, via=Via.WEB)

    game.refresh_from_db()
    assert game.series is not None
    assert game.series.rule == "FREQ=WEEKLY;BYDAY=FR"
    assert game.starts_at == saturday + timedelta(hours=1)


def test_a_clock_for_all_keeps_the_day_of_a_later_session_moved_alone(
    stage: Stage, game: Game
) -> None:
    member = stage.member("the_host")
    weekly(member, game)
    with time_machine.travel(MONDAY, tick=True):
        assert game.series_id is not None and game.series_date is not None
        later = make_next(series_id=game.series_id, after=game.series_date)
        assert later is not None
        saturday = FRIDAY + timedelta(days=8)
        edit_game(game_id=later.id, member=member, values={"starts_at": saturday}, via=Via.WEB)
        values = {"starts_at": FRIDAY + timedelta(hours=1)}
        change_all(game_id=game.id, member=member, values=values, via=Via.WEB)

    later.refresh_from_db()
    assert later.starts_at == saturday + timedelta(hours=1)


# --- On the web ----------------------------------------------------------------------------------


@pytest.fixture
def edited(client: Client) -> Game:
    with time_machine.travel(MONDAY, tick=True):
        guild, channel, _member = make_place()
        member = make_member(guild, permissions=int(SEES))
        User.objects.update(timezone="Europe/Berlin")
        client.force_login(member.user)
        return make_game(
            member,
            channel,
            starts_at=FRIDAY,
            timezone="Europe/Berlin",
            signup_closes_at=FRIDAY - timedelta(hours=2),
            post_at=FRIDAY - timedelta(days=1),
        )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"when": "9pm"}, {"starts_at": FRIDAY + timedelta(hours=1)}),
        ({"when": "a week later"}, {"starts_at": FRIDAY + timedelta(days=7)}),
        ({"signup_closes_at": "17:00"}, {"signup_closes_at": FRIDAY - timedelta(hours=3)}),
        ({"signup_closes_at": "thursday"}, {"signup_closes_at": FRIDAY - timedelta(hours=26)}),
        ({"signup_closes_at": "4h before"}, {"signup_closes_at": FRIDAY - timedelta(hours=4)}),
        ({"post_at": "18:00"}, {"post_at": FRIDAY - timedelta(hours=26)}),
        ({"post_at": "an hour earlier"}, {"post_at": FRIDAY - timedelta(hours=25)}),
        ({"post_at": "2 days before"}, {"post_at": FRIDAY - timedelta(days=2)}),
    ],
)
def test_web_form_keeps_what_the_typed_time_leaves_unsaid(
    client: Client, edited: Game, typed: dict[str, str], expected: dict[str, Any]
) -> None:
    address = reverse("game-edit", args=[edited.guild_id, edited.id])
    with time_machine.travel(MONDAY, tick=True):
        response = client.post(address, shown_in(client, address) | typed)

    assert response.status_code == 302
    edited.refresh_from_db()
    assert {name: getattr(edited, name) for name in expected} == expected


def test_web_preview_says_what_it_read_from_the_game(client: Client, edited: Game) -> None:
    address = reverse("when-preview", args=[edited.guild_id])
    with time_machine.travel(MONDAY, tick=True):
        start = client.get(address, {"game": str(edited.id), "when": "9pm"})
        deadline = client.get(
            address, {"game": str(edited.id), "when": "9pm", "signup_closes_at": "1h before"}
        )
        page = client.get(reverse("game-edit", args=[edited.guild_id, edited.id]))

    assert "Friday 5 March 2027, 21:00" in start.content.decode()
    assert "Friday 5 March 2027, 19:00" in deadline.content.decode()
    assert f"{address}?game={edited.id}" in page.content.decode()


def test_deadline_of_a_new_game_is_read_from_its_start(client: Client, edited: Game) -> None:
    address = reverse("when-preview", args=[edited.guild_id])
    with time_machine.travel(MONDAY, tick=True):
        deadline = client.get(address, {"when": "friday 8pm", "signup_closes_at": "18:00"})
        announced = client.get(address, {"when": "friday 8pm", "post_at": "2 days before"})

    assert "Friday 5 March 2027, 18:00" in deadline.content.decode()
    assert "Wednesday 3 March 2027, 20:00" in announced.content.decode()


def test_the_end_of_a_repetition_is_counted_from_its_first_session() -> None:
    first = datetime(2027, 12, 3, tzinfo=UTC).date()

    rule = parse_repetition("weekly until 1 march", first=first).rule

    assert rule is not None
    assert rule.until == datetime(2028, 3, 1, tzinfo=UTC).date()
