"""B51 to B56: ids of other guilds, and invalid ids."""

import random
import re
import time

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.roster.signup import join_game
from guilds.errors import Refused
from guilds.models import Guild, Member
from notifications.models import Delivery
from tests.factories import make_game, make_guild, make_member
from tests.gamesched.addresses import _patterns

pytestmark = pytest.mark.django_db


# These parts differ in every response.
ONCE_ONLY = re.compile(r'(?:nonce|"csrfmiddlewaretoken" value)="[^"]*"')
BELOW_A_GAME = [
    str(pattern.name)
    for route, pattern in _patterns(get_resolver())
    if "games/<snowflake:game_id>" in route
    and pattern.pattern.converters.keys() == {"guild_id", "game_id"}
]


@pytest.fixture
def member(client: Client) -> Member:
    member = make_member(make_guild())
    client.force_login(member.user)
    return member


@pytest.fixture
def foreign() -> Game:
    return make_game(title="Theirs alone")


@pytest.mark.parametrize("name", BELOW_A_GAME)
def test_b51_game_of_another_guild_does_not_exist(
    client: Client, member: Member, foreign: Game, name: str
) -> None:
    for method in (client.get, client.post):
        for headers in ({}, {"HX-Request": "true"}, {"Accept": "application/json"}):
            bodies = []
            for game_id in (foreign.id, foreign.id + 1000):
                url = reverse(name, args=[member.guild_id, game_id])
                response = method(url, headers=headers)
                assert response.status_code in {404, 405}, url
                bodies.append(response.content.decode().replace(f"games/{game_id}/", ""))
            assert "Theirs alone" not in bodies[0]
            assert ONCE_ONLY.sub("", bodies[0]) == ONCE_ONLY.sub("", bodies[1])


def test_b51_time_tells_nothing(client: Client, member: Member, foreign: Game) -> None:
    """The quickest responses differ by less than 20 ms.

    A busy machine delays the quickest least, and taking turns makes it delay both alike.
    """
    times: dict[int, list[float]] = {foreign.id: [], foreign.id + 1000: []}
    for _ in range(15):
        for game_id, taken in times.items():
            began = time.perf_counter()
            client.get(f"/g/{member.guild_id}/games/{game_id}/")
            taken.append(time.perf_counter() - began)
    theirs, nobodys = (min(taken) for taken in times.values())
    assert abs(theirs - nobodys) < 0.02


@pytest.mark.parametrize(
    "odd",
    ["0", "-1", "18446744073709551616", "9223372036854775808", "1e3", "१२", "%00", "1.0", " "],
)
def test_b54_ids_that_are_none(client: Client, member: Member, odd: str) -> None:
    for path in (f"/g/{odd}/", f"/g/{member.guild_id}/games/{odd}/", f"/g/{odd}/games/1/join/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_b55_guild_the_bot_was_removed_from(client: Client, foreign: Game) -> None:
    viewer = make_member(foreign.guild)
    client.force_login(viewer.user)
    Guild.objects.filter(id=foreign.guild_id).update(left_at=timezone.now())
    base = f"/g/{foreign.guild_id}/games/{foreign.id}/"
    assert client.get(base).status_code == 200
    client.post(f"{base}join/", {"form_id": "7d0c4b3c-2f6a-4c6f-9d0b-4b8f7c9a1e55"})
    assert not foreign.participants.exists()
    assert not Delivery.objects.exists()


def test_b56_scan_of_a_thousand_ids(client: Client, member: Member, foreign: Game) -> None:
    """All are 404s. They are not slowed down, since ids reveal nothing."""
    scanned = range(foreign.id, foreign.id + 200)
    base = f"/g/{member.guild_id}/games"
    assert {client.get(f"{base}/{game_id}/").status_code for game_id in scanned} == {404}


def test_f39_services_know_no_game_of_another_guild(foreign: Game, member: Member) -> None:
    dice = random.Random(1)
    for _ in range(100):
        with pytest.raises(Refused):
            join_game(game_id=foreign.id + dice.choice([0, 5]), member=member, via=Via.WEB)
    assert not foreign.participants.exists()
