"""A server's games and rosters as files: complete, harmless to spreadsheets, and readable again."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from games.enums import Answer, Via
from games.exchange import export as exporting
from games.models import Game, Participant
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from guilds.models import Channel, Guild, Member
from tests.factories import make_game, make_guild, make_member, make_user
from tests.games.forms.form_data import SEES, make_place
from tests.games.forms.test_access import owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel() -> Channel:
    return make_place()[1]


@pytest.fixture
def manager(client: Client, channel: Channel) -> Member:
    manager = owner_of(channel.guild)
    client.force_login(manager.user)
    return manager


def get(client: Client, name: str, guild: Guild) -> bytes:
    answer: Any = client.get(reverse(name, args=[guild.id]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; ")
    return answer.getvalue() if not answer.streaming else b"".join(answer.streaming_content)


def rows(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_games_with_who_plays_and_who_waits(
    client: Client, channel: Channel, manager: Member
) -> None:
    start = datetime(2027, 7, 1, 17, tzinfo=UTC)
    game = make_game(manager, channel, starts_at=start, max_players=1, title="Chess")
    for name in ("Ada", "Bob; Öz"):
        member = make_member(channel.guild, make_user(name), permissions=int(SEES))
        join_game(game_id=game.id, member=member, via=Via.WEB)
    (row,) = rows(get(client, "games-csv", channel.guild))
    assert row["title"] == "Chess"
    assert (row["starts_at"], row["timezone"]) == ("2027-07-01 19:00", "Europe/Berlin")
    assert (row["playing"], row["waiting"], row["status"]) == ("Ada", "Bob; Öz", "scheduled")
    assert row["url"].endswith(f"/g/{channel.guild_id}/games/{game.id}/")


def test_rosters_line_by_line(client: Client, channel: Channel, manager: Member) -> None:
    game = make_game(manager, channel, max_players=1)
    ada = make_member(channel.guild, make_user("Ada"), nick="Countess", permissions=int(SEES))
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    Participant.objects.create(game=game, name="Guest", joined_at=timezone.now(), attended=False)
    maybe = make_member(channel.guild, make_user("Eve"))
    Participant.objects.create(
        game=game, user=maybe.user, answer=Answer.MAYBE, joined_at=timezone.now()
    )
    found = rows(get(client, "rosters-csv", channel.guild))
    assert [(row["standing"], row["place"], row["name"]) for row in found] == [
        ("playing", "1", "Countess"), ("waiting", "1", "Guest"), ("maybe", "1", "Eve"),
    ]  # fmt: skip
    assert found[0]["discord_id"] == str(ada.user.discord_id)
    assert (found[1]["discord_id"], found[1]["attended"]) == ("", "no")


def test_exported_games_can_be_imported_elsewhere(
    client: Client, channel: Channel, manager: Member
) -> None:
    title = '=SUM("a";b),\nline'
    make_game(
        manager, channel, title=title, description="-x\n\ny", location="@home", max_players=3,
        min_players=2, duration_minutes=95, category="Board", reminder_minutes=(60, 5),
    )  # fmt: skip
    data = get(client, "games-csv", channel.guild)
    original = Game.objects.get()
    other = make_guild(owner=manager.user)
    Member.objects.filter(guild=other).update(permissions=int(SEES) | 1 << 5)
    there = Channel.objects.create(id=other.id + 1, guild=other, name=channel.name, kind=0)
    sent = {"file": SimpleUploadedFile("games.csv", data), "channel": str(there.id), "zone": "UTC"}
    shown = client.post(reverse("games-import", args=[other.id]), sent).content.decode()
    plan = shown.split('name="plan" value="')[1].partition('"')[0]
    client.post(reverse("games-import-make", args=[other.id]), {"plan": plan})
    copy = Game.objects.get(guild=other)
    for name in (
        "title", "description", "location", "max_players", "min_players", "duration_minutes",
        "category", "reminder_minutes", "timezone",
    ):  # fmt: skip
        assert getattr(copy, name) == getattr(original, name), name
    assert copy.starts_at == original.starts_at.replace(second=0, microsecond=0)


def test_b71_calendar_reads_back_as_it_was(
    client: Client, channel: Channel, manager: Member
) -> None:
    titles = ["X\r\nBEGIN:VALARM", "🎲" * 60, "a;b,c\\d"]
    games = [make_game(manager, channel) for _ in titles]
    for game, title in zip(games, titles, strict=True):
        Game.objects.filter(id=game.id).update(title=title)
    cancel_game(game_id=games[0].id, member=manager, via=Via.WEB)
    data = get(client, "games-ics", channel.guild)
    calendar = Calendar.from_ical(data)
    events = list(calendar.walk("VEVENT"))
    assert not list(calendar.walk("VALARM"))
    summaries = {str(event["SUMMARY"]).replace("\r", "") for event in events}
    assert summaries == {"Cancelled: X\nBEGIN:VALARM", *titles[1:]}
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_only_this_servers_games_and_those_not_announced_too(
    client: Client, channel: Channel, manager: Member
) -> None:
    make_game(title="Foreign")
    make_game(manager, channel, title="Draft", post_at=timezone.now() + timedelta(hours=1))
    for name in ("games-csv", "games-ics"):
        data = get(client, name, channel.guild)
        assert b"Draft" in data and b"Foreign" not in data
    assert len(rows(get(client, "rosters-csv", channel.guild))) == 0


@pytest.mark.parametrize("name", ["games-csv", "rosters-csv", "games-ics"])
def test_games_come_page_by_page_each_once_and_in_few_queries(
    client: Client,
    channel: Channel,
    manager: Member,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: Any,
    name: str,
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 4)
    start = timezone.now() + timedelta(days=1)
    for number in range(12):
        game = make_game(manager, channel, title=f"No. {number:02}", starts_at=start)
        Participant.objects.create(game=game, name="Guest", joined_at=timezone.now())
    with django_assert_max_num_queries(8 + 4 * 6):
        text = get(client, name, channel.guild).decode()
    title = "SUMMARY:No. " if name == "games-ics" else "No. "
    assert [text.count(f"{title}{number:02}") for number in range(12)] == [1] * 12


@pytest.mark.django_db(transaction=True)
def test_under_asgi_it_is_sent_as_it_is_made() -> None:
    """Django would warn if it had to gather a synchronous iterator."""
    channel = make_place()[1]
    manager = owner_of(channel.guild)
    make_game(manager, channel, title="Chess")
    client = AsyncClient()
    client.force_login(manager.user)

    async def download() -> list[bytes]:
        answer: Any = await client.get(reverse("games-csv", args=[channel.guild_id]))
        return [part async for part in answer.streaming_content]

    parts = async_to_sync(download)()
    assert len(parts) == 2 and b"Chess" in parts[1]
