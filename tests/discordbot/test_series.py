"""Repeating games on Discord: previewed with their dates, confirmed, skipped, changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game, Series
from games.services.game import start_game
from games.services.series.edits import next_session
from notifications.messages.custom_ids import GameButton, SeriesButton
from tests.discordbot.stage import Actor, Stage, set_stage
from tests.factories import make_game

pytestmark = pytest.mark.django_db(transaction=True)

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@pytest.fixture
def stage() -> Stage:
    return set_stage()


@pytest.fixture
def host(stage: Stage) -> Actor:
    return stage.actors["the_host"]


def series_of(stage: Stage, **fields: object) -> Game:
    start = timezone.now() + timedelta(days=2)
    rule = f"FREQ=WEEKLY;BYDAY={WEEKDAYS[start.weekday()]}"
    fields = {"starts_at": start, "timezone": "UTC", "repeat": rule, **fields}
    return make_game(stage.member("the_host"), stage.channel, **fields)


def following(game: Game) -> Game:
    start_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    found = next_session(game)
    assert found is not None
    return found


def in_dm(actor: Actor) -> Actor:
    return Actor(actor.user, None, actor.channel)


def test_preview_lists_the_next_five_dates_then_post_makes_the_series(
    stage: Stage, host: Actor
) -> None:
    options = {"title": "Weekly", "when": "2027-03-16 19:00 Europe/Berlin", "repeat": "weekly"}
    shown = host.command("create-game", **options)
    content = shown.message["content"]
    assert "Every Tuesday, 19:00" in content
    assert content.count("• <t:") == 5
    assert content.count("gone forward") == 1

    host.press(shown.button("post"))

    series = Series.objects.get()
    assert series.rule == "FREQ=WEEKLY;BYDAY=TU"
    assert series.games.get().title == "Weekly"


def test_a_repetition_that_is_not_understood_can_be_put_right(stage: Stage, host: Actor) -> None:
    heard = host.command("create-game", title="A", when="in 2 days", repeat="sometimes")
    assert "I do not understand that repetition" in heard.text
    assert "Repeats" in heard.text
    assert not Game.objects.exists()


def test_repetitions_are_completed(host: Actor) -> None:
    offers = [one["value"] for one in host.complete("create-game", "repeat").choices]
    assert offers[:2] == ["weekly", "every 2 weeks"]
    own = host.complete("create-game", "repeat", "every tue and thu for 5 times").choices
    assert own[0]["value"] == "every tue and thu for 5 times"
    assert host.complete("create-game", "repeat", "nonsense").choices == []


def test_host_confirms_in_the_dm_and_again_changes_nothing(stage: Stage, host: Actor) -> None:
    session = following(series_of(stage, ask_host=True))
    for _ in range(2):
        heard = in_dm(host).press(SeriesButton(session.id, "confirm").custom_id)
        assert "takes place" in heard.text
    session.refresh_from_db()
    assert (session.awaits_host, session.post_at) == (False, None)
    assert session.changes.filter(action="posted").count() == 1


def test_host_skips_in_the_dm_and_hears_of_the_next(stage: Stage, host: Actor) -> None:
    session = following(series_of(stage))
    for _ in range(2):
        heard = in_dm(host).press(SeriesButton(session.id, "skip").custom_id)
        assert "is skipped" in heard.text
        assert "The next game is on" in heard.text
    session.refresh_from_db()
    assert session.status == Status.CANCELLED
    assert Game.objects.count() == 3


def test_others_and_forged_ids_get_nowhere(stage: Stage, host: Actor) -> None:
    session = following(series_of(stage))
    plain = stage.actors["plain"]
    for action in ("confirm", "skip", "stop"):
        heard = plain.press(SeriesButton(session.id, action).custom_id)
        assert "Only the host" in heard.text
    for forged in ("s:0:skip", f"s:{2**63}:skip", "s:1:delete", "s:١:skip"):
        assert "outdated" in host.press(forged).text
    assert "does not exist" in host.press(SeriesButton(10**9, "skip").custom_id).text
    session.refresh_from_db()
    assert session.status == Status.SCHEDULED


@pytest.mark.parametrize(("scope", "title"), [("one", "Dungeon night"), ("all", "Raid")])
def test_an_edit_is_asked_for_one_or_all(stage: Stage, host: Actor, scope: str, title: str) -> None:
    game = series_of(stage)
    asked = host.resubmit(host.command("edit-game", game=str(game.id)), title="Raid")
    assert "All from now on" in asked.text
    assert Game.objects.get(id=game.id).title == "Dungeon night"

    done = host.press(asked.button(scope))

    assert "Raid" in done.text
    assert Game.objects.get(id=game.id).title == "Raid"
    assert following(game).title == title


def test_an_edit_of_all_that_demotes_asks_once_more_and_stays_with_all(
    stage: Stage, host: Actor
) -> None:
    game = series_of(stage, max_players=2)
    for name in ("plain", "player"):
        stage.actors[name].press(GameButton(game.id, "join").custom_id)
    asked = host.resubmit(host.command("edit-game", game=str(game.id)), max_players="1")
    warned = host.press(asked.button("all"))
    assert "back to the waitlist" in warned.text
    host.press(warned.button("confirm"))
    assert following(game).max_players == 1
