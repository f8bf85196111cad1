"""My games: what is ahead, what others changed, what clashes, what is past."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.browse.filters import PAGE_SIZE
from games.enums import Status, Via
from games.models import Game
from games.rules import Span, overlaps
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.host import promote_player, remove_player
from games.services.roster.signup import answer_maybe, decline_game, join_game
from games.services.visit import VISIT, note_visit
from guilds.models import Member, User
from tests.factories import make_channel, make_game, make_guild, make_member, make_user

START = datetime(2027, 1, 1, 18, tzinfo=UTC)


def span(number: int, begins: int, ends: int) -> Span:
    return Span(number, START + timedelta(hours=begins), START + timedelta(hours=ends))


def test_games_that_share_time_clash() -> None:
    assert overlaps([span(1, 0, 3), span(2, 3, 4), span(3, 5, 6)]) == []
    assert overlaps([span(2, 2, 4), span(1, 0, 3), span(3, 3, 5)]) == [(1, 2), (2, 3)]
    assert overlaps([span(1, 0, 9), span(2, 1, 2), span(3, 1, 2)]) == [(1, 2), (1, 3), (2, 3)]


def test_clashes_are_those_that_comparing_all_finds() -> None:
    rng = random.Random(1)
    for _ in range(200):
        spans = [span(n, begin := rng.randint(0, 20), begin + rng.randint(1, 6)) for n in range(8)]
        slow = {
            frozenset({a.id, b.id})
            for a in spans
            for b in spans
            if a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at
        }
        assert {frozenset(pair) for pair in overlaps(spans)} == slow


@pytest.fixture
def member(client: Client) -> Member:
    member = make_member(make_guild())
    client.force_login(member.user)
    return member


def game_of(member: Member, **fields: object) -> Game:
    """Make a game in the member's guild that somebody else hosts."""
    return make_game(make_member(member.guild), make_channel(member.guild), **fields)


def host_of(game: Game) -> Member:
    return Member.objects.select_related("user", "guild").get(guild=game.guild, user=game.host)


def page(client: Client, **query: str) -> str:
    response = client.get(reverse("my-games"), query)
    assert response.status_code == 200
    return response.content.decode()


def came_before(user: User) -> None:
    """Record a visit of a day ago."""
    User.objects.filter(id=user.id).update(games_seen_at=timezone.now() - timedelta(days=1))


@pytest.mark.django_db
def test_a_visit_is_written_down_once() -> None:
    user, now = make_user(), timezone.now()

    assert note_visit(user, now=now) is None
    assert note_visit(user, now=now + VISIT / 2) is None
    assert note_visit(user, now=now + VISIT * 2) == now
    assert note_visit(user, now=now + VISIT * 2.5) == now
    user.refresh_from_db()
    assert user.games_seen_at == now + VISIT * 2


@pytest.mark.django_db
def test_groups_and_clashes(client: Client, member: Member) -> None:
    playing = game_of(member, title="I play")
    waiting = game_of(member, title="I wait", max_players=1)
    join_game(game_id=waiting.id, member=make_member(member.guild), via=Via.BOT)
    for game in (playing, waiting):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    maybe = game_of(member, title="I might")
    answer_maybe(game_id=maybe.id, member=member, via=Via.BOT)
    declined = game_of(member, title="I cannot")
    decline_game(game_id=declined.id, member=member, via=Via.BOT)
    make_game(
        member,
        make_channel(member.guild),
        title="I host",
        starts_at=timezone.now() + timedelta(days=9),
    )
    game_of(member, title="Not mine")

    text = page(client)

    for name in ("playing", "waiting", "maybe", "hosting"):
        assert f'id="group-{name}"' in text
    assert "I cannot" not in text
    assert "Not mine" not in text
    # The games played and waited for overlap; a maybe binds nobody.
    assert text.count('class="clash"') == 2


@pytest.mark.django_db
def test_what_others_changed_since_the_last_visit(client: Client, member: Member) -> None:
    moved, off, removed, promoted = (game_of(member, title=f"G{n}") for n in range(4))
    for game in (moved, off, removed, promoted):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    assert "New since" not in page(client)  # the first visit ever
    came_before(member.user)
    edit_game(
        game_id=moved.id,
        member=host_of(moved),
        values={"starts_at": moved.starts_at + timedelta(hours=3)},
        via=Via.BOT,
    )
    cancel_game(game_id=off.id, member=host_of(off), via=Via.BOT, reason="<Ill>")
    remove_player(
        game_id=removed.id,
        member=host_of(removed),
        participant_id=removed.participants.get().id,
        via=Via.BOT,
    )
    other = make_member(member.guild)
    edit_game(
        game_id=promoted.id,
        member=host_of(promoted),
        values={"max_players": 1},
        via=Via.BOT,
        may_demote=True,
    )
    join_game(game_id=promoted.id, member=other, via=Via.BOT)
    promote_player(
        game_id=promoted.id,
        member=host_of(promoted),
        participant_id=promoted.participants.get(user=other.user).id,
        via=Via.BOT,
    )

    text = page(client)

    assert "New since your last visit" in text
    assert "Cancelled. <bdi>&lt;Ill&gt;</bdi>" in text
    assert "You were taken off the roster." in text
    assert "You moved back to the waitlist." in text
    assert text.count("<del>") == 1
    assert "New since" in page(client)  # the same visit still


@pytest.mark.django_db
def test_ones_own_changes_and_other_guilds_are_no_news(client: Client, member: Member) -> None:
    own = make_game(member, make_channel(member.guild), title="Own")
    game = game_of(member, title="Left behind")
    join_game(game_id=game.id, member=member, via=Via.BOT)
    came_before(member.user)
    edit_game(game_id=own.id, member=member, values={"title": "Own too"}, via=Via.WEB)
    cancel_game(game_id=game.id, member=host_of(game), via=Via.BOT)
    Member.objects.filter(user=member.user, guild=game.guild).update(left_at=timezone.now())

    text = page(client)

    assert "New since" not in text
    assert "Left behind" not in text


@pytest.mark.django_db
def test_past_games_are_paged_newest_first(client: Client, member: Member) -> None:
    for number in range(PAGE_SIZE + 2):
        game = game_of(member, title=f"P{number:02}")
        join_game(game_id=game.id, member=member, via=Via.BOT)
        Game.objects.filter(id=game.id).update(
            status=Status.COMPLETED, starts_at=timezone.now() - timedelta(days=number + 1)
        )
    assert "P00" not in page(client)

    first = page(client, show="past")

    assert "P00" in first
    assert f"P{PAGE_SIZE:02}" not in first
    after = first.split("show=past&amp;after=")[1].split('"')[0]
    second = page(client, show="past", after=after)
    assert f"P{PAGE_SIZE + 1:02}" in second
    assert "P00" not in second
    for odd in ("x", "-1", "9" * 40, "\0"):
        page(client, show="past", after=odd)
        page(client, show=odd)


@pytest.mark.django_db
@pytest.mark.parametrize("show", ["", "past"])
def test_queries_do_not_grow_with_rows(client: Client, member: Member, show: str) -> None:
    came_before(member.user)
    page(client)  # writes the visit down
    counts = []
    for count in (1, 29):
        for number in range(count):
            game = game_of(member)
            join_game(game_id=game.id, member=member, via=Via.BOT)
            values = {"title": f"New {number}"}
            edit_game(game_id=game.id, member=host_of(game), values=values, via=Via.BOT)
            if show:
                Game.objects.filter(id=game.id).update(status=Status.COMPLETED)
        with CaptureQueriesContext(connection) as queries:
            page(client, show=show)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 10
