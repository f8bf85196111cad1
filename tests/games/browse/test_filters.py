"""The list on the server's page: visibility, filters and pages."""

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.browse.filters import (
    PAGE_SIZE,
    Cursor,
    Filters,
    filtered,
    list_categories,
    list_channels_seen,
    list_visible,
    page_of,
    read_cursor,
    read_filters,
    with_free_seats,
)
from games.enums import Answer, Origin, SignupMethod, Status, Via
from games.models import Game, Participant, Slot
from games.rules import Entry, seat
from games.selectors import entries_of
from games.services.roster.signup import join_game
from guilds.enums import Overwrite, Permission
from guilds.models import Channel, Guild, Member
from tests.factories import make_channel, make_game, make_guild, make_member

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def guild() -> Guild:
    return make_guild()


@pytest.fixture
def member(guild: Guild, client: Client) -> Member:
    member = make_member(guild)
    client.force_login(member.user)
    return member


def seen(member: Member, **wanted: Any) -> set[str]:
    now = timezone.now()
    games = list_visible(member, list_channels_seen(member), now=now)
    found = filtered(games, Filters(**wanted), zone=BERLIN, now=now)
    return set(found.values_list("title", flat=True))


def page(client: Client, guild: Guild, **query: str | int) -> str:
    response = client.get(reverse("guild", args=[guild.id]), query)
    assert response.status_code == 200
    return response.content.decode()


def hide(channel: Channel) -> None:
    nobody = {
        "id": str(channel.guild_id),
        "type": Overwrite.ROLE,
        "allow": "0",
        "deny": str(int(Permission.VIEW_CHANNEL)),
    }
    channel.overwrites = [nobody]
    channel.save()


def test_channels_hidden_on_discord_are_hidden_here(
    client: Client, guild: Guild, member: Member
) -> None:
    secret = make_channel(guild, "secret")
    game = make_game(channel=secret, title="Conspiracy", category="Plot")
    hide(secret)
    host = Member.objects.select_related("user", "guild").get(guild=guild, user=game.host)
    manager = make_member(guild, permissions=Permission.MANAGE_GUILD | Permission.VIEW_CHANNEL)
    path = reverse("game", args=[guild.id, game.id])

    assert seen(member) == set()
    for text in (page(client, guild), page(client, guild, view="month", channel=secret.id)):
        assert "Conspiracy" not in text
        assert "secret" not in text
        assert "Plot" not in text
    for part in ("", "history/", "calendar.ics", "roster/"):
        assert client.get(f"{path}{part}").status_code == 404
    assert client.post(f"{path}join/", {"form_id": str(uuid4())}).status_code == 404
    assert not game.participants.exists()
    for other in (host, manager):
        assert seen(other) == {"Conspiracy"}
        client.force_login(other.user)
        assert client.get(path).status_code == 200


def test_those_on_the_roster_see_a_game_in_a_channel_they_do_not(
    client: Client, guild: Guild, member: Member
) -> None:
    game = make_game(channel=make_channel(guild, "secret"), title="Invited")
    hide(game.channel)
    Participant.objects.create(game=game, user=member.user, joined_at=timezone.now())

    assert seen(member) == {"Invited"}
    assert client.get(reverse("game", args=[guild.id, game.id])).status_code == 200


def test_drafts_are_for_hosts_and_managers(guild: Guild, member: Member) -> None:
    later = timezone.now() + timedelta(hours=2)
    game = make_game(channel=make_channel(guild), title="Draft", post_at=later)
    host = Member.objects.select_related("user", "guild").get(guild=guild, user=game.host)
    manager = make_member(guild, permissions=Permission.MANAGE_GUILD)

    assert seen(member) == seen(member, state="drafts") == set()
    for other in (host, manager):
        assert seen(other) == seen(other, state="drafts") == {"Draft"}


def test_filters_narrow_the_list(guild: Guild, member: Member) -> None:
    one, two = make_channel(guild, "one"), make_channel(guild, "two")
    host = make_member(guild)
    make_game(host, one, title="Dune", category="Board game", location="Café Ü")
    make_game(host, two, title="Dungeon", category="Pen & paper")
    for title, status in (("Old", Status.COMPLETED), ("Off", Status.CANCELLED)):
        game = make_game(host, one, title=title)
        Game.objects.filter(id=game.id).update(status=status)
    Game.objects.filter(id=make_game(host, one, title="Now").id).update(status=Status.IN_PROGRESS)
    closed = make_game(host, two, title="Closed")
    Game.objects.filter(id=closed.id).update(signup_closes_at=timezone.now())

    assert seen(member) == {"Dune", "Dungeon", "Now", "Closed"}
    assert seen(member, channel_id=two.id) == {"Dungeon", "Closed"}
    assert seen(member, category="Board game") == {"Dune"}
    assert seen(member, state="open") == {"Dune", "Dungeon"}
    assert seen(member, state="running") == {"Now"}
    assert seen(member, state="past") == {"Old"}
    assert seen(member, state="cancelled") == {"Off"}
    assert seen(member, q="DUN") == {"Dune", "Dungeon"}
    assert seen(member, q="dun café") == {"Dune"}
    assert seen(member, q="pen &") == {"Dungeon"}
    assert seen(member, q="dun", channel_id=one.id, has_free_seats=True) == {"Dune"}
    assert categories(member) == ["Board game", "Pen & paper"]


def categories(member: Member) -> list[str]:
    channels = list_channels_seen(member)
    return list_categories(list_visible(member, channels, now=timezone.now()), channels, "")


def test_a_game_not_announced_yet_shows_neither_its_category_nor_its_channel(
    guild: Guild, member: Member
) -> None:
    channel, host = make_channel(guild, "secret-plans"), make_member(guild)
    post_at = timezone.now() + timedelta(hours=1)
    make_game(host, channel, category="Surprise party", post_at=post_at)
    manager = make_member(guild, permissions=Permission.MANAGE_GUILD)

    assert categories(member) == []
    assert list_channels_seen(member) == []
    for one in (host, manager):
        assert categories(one) == ["Surprise party"]
        assert [seen.id for seen in list_channels_seen(one)] == [channel.id]


def test_search_takes_signs_as_signs(guild: Guild, member: Member) -> None:
    channel, host = make_channel(guild), make_member(guild)
    for title in ("100% dragons", "under_score", r"back\slash", "quo'te", "plain"):
        make_game(host, channel, title=title)

    assert seen(member, q="%") == {"100% dragons"}
    assert seen(member, q="_") == {"under_score"}
    assert seen(member, q="\\") == {r"back\slash"}
    assert seen(member, q="'") == {"quo'te"}


def test_a_day_begins_in_the_viewers_zone(guild: Guild, member: Member) -> None:
    channel, host = make_channel(guild), make_member(guild)
    late = datetime(2027, 1, 15, 22, 30, tzinfo=UTC)
    make_game(host, channel, title="Late", starts_at=late)
    make_game(host, channel, title="Later", starts_at=late + timedelta(hours=1))

    assert seen(member, day=datetime(2027, 1, 15).date()) == {"Late"}  # noqa: DTZ001
    assert seen(member, day=datetime(2027, 1, 16).date()) == {"Later"}  # noqa: DTZ001


HOSTILE = [
    {"page": "-1"},
    {"q": "\0"},
    {"q": "%00"},
    {"q": "a" * 10_000},
    {"q": "'; drop table games_game; --"},
    {"q": "\ud800".encode("utf-8", "surrogatepass")},
    {"channel": "10" * 20},
    {"channel": "-5"},
    {"channel": "१२"},
    {"channel": str(10**9)},
    {"category": "\0"},
    {"category": "x" * 10_000},
    {"state": "nonsense"},
    {"free": "yes"},
    {"day": "2026-02-30"},
    {"day": "0001-01-01"},
    {"day": "9999-12-31"},
    {"after": "1-1"},
    {"after": f"{10**9}-{10**9}"},
    {"after": "9" * 19 + "-" + "9" * 19},
    {"after": "x-y"},
    {"before": "-"},
    {"before": "1000-9223372036854775808"},
    {"view": "month", "month": "2026-13"},
    {"view": "month", "month": "0000-01"},
    {"view": "month", "month": "99999999"},
    {"view": "month", "month": "२०२६-११"},
    {"view": "\0"},
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("is_htmx", [False, True])
def test_hostile_addresses_show_a_page(
    client: Client, guild: Guild, member: Member, query: dict[str, str], is_htmx: bool
) -> None:
    make_game(channel=make_channel(guild))

    headers = {"HX-Request": "true"} if is_htmx else {}
    response = client.get(reverse("guild", args=[guild.id]), query, headers=headers)

    assert response.status_code == 200


def test_another_guilds_channel_shows_nothing(client: Client, guild: Guild, member: Member) -> None:
    other = make_game(title="Elsewhere")
    make_game(channel=make_channel(guild), title="Here")

    Channel.objects.filter(id=other.channel_id).update(name="far-away")

    text = page(client, guild, channel=other.channel_id)

    assert "Elsewhere" not in text
    assert "far-away" not in text
    assert "No games match" in text


def test_what_was_asked_for_stands_in_the_form_and_in_every_link(
    client: Client, guild: Guild, member: Member
) -> None:
    host, channel = make_member(guild), make_channel(guild)
    for _ in range(PAGE_SIZE + 1):
        make_game(host, channel, title="<Dune>")

    text = page(client, guild, q="<dune>", state="open")

    assert 'value="&lt;dune&gt;"' in text
    assert '<option value="open" selected>' in text
    later = re.search(r'rel="next"[^>]* href="([^"]+)"', text)
    assert later
    assert "q=%3Cdune%3E&amp;state=open&amp;after=" in later[1]
    assert "<dune>" not in text


def test_going_back_in_history_gets_the_whole_page(
    client: Client, guild: Guild, member: Member
) -> None:
    path = reverse("guild", args=[guild.id])

    part = client.get(path, headers={"HX-Request": "true"})
    whole = client.get(path, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert b"<html" not in part.content
    assert part["HX-Push-Url"] == path
    assert b"<html" in whole.content


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_every_game_is_on_one_page_whichever_way_one_goes(
    guild: Guild, *, is_newest_first: bool
) -> None:
    host, channel = make_member(guild), make_channel(guild)
    start = timezone.now() + timedelta(days=1)
    # Several games start at the same moment, so that the id decides.
    for number in range(2 * PAGE_SIZE + 5):
        make_game(host, channel, starts_at=start + timedelta(hours=number // 10))
    games = Game.objects.filter(guild=guild)
    order = ("-starts_at", "-id") if is_newest_first else ("starts_at", "id")
    expected = list(games.order_by(*order).values_list("id", flat=True))

    pages = [page_of(games, None, is_newest_first=is_newest_first)]
    while pages[-1].after:
        cursor = read_cursor({"after": str(pages[-1].after)})
        pages.append(page_of(games, cursor, is_newest_first=is_newest_first))
    assert [game.id for one in pages for game in one.games] == expected
    assert [len(one.games) for one in pages] == [PAGE_SIZE, PAGE_SIZE, 5]

    back = page_of(games, pages[-1].before, is_newest_first=is_newest_first)
    assert list(back.games) == list(pages[1].games)
    first = page_of(games, back.before, is_newest_first=is_newest_first)
    assert (first.before, list(first.games)) == (None, list(pages[0].games))


@given(
    st.dictionaries(
        st.sampled_from(["q", "channel", "category", "state", "free", "day", "after", "before"]),
        st.text(max_size=40),
    )
)
def test_any_address_is_read_and_written_the_same(query: dict[str, str]) -> None:
    filters = read_filters(query)
    cursor = read_cursor(query)

    assert read_filters(dict(parse_qsl(filters.query()))) == filters
    if isinstance(cursor, Cursor):
        name = "before" if cursor.is_backward else "after"
        assert read_cursor({name: str(cursor)}) == cursor


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_free_seats_are_counted_as_the_seating_does(rng: random.Random) -> None:
    """A game has a free seat if somebody who joins now, in some slot, gets a seat at once."""
    game = _random_game(rng)
    people = list(game.participants.all())
    slots = {slot.id: slot.capacity for slot in game.slots.all()}
    latest = timezone.now() + timedelta(days=1)

    def sits(slot_id: int | None) -> bool:
        newcomer = Entry(0, Answer.GOING, Origin.SELF, latest, slot_id=slot_id)
        entries = [*entries_of(people), newcomer]
        return (
            0
            in seat(
                entries, max_players=game.max_players, method=game.signup_method, slots=slots
            ).playing
        )

    expected = any(sits(slot_id) for slot_id in (slots or [None]))
    found = with_free_seats(Game.objects.filter(id=game.id)).exists()
    assert found == expected, (game.signup_method, game.max_players, slots, people)


def _random_game(rng: random.Random) -> Game:
    game = make_game(max_players=rng.randint(1, 4))
    game.signup_method = rng.choice(SignupMethod.values)
    game.save()
    slots: list[Slot | None] = [
        Slot.objects.create(game=game, name=str(n), capacity=rng.randint(1, 2))
        for n in range(rng.choice([0, 0, 1, 3]))
    ]
    for number in range(rng.randint(0, 6)):
        Participant.objects.create(
            game=game,
            name=f"P{number}",
            answer=rng.choice(["going", "going", "maybe", "declined"]),
            origin=rng.choice([Origin.SELF, Origin.HOST_ADDED]),
            slot=rng.choice([*slots, None]),
            joined_at=timezone.now(),
        )
    return game


def test_joining_takes_the_last_free_seat(guild: Guild, member: Member) -> None:
    game = make_game(channel=make_channel(guild), title="One seat", max_players=1)

    assert seen(member, has_free_seats=True) == {"One seat"}
    join_game(game_id=game.id, member=member, via=Via.BOT)
    assert seen(member, has_free_seats=True) == set()
