"""The month: whole weeks in one zone, across clock changes, accessible by keyboard."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.browse.month import FIRST_YEAR, LAST_YEAR, Day, Entry, Grid, Month, read_month
from games.enums import Status, Via
from games.models import Game
from games.services.roster.signup import join_game
from guilds.models import Guild, Member
from tests.factories import make_channel, make_game, make_guild, make_member

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 25)


def entry_at(moment: datetime) -> Entry:
    return Entry(
        is_hosting=False,
        answer="",
        id=1,
        guild_id=1,
        title="",
        starts_at=moment,
        status=Status.SCHEDULED,
        revision=1,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02", "2026-02"),
        ("1990-01", "1990-01"),
        ("", "2026-11"),
        ("2026-00", "2026-11"),
        ("2026-13", "2026-11"),
        ("2026-1", "2026-11"),
        ("0001-01", "2026-11"),
        ("२०२६-०१", "2026-11"),
    ],
)
def test_months_are_read(text: str, expected: str) -> None:
    assert str(read_month(text, TODAY)) == expected


def test_months_end_where_calendars_do() -> None:
    assert str(Month(2026, 12).moved(1)) == "2027-01"
    assert str(Month(2026, 1).moved(-1)) == "2025-12"
    assert Month(LAST_YEAR, 12).moved(1) is None
    assert Month(FIRST_YEAR, 1).moved(-1) is None


@pytest.mark.parametrize("first_weekday", range(7))
@pytest.mark.parametrize("number", range(1, 13))
def test_weeks_are_whole_and_hold_the_month(first_weekday: int, number: int) -> None:
    grid = Grid(Month(2026, number), first_weekday, BERLIN)
    weeks = grid.weeks([], TODAY)
    days = [day for week in weeks for day in week]

    assert {len(week) for week in weeks} == {7}
    assert {week[0].date.weekday() for week in weeks} == {first_weekday}
    inside = [day.date.day for day in days if not day.is_outside]
    assert inside == list(range(1, len(inside) + 1))
    assert all(any(not day.is_outside for day in week) for week in weeks)
    assert sum(day.is_today for day in days) == (TODAY in {day.date for day in days})


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "UTC"]
)
@pytest.mark.parametrize(
    "month", [Month(2026, 3), Month(2026, 10), Month(2026, 4), Month(2026, 11)]
)
def test_games_stand_on_their_own_day_across_clock_changes(zone: str, month: Month) -> None:
    grid = Grid(month, 0, ZoneInfo(zone))
    at, entries = grid.begins_at.astimezone(UTC), []
    while at < grid.ends_at:
        entries.append(entry_at(at))
        at += timedelta(minutes=30)

    days = [day for week in grid.weeks(entries, TODAY) for day in week]

    assert sum(len(day.entries) for day in days) == len(entries)
    for day in days:
        for entry in day.entries:
            assert entry.starts_at.astimezone(ZoneInfo(zone)).date() == day.date


def test_a_full_day_shows_some_and_counts_the_rest() -> None:
    entry = entry_at(datetime(2026, 11, 25, 18, tzinfo=UTC))
    for count, shown, more in ((3, 3, 0), (4, 4, 0), (5, 3, 2), (30, 3, 27)):
        day = Day(TODAY, is_today=False, is_outside=False, entries=(entry,) * count)
        assert (len(day.shown), day.more) == (shown, more)


@pytest.fixture
def guild() -> Guild:
    return make_guild()


@pytest.fixture
def member(guild: Guild, client: Client) -> Member:
    member = make_member(guild)
    client.force_login(member.user)
    return member


def month_page(client: Client, guild: Guild, **query: str) -> str:
    response = client.get(reverse("guild", args=[guild.id]), {"view": "month", **query})
    assert response.status_code == 200
    return response.content.decode()


def cell(text: str, day: str) -> str:
    """Return the HTML of a day's cell."""
    cells = re.findall(r'<td\s+class="day.*?</td>', text, re.DOTALL)
    return next((one for one in cells if f"day-{day}" in one), "")


@pytest.mark.django_db
def test_month_shows_games_in_the_viewers_zone(
    client: Client, guild: Guild, member: Member
) -> None:
    make_game(
        channel=make_channel(guild),
        title="Late night",
        starts_at=datetime(2027, 1, 15, 23, 30, tzinfo=UTC),
    )

    assert "Late night" in cell(month_page(client, guild, month="2027-01"), "2027-01-15")
    client.cookies["zone"] = "Asia/Tokyo"
    assert "Late night" in cell(month_page(client, guild, month="2027-01"), "2027-01-16")
    member.user.timezone = "America/New_York"
    member.user.save()
    text = month_page(client, guild, month="2027-01")
    assert "Late night" in cell(text, "2027-01-15")
    assert "18:30" in cell(text, "2027-01-15")
    client.cookies["zone"] = "../../etc/passwd"
    assert month_page(client, guild)


@pytest.mark.django_db
def test_month_is_a_table_with_headings_and_links(
    client: Client, guild: Guild, member: Member
) -> None:
    game = make_game(channel=make_channel(guild), title="Board night", starts_at=_in_month())
    join_game(game_id=game.id, member=member, via=Via.BOT)

    text = month_page(client, guild)

    assert text.count('<th scope="col">') == 7
    assert 'aria-labelledby="month-name"' in text
    assert text.count('aria-current="date"') >= 1
    assert reverse("game", args=[guild.id, game.id]) in text
    assert "You signed up" in text
    assert re.search(r'id="month-before" rel="prev" href="[^"]*month=\d{4}-\d\d"', text)


def _in_month() -> datetime:
    """Return a time soon, within the days that the present month's table shows."""
    return timezone.now() + timedelta(minutes=5)


@pytest.mark.django_db
def test_cancelled_games_are_in_the_month_only_when_asked_for(
    client: Client, guild: Guild, member: Member
) -> None:
    game = make_game(channel=make_channel(guild), title="Called off", starts_at=_in_month())
    Game.objects.filter(id=game.id).update(status=Status.CANCELLED)

    assert "Called off" not in month_page(client, guild)
    assert "Called off" in month_page(client, guild, state="cancelled")
    Game.objects.filter(id=game.id).update(status=Status.ARCHIVED)
    assert "Called off" in month_page(client, guild)
    assert "Called off" not in month_page(client, guild, q="something else")


@pytest.mark.django_db
def test_month_costs_the_same_queries_with_many_games(
    client: Client, guild: Guild, member: Member
) -> None:
    host, channel = make_member(guild), make_channel(guild)
    counts = []
    for count in (1, 29):
        for _ in range(count):
            make_game(host, channel, starts_at=_in_month())
        with CaptureQueriesContext(connection) as queries:
            month_page(client, guild)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
