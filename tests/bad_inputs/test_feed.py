"""B71 to B74: calendars."""

import icalendar
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from guilds.models import Member
from guilds.services.feed import make_feed
from tests.duration import within
from tests.factories import SPEAKS, make_game, make_guild, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def member() -> Member:
    return make_member(make_guild(), permissions=int(SPEAKS))


def feed(member: Member) -> str:
    return reverse("feed", args=[make_feed(user=member.user, guild=None)])


@pytest.mark.parametrize(
    "text",
    ["X\r\nBEGIN:VALARM\r\nEND:VALARM", "Ж" * 100, "🧙‍♂️" * 20, r"a;b,c\d:e", '"quoted"', "x" * 100],
)
def test_b71_text_stays_one_value(client: Client, member: Member, text: str) -> None:
    game = make_game(member, title=text, reminder_minutes=())
    body = client.get(feed(member)).content
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(body)
    event = calendar.walk("VEVENT")[0]
    assert str(event["summary"]) == game.title
    assert not calendar.walk("VALARM")


def test_b72_many_fetches(client: Client, member: Member) -> None:
    game = make_game(member)
    Game.objects.bulk_create(Game(**{**_copy(game), "title": f"Game {n}"}) for n in range(500))
    path = feed(member)
    first = client.get(path)
    with within(1):
        again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    statuses = {client.get(path).status_code for _ in range(40)}
    assert 429 in statuses
    assert statuses <= {200, 429}


def _copy(game: Game) -> dict[str, object]:
    skipped = {"id", "title"}
    return {f.attname: getattr(game, f.attname) for f in game._meta.fields if f.name not in skipped}


def test_b74_cancelled_game_keeps_its_uid(client: Client, member: Member) -> None:
    host = make_member(member.guild)
    game = make_game(host)
    join_game(game_id=game.id, member=member, via=Via.WEB)
    path = feed(member)
    before = icalendar.Calendar.from_ical(client.get(path).content).walk("VEVENT")[0]
    cancel_game(game_id=game.id, member=host, via=Via.WEB)
    after = icalendar.Calendar.from_ical(client.get(path).content).walk("VEVENT")[0]
    assert str(after["status"]) == "CANCELLED"
    assert after["uid"] == before["uid"]
    assert int(str(after["sequence"])) > int(str(before["sequence"]))
