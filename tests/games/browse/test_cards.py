"""Cards and days are rendered once and reused, but never for somebody they are not for."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from games.browse.rows import game_address
from games.enums import Via
from games.models import Game
from games.services.roster.signup import join_game
from games.templatetags import gamesched
from guilds.models import Channel, Member
from tests.factories import make_channel, make_game, make_guild, make_member

pytestmark = pytest.mark.django_db
VIEWS = ("list", "month")


@pytest.fixture
def game() -> Game:
    return game_on(15, make_channel(make_guild(), "tavern"), "Dungeon night")


def game_on(day: int, channel: Channel, title: str) -> Game:
    """Make a game on that day of July 2031, at 18:00 UTC."""
    game = make_game(channel=channel, title=title)
    game.starts_at = datetime(2031, 7, day, 18, tzinfo=UTC)
    game.save()
    return game


def viewer_of(game: Game, **facts: str) -> Member:
    member = make_member(game.guild)
    for name, value in facts.items():
        setattr(member.user, name, value)
    member.user.save()
    return member


def page(viewer: Member, view: str) -> str:
    client = Client()
    client.force_login(viewer.user)
    query = {"view": view, "month": "2031-07"}
    return client.get(reverse("guild", args=[viewer.guild_id]), query).content.decode()


@pytest.mark.parametrize(
    ("view", "joined", "beigetreten"),
    [("list", "You play", "Du bist dabei"), ("month", "You signed up", "Du bist angemeldet")],
)
def test_each_viewer_has_their_own_clock_language_and_place(
    game: Game, view: str, joined: str, beigetreten: str
) -> None:
    viewers = {
        ("20:00", joined): viewer_of(game, timezone="Europe/Berlin"),
        ("03:00", beigetreten): viewer_of(game, timezone="Asia/Tokyo", locale="de"),
        ("14:00", ""): viewer_of(game, timezone="America/New_York"),
    }
    for (_clock, answer), viewer in viewers.items():
        if answer:
            join_game(game_id=game.id, member=viewer, via=Via.WEB)

    for (clock, answer), viewer in viewers.items():
        text = page(viewer, view)
        seen = re.search(rf'<li [^>]*data-game="{game.id}".*?</li>', text, re.DOTALL)
        assert seen
        assert {one for one, _ in viewers if one in seen[0]} == {clock}
        assert {one for _, one in viewers if one and one in seen[0]} == {answer} - {""}


@pytest.mark.parametrize("view", VIEWS)
def test_what_changed_is_made_anew_and_nothing_else(game: Game, view: str) -> None:
    viewer = viewer_of(game)
    game_on(16, game.channel, "Other night")
    remembered = {"list": gamesched._card_element, "month": gamesched._day_element}[view]
    page(viewer, view)
    before = remembered.cache_info()

    Game.objects.filter(id=game.id).update(title="Dragon night")
    text = page(viewer, view)

    assert ("Dragon night" in text, "Dungeon night" in text) == (True, False)
    assert "Other night" in text
    assert remembered.cache_info().misses == before.misses + 1


def test_a_channels_new_name_is_seen_at_once(game: Game) -> None:
    viewer = viewer_of(game)
    assert "tavern" in page(viewer, "list")

    Channel.objects.filter(id=game.channel_id).update(name="cellar")

    assert "tavern" not in page(viewer, "list")


def test_addresses_are_those_that_reverse_returns(game: Game) -> None:
    viewer = viewer_of(game)
    address = reverse("game", args=[game.guild_id, game.id])

    assert game_address(game.guild_id, game.id) == address
    assert [f'href="{address}"' in page(viewer, view) for view in VIEWS] == [True, True]


@pytest.mark.parametrize("view", VIEWS)
def test_what_people_wrote_is_escaped(game: Game, view: str) -> None:
    viewer = viewer_of(game)
    Game.objects.filter(id=game.id).update(title="<i>Night", category="<i>Kind")
    Channel.objects.filter(id=game.channel_id).update(name="<i>cellar")

    text = page(viewer, view)

    assert "<i>" not in re.sub(r"<i></i>", "", text)
    assert "&lt;i&gt;Night" in text
    assert "#&lt;i&gt;cellar" in text


def test_seats_of_equal_games_are_for_each_viewer(game: Game) -> None:
    """What many cards have in common is rendered once, and the viewer's place is part of it."""
    one, other = viewer_of(game), viewer_of(game, locale="de")
    assert "You play" not in page(one, "list")

    join_game(game_id=game.id, member=one, via=Via.WEB)

    assert ("You play" in page(one, "list"), "Du bist dabei" in page(other, "list")) == (
        True,
        False,
    )
