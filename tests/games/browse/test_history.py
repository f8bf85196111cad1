"""A game's history as people read it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from games.browse.history import PAGE_SIZE, entries_of, list_changes
from games.enums import Via
from games.fields import FIELDS
from games.models import Game
from games.services.game_edit import EDITABLE, edit_game
from games.services.roster.signup import decline_game, join_game
from guilds.models import Member, Role
from tests.factories import make_channel, make_game, make_member, make_user, snowflake

pytestmark = pytest.mark.django_db


@pytest.fixture
def game() -> Game:
    return make_game(title="Old title")


@pytest.fixture
def host(client: Client, game: Game) -> Member:
    host = Member.objects.select_related("user", "guild").get(guild=game.guild, user=game.host)
    client.force_login(host.user)
    return host


def page(client: Client, game: Game) -> str:
    """Return the game's page, with white space collapsed as a browser does."""
    response = client.get(reverse("game", args=[game.guild_id, game.id]))
    return " ".join(response.content.decode().split())


def lines(game: Game) -> dict[str, tuple[str, str]]:
    change = list_changes(game)[0]
    entry = entries_of([change], game.guild_id, {}, {})[0]
    return {line.label: (line.before.text, line.after.text) for line in entry.lines}


def test_before_and_after_are_words(client: Client, game: Game, host: Member) -> None:
    role = Role.objects.create(id=snowflake(), guild=game.guild, name="Players")
    values: dict[str, Any] = {
        "title": "<New>",
        "starts_at": game.starts_at + timedelta(hours=1),
        "channel_id": make_channel(game.guild, "elsewhere").id,
        "duration_minutes": 90,
        "reminder_minutes": (1440, 30),
        "player_role_ids": (role.id, game.guild_id),
        "color": 0xABC,
        "location": "Here",
        "signup_method": "host_selected",
        "min_players": 2,
    }
    edit_game(game_id=game.id, member=host, values=values, via=Via.WEB)

    assert lines(game) == {
        "Title": ("Old title", "<New>"),
        "When": ("", ""),
        "Channel": ("#games", "#elsewhere"),
        "Duration": ("2 h", "1 h 30 min"),
        "Reminders": ("1 h, 15 min", "1 day, 30 min"),
        "Who may join": ("none", "Players, @everyone"),
        "Colour": ("none", "#000abc"),
        "Location": ("none", "Here"),
        "How people sign up": ("Everybody signs up", "The host picks"),
        "Minimum players": ("none", "2"),
    }
    text = page(client, game)
    assert "<ins><bdi>&lt;New&gt;</bdi></ins>" in text
    assert "<del><time" in text


def test_every_field_that_can_be_edited_has_a_name() -> None:
    assert {field.column for field in FIELDS if str(field.label)} >= EDITABLE


def test_slots_and_guests_are_named(client: Client, game: Game, host: Member) -> None:
    tank = game.slots.create(name="Tank", capacity=1)
    ana = make_member(game.guild, make_user("Ana"))
    join_game(game_id=game.id, member=ana, via=Via.BOT, slot_id=tank.id)

    text = page(client, game)

    assert "<bdi>Ana</bdi> joined (<bdi>Tank</bdi>)" in text


def test_older_changes_are_fetched_page_by_page(client: Client, game: Game, host: Member) -> None:
    member = make_member(game.guild, make_user("Fickle"))
    for number in range(PAGE_SIZE):
        act = decline_game if number % 2 else join_game
        act(game_id=game.id, member=member, via=Via.BOT, request_key=str(uuid4()))
    path = reverse("game-history", args=[game.guild_id, game.id])

    text = page(client, game)
    assert text.count("<li> <p> <bdi>") == PAGE_SIZE
    older = text.split(f"{path}?before=")[1].split('"')[0]
    rest = client.get(path, {"before": older}).content.decode()

    assert "created the game" not in text
    assert "created the game" in rest
    assert "?before=" not in rest
    for odd in ("x", "-1", "9" * 18, "9" * 40, "\0", ""):
        assert client.get(path, {"before": odd}).status_code == 200


def test_names_cost_one_query_for_any_number(client: Client, game: Game, host: Member) -> None:
    counts = []
    for _ in range(2):
        for _ in range(9):
            role = Role.objects.create(id=snowflake(), guild=game.guild, name="R")
            values = {"notify_role_ids": (role.id,), "channel_id": make_channel(game.guild).id}
            edit_game(game_id=game.id, member=host, values=values, via=Via.WEB)
        with CaptureQueriesContext(connection) as queries:
            page(client, game)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
