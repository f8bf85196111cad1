from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discordbot.features.completions import complete_editable
from discordbot.interactions.interaction import Interaction, read_interaction
from games.enums import Status
from games.models import Game
from tests.discordbot.stage import Stage, set_stage
from tests.factories import make_game

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


def labels(stage: Stage, who: str, typed: str = "", command: str = "edit-game") -> list[str]:
    return [one["name"] for one in stage.actors[who].complete(command, "game", typed).choices]


def test_games_are_offered_with_their_local_time(stage: Stage) -> None:
    host = stage.actors["the_host"]
    host.user.timezone = "Europe/Berlin"
    host.user.save()
    starts_at = timezone.now().replace(hour=19, minute=30) + timedelta(days=3)
    make_game(stage.member("the_host"), stage.channel, title="Dungeon night", starts_at=starts_at)

    (label,) = labels(stage, "the_host", "GEON")

    assert label.startswith("Dungeon night · ")
    assert label.endswith(":30")
    assert labels(stage, "the_host", "chess") == []


def test_only_games_the_person_may_act_on_are_offered(stage: Stage) -> None:
    make_game(stage.member("the_host"), stage.channel, title="Hers")
    make_game(
        stage.member("owner"),
        stage.channel,
        title="Draft",
        post_at=timezone.now() + timedelta(hours=1),
    )
    over = make_game(stage.member("the_host"), stage.channel, title="Over")
    Game.objects.filter(id=over.id).update(status=Status.COMPLETED)

    assert [one.split(" ·")[0] for one in labels(stage, "the_host")] == ["Hers"]
    assert len(labels(stage, "manager")) == 2
    assert len(labels(stage, "the_host", command="clone-game")) == 2
    for nobody in ("plain", "left", "stranger"):
        assert labels(stage, nobody) == []


def test_labels_of_hostile_titles_keep_the_time_and_the_limit(stage: Stage) -> None:
    for title in ("𝔊" * 100, "@everyone \u202e **x**", "%_\\"):
        make_game(stage.member("the_host"), stage.channel, title=title)

    found = labels(stage, "the_host")

    assert len(found) == 3
    assert all(len(one.encode("utf-16-le")) // 2 <= 100 for one in found)
    assert not any("@everyone" in one or "\u202e" in one for one in found)
    assert len(labels(stage, "the_host", "%_")) == 1
    assert labels(stage, "the_host", "\x00\ud800" + "x" * 5000) == []


def test_no_more_than_25_and_one_query_for_games_however_many(stage: Stage) -> None:
    for number in range(30):
        make_game(stage.member("the_host"), stage.channel, title=f"Game {number}")
    interaction = _asking(stage)
    complete_editable(interaction, "game")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = complete_editable(interaction, "game")

    assert len(found) == 25
    assert sum('FROM "games_game"' in query["sql"] for query in queries) == 1
    assert len(queries) <= 8


def _asking(stage: Stage) -> Interaction:
    actor = stage.actors["the_host"]
    data = {
        "id": "1",
        "name": "edit-game",
        "options": [{"name": "game", "type": 3, "value": "game", "focused": True}],
    }
    return read_interaction(actor._payload(4, data))


def test_unknown_completions_are_answered_with_nothing(stage: Stage) -> None:
    host = stage.actors["the_host"]

    assert host.complete("edit-game", "title", "x").choices == []
    assert host.complete("nonsense", "game", "x").choices == []


def test_time_zones_are_found_by_city(stage: Stage) -> None:
    plain = stage.actors["plain"]

    berlin = plain.complete("settings", "timezone", "berl").choices
    york = plain.complete("settings", "timezone", "new york").choices
    assert berlin[0]["value"] == "Europe/Berlin"
    assert york[0]["value"] == "America/New_York"
    assert len(plain.complete("settings", "timezone", "").choices) > 5
    assert len(plain.complete("settings", "timezone", "a").choices) == 25
