"""Calendar addresses: contents for each reader, freshness, and what must not leak."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from structlog.stdlib import ProcessorFormatter

from discord_api import loop
from games.enums import Via
from games.models import Game, Participant
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.signup import answer_maybe, decline_game, join_game
from guilds.enums import Permission
from guilds.models import Feed, Guild, Member
from guilds.services.feed import make_feed, revoke_feed
from guilds.services.member import lose_member
from tests.duration import stretched
from tests.factories import SPEAKS, make_channel, make_game, make_guild, make_member, make_user
from tests.guilds.fake_discord import FakeDiscord, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def member() -> Member:
    return make_member(make_guild(), permissions=int(SPEAKS))


def address(member: Member, guild: Guild | None = None) -> str:
    token = make_feed(user=member.user, guild=guild)
    return reverse("guild-feed" if guild else "feed", args=[token])


def events(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200
    calendar = icalendar.Calendar.from_ical(response.content)
    return {str(event["url"]): event for event in calendar.walk("VEVENT")}


def url_of(game: Game) -> str:
    return f"http://localhost:8000/g/{game.guild_id}/games/{game.id}/"


def test_own_feed_has_own_games_of_all_servers_and_no_others(
    client: Client, member: Member
) -> None:
    joined = make_game(make_member(member.guild))
    join_game(game_id=joined.id, member=member, via=Via.BOT)
    hosted = make_game(member)
    elsewhere = make_member(make_guild(), member.user)
    maybe = make_game(make_member(elsewhere.guild))
    answer_maybe(game_id=maybe.id, member=elsewhere, via=Via.BOT)
    declined = make_game(make_member(member.guild))
    decline_game(game_id=declined.id, member=member, via=Via.BOT)
    make_game(make_member(member.guild))

    shown = events(client, address(member))

    assert set(shown) == {url_of(joined), url_of(hosted), url_of(maybe)}
    assert shown[url_of(maybe)]["status"] == "TENTATIVE"


def test_waitlisted_is_tentative_until_a_seat_is_free(client: Client, member: Member) -> None:
    game = make_game(make_member(member.guild), max_players=1)
    first = make_member(member.guild)
    join_game(game_id=game.id, member=first, via=Via.BOT)
    join_game(game_id=game.id, member=member, via=Via.BOT)
    path = address(member)

    assert events(client, path)[url_of(game)]["status"] == "TENTATIVE"
    decline_game(game_id=game.id, member=first, via=Via.BOT)
    assert events(client, path)[url_of(game)]["status"] == "CONFIRMED"


def test_sequence_rises_with_edits_and_not_with_sign_ups(client: Client, member: Member) -> None:
    game = make_game(member)
    path = address(member)
    before = events(client, path)[url_of(game)]
    join_game(game_id=game.id, member=make_member(member.guild), via=Via.BOT)
    joined = events(client, path)[url_of(game)]
    later = game.starts_at.replace(microsecond=0) + timedelta(hours=2)
    edit_game(game_id=game.id, member=member, values={"starts_at": later}, via=Via.WEB)
    moved = events(client, path)[url_of(game)]
    edit_game(game_id=game.id, member=member, values={"location": "Table 2"}, via=Via.WEB)
    placed = events(client, path)[url_of(game)]
    cancel_game(game_id=game.id, member=member, via=Via.WEB)
    off = events(client, path)[url_of(game)]

    assert [e["sequence"] for e in (before, joined, moved, placed, off)] == [0, 0, 1, 2, 3]
    assert len({str(e["uid"]) for e in (before, joined, moved, placed, off)}) == 1
    assert moved["dtstart"].dt == later
    assert off["status"] == "CANCELLED"


def test_cancelled_game_is_shown_for_thirty_days(client: Client, member: Member) -> None:
    game = make_game(member, starts_at=timezone.now() + timedelta(days=100))
    cancel_game(game_id=game.id, member=member, via=Via.WEB)
    assert Game.objects.get(id=game.id).cancelled_at is not None
    path = address(member)

    with time_machine.travel(timezone.now() + timedelta(days=29)):
        Member.objects.update(refreshed_at=timezone.now())
        assert url_of(game) in events(client, path)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        Member.objects.update(refreshed_at=timezone.now())
        assert url_of(game) not in events(client, path)


def test_alarms_are_ones_own_reminders_else_the_games(client: Client, member: Member) -> None:
    game = make_game(member, reminder_minutes=(30,))
    path = address(member)

    def triggers() -> list[timedelta]:
        alarms = events(client, path)[url_of(game)].walk("VALARM")
        return [alarm["trigger"].dt for alarm in alarms]

    assert triggers() == [timedelta(minutes=-30)]
    member.user.reminder_minutes = [120, 5]
    member.user.save()
    assert triggers() == [timedelta(minutes=-120), timedelta(minutes=-5)]
    member.user.reminder_minutes = []
    member.user.save()
    assert triggers() == []


def test_server_feed_has_the_games_in_channels_one_sees(client: Client, member: Member) -> None:
    guild = member.guild
    host = make_member(guild)
    everyone = {"id": str(guild.id), "type": 0, "allow": "0", "deny": str(1 << 10)}
    secret = make_channel(guild, "secret")
    hidden = make_game(host, secret)
    secret.overwrites = [everyone]
    secret.save()
    shown = make_game(host)
    draft = make_game(host, post_at=timezone.now() + timedelta(hours=1))
    make_game()

    assert set(events(client, address(member, guild))) == {url_of(shown)}
    manager = make_member(guild, permissions=int(Permission.MANAGE_GUILD))
    assert set(events(client, address(manager, guild))) == {url_of(shown), url_of(hidden)}
    assert draft.post_at is not None


def test_unchanged_feed_is_not_sent_again(client: Client, member: Member) -> None:
    game = make_game(member)
    path = address(member)
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    join_game(game_id=game.id, member=make_member(member.guild), via=Via.BOT)
    changed = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_headers_keep_the_address_to_its_owner(client: Client, member: Member) -> None:
    make_game(member)
    response = client.get(address(member))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert str(member.user.discord_id) not in response.content.decode()


def test_only_the_hash_is_stored_and_anew_ends_the_old(client: Client, member: Member) -> None:
    old = make_feed(user=member.user)
    new = make_feed(user=member.user)

    assert len(old) >= 43
    assert old != new
    feed = Feed.objects.get(user=member.user)
    assert new not in str(vars(feed))
    assert client.get(reverse("feed", args=[old])).status_code == 404
    assert client.get(reverse("feed", args=[new])).status_code == 200
    revoke_feed(user=make_user(), feed_id=feed.id)
    assert client.get(reverse("feed", args=[new])).status_code == 200
    revoke_feed(user=member.user, feed_id=feed.id)
    assert client.get(reverse("feed", args=[new])).status_code == 404


def test_wrong_addresses_are_404(client: Client, member: Member) -> None:
    own = make_feed(user=member.user)
    servers = make_feed(user=member.user, guild=member.guild)
    for path in (
        reverse("feed", args=["x"]),
        reverse("feed", args=["A" * 5000]),
        reverse("feed", args=[servers]),
        reverse("guild-feed", args=[own]),
        "/cal/.ics",
        "/cal/%00.ics",
        "/cal/../../etc/passwd.ics",
        f"/cal/{own}",
    ):
        assert client.get(path).status_code == 404, path
    assert client.post(reverse("feed", args=[own])).status_code == 405


def test_who_left_or_is_switched_off_gets_nothing(client: Client, member: Member) -> None:
    game = make_game(make_member(member.guild))
    join_game(game_id=game.id, member=member, via=Via.BOT)
    own, servers = address(member), address(member, member.guild)
    lose_member(guild_id=member.guild_id, discord_id=member.user.discord_id or 0)

    assert events(client, own) == {}
    assert client.get(servers).status_code == 404
    member.user.is_active = False
    member.user.save()
    assert client.get(own).status_code == 404


def test_guild_the_bot_left_has_no_feed(client: Client, member: Member) -> None:
    path = address(member, member.guild)
    Guild.objects.filter(id=member.guild_id).update(left_at=timezone.now())

    assert client.get(path).status_code == 404


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    loop.stop()
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        yield fake
        loop.stop()


def bots_answer(fake: FakeDiscord, answer: Callable[[], tuple[int, Any]]) -> None:
    fake.answer = lambda _path: answer()  # type: ignore[method-assign,assignment]


def test_who_left_without_a_word_loses_the_feed_within_five_minutes(
    client: Client, member: Member, discord: FakeDiscord
) -> None:
    path = address(member, member.guild)
    Member.objects.update(refreshed_at=timezone.now() - timedelta(minutes=6))
    bots_answer(discord, lambda: (404, {"message": "Unknown Member", "code": 10007}))

    assert client.get(path).status_code == 404
    member.refresh_from_db()
    assert member.left_at is not None
    assert discord.authorizations[0].startswith("Bot ")


def test_feed_learns_new_roles_and_asks_once(
    client: Client, member: Member, discord: FakeDiscord
) -> None:
    path = address(member, member.guild)
    Member.objects.update(refreshed_at=timezone.now() - timedelta(minutes=6))
    profile = {"id": str(member.user.discord_id), "username": "nelly"}
    bots_answer(discord, lambda: (200, {"user": profile, "nick": "Nell", "roles": []}))

    for _ in range(3):
        assert client.get(path).status_code == 200
    member.refresh_from_db()
    assert member.nick == "Nell"
    assert len(discord.asked) == 1


@pytest.mark.parametrize("status", [500, 403, 401, 429])
def test_unhelpful_discord_leaves_the_feed_as_it_was(
    client: Client, member: Member, discord: FakeDiscord, status: int
) -> None:
    game = make_game(make_member(member.guild))
    path = address(member, member.guild)
    Member.objects.update(refreshed_at=timezone.now() - timedelta(minutes=6))
    bots_answer(discord, lambda: (status, {"message": "no", "code": 0, "retry_after": 60}))

    assert url_of(game) in events(client, path)


def test_game_file_follows_the_games_own_rule(client: Client, member: Member) -> None:
    game = make_game(make_member(member.guild))
    path = reverse("game-ics", args=[game.guild_id, game.id])
    assert client.get(path).status_code == 302
    client.force_login(make_member(make_guild()).user)
    assert client.get(path).status_code == 404
    client.force_login(member.user)

    response = client.get(path)
    assert response["Content-Disposition"] == f'attachment; filename="game-{game.id}.ics"'
    assert b"METHOD:PUBLISH" in response.content
    foreign = make_game()
    assert client.get(reverse("game-ics", args=[game.guild_id, foreign.id])).status_code == 404
    Game.objects.filter(id=game.id).update(post_at=timezone.now() + timedelta(hours=1))
    assert client.get(path).status_code == 404
    client.force_login(game.host)
    assert client.get(path).status_code == 200


@pytest.fixture
def one_window() -> Iterator[None]:
    """Stop the clock, so that the counted minute does not end in the middle of a test."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.mark.usefixtures("one_window")
def test_polling_like_mad_is_refused(client: Client, member: Member) -> None:
    path = address(member)
    statuses = [client.get(path).status_code for _ in range(25)]

    assert statuses[:20] == [200] * 20
    assert statuses[-1] == 429
    assert client.get(path)["Retry-After"]


@pytest.mark.usefixtures("one_window")
def test_guessing_is_refused_after_a_while(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.views.feed.MOST_OF_AN_ADDRESS", 3)
    statuses = [client.get(reverse("feed", args=[f"guess{n}"])).status_code for n in range(5)]

    assert statuses == [404, 404, 404, 429, 429]


def test_feeds_work_while_the_cache_is_away(
    client: Client, member: Member, settings: Settings
) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert client.get(address(member)).status_code == 200


def test_tokens_stay_out_of_the_logs(client: Client, member: Member, settings: Settings) -> None:
    formatter = settings.LOGGING["formatters"]["structured"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            processor=formatter["processor"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logging.getLogger().addHandler(handler)
    tokens = [make_feed(user=member.user), make_feed(user=member.user, guild=member.guild)]
    wrong = "W" * 43
    try:
        client.get(reverse("feed", args=[tokens[0]]))
        client.get(reverse("guild-feed", args=[tokens[1]]))
        client.get(reverse("feed", args=[wrong]))
        client.get(reverse("guild-feed", args=[wrong]))
        client.post(reverse("feed", args=[tokens[0]]))
    finally:
        logging.getLogger().removeHandler(handler)

    assert "/cal/" in stream.getvalue()
    for token in (*tokens, wrong):
        assert token not in stream.getvalue()


def many_games(member: Member, count: int) -> None:
    model = make_game(make_member(member.guild))
    start = timezone.now() + timedelta(days=1)
    games = Game.objects.bulk_create(
        Game(
            guild=member.guild,
            channel=model.channel,
            host=model.host,
            title=f"Game {n} at the table",
            description="We pick up at the gate. " * 8,
            starts_at=start + timedelta(hours=n),
            timezone="Europe/Berlin",
            duration_minutes=120,
            max_players=5,
            reminder_minutes=[60, 15],
        )
        for n in range(count)
    )
    Participant.objects.bulk_create(
        Participant(game=game, user=member.user, joined_at=timezone.now()) for game in games
    )


def test_queries_do_not_grow_with_games(client: Client, member: Member) -> None:
    counts = []
    for count in (1, 30):
        many_games(member, count)
        own, servers = address(member), address(member, member.guild)
        for path in (own, servers):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 10


def test_five_hundred_games_are_quick(client: Client, member: Member) -> None:
    many_games(member, 500)
    path = address(member)
    first = client.get(path)
    assert len(icalendar.Calendar.from_ical(first.content).walk("VEVENT")) == 500

    def fastest(**headers: str) -> float:
        took = []
        for _ in range(3):
            began = time.perf_counter()
            client.get(path, headers=headers)
            took.append(time.perf_counter() - began)
        return min(took)

    # The targets are 200 ms and 20 ms.
    assert fastest() < stretched(0.6)
    assert fastest(**{"If-None-Match": first["ETag"]}) < stretched(0.1)


def test_addresses_have_no_ids(member: Member) -> None:
    path = urlsplit(address(member, member.guild)).path
    assert str(member.guild_id) not in path
    assert str(member.user_id) not in path.split("/")
