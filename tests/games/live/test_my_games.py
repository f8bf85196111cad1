"""The socket of "My games": all servers of the person, and nothing of anybody else's."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.enums import Via
from games.live import consumers
from games.live import push as live
from games.live import socket as live_socket
from games.live.consumers import PersonConsumer
from games.models import Game
from games.services.roster.host import remove_player
from games.services.roster.signup import join_game
from guilds.discord_login.token import remember_token
from guilds.models import Member, User
from guilds.services.member import lose_member
from tests.factories import make_channel, make_game, make_guild, make_member, make_user
from tests.games.live.test_consumers import ORIGIN, logged_in, refusal, socket
from tests.guilds.fake_discord import TOKEN, run
from tests.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/ws/games/"


@pytest.fixture(autouse=True)
def no_pause() -> None:
    live._paused_until = 0.0


@pytest.fixture
def user() -> User:
    return make_user("Ana")


def open_game(user: User | None = None) -> tuple[Game, Member | None]:
    """Make a game on a new server, with `user` as its member if one is given."""
    guild = make_guild()
    member = make_member(guild, user) if user else None
    return make_game(make_member(guild), make_channel(guild)), member


async def changed(game: Game) -> dict[str, int]:
    """Let somebody else join; return what a page that follows the game is told."""
    other = await in_thread(make_member, game.guild)
    signup = await in_thread(join_game, game_id=game.id, member=other, via=Via.BOT)
    return {"game": game.id, "revision": signup.revision}


def told(client: Client, story: Callable[[WebsocketCommunicator], Any]) -> None:
    async def watch() -> None:
        page = socket(client, PATH)
        assert (await page.connect())[0]
        await story(page)
        await page.disconnect()

    async_to_sync(watch)()


def test_nobody_and_foreign_sites_are_refused(user: User) -> None:
    client = Client()
    client.force_login(user)
    assert refusal(None, PATH) == 4403
    assert refusal(client, PATH, "http://evil.example") is not None
    assert refusal(client, PATH, ORIGIN) is None


def test_own_games_of_all_servers_are_told_and_no_others(user: User) -> None:
    (joined, one), (elsewhere, two), (passed_by, three) = (open_game(user) for _ in range(3))
    foreign, _none = open_game()
    hosted = make_game(three)
    assert one
    assert two
    assert three
    for game, member in ((joined, one), (elsewhere, two)):
        join_game(game_id=game.id, member=member, via=Via.BOT)

    async def story(page: WebsocketCommunicator) -> None:
        for game in (joined, elsewhere, hosted):
            expected = await changed(game)
            assert await page.receive_json_from(timeout=5) == expected
        for game in (passed_by, foreign):
            await changed(game)
        assert await page.receive_nothing(timeout=0.5)

    told(logged_in(one), story)


def test_what_one_joins_and_what_one_is_taken_off_is_told(user: User) -> None:
    game, member = open_game(user)
    assert member
    host = Member.objects.select_related("user", "guild").get(guild=game.guild, user=game.host)

    async def story(page: WebsocketCommunicator) -> None:
        signup = await in_thread(join_game, game_id=game.id, member=member, via=Via.BOT)
        message = await page.receive_json_from(timeout=5)
        assert message == {"game": game.id, "revision": signup.revision}
        mine = await in_thread(game.participants.get, user=user)
        await in_thread(
            remove_player, game_id=game.id, member=host, participant_id=mine.id, via=Via.WEB
        )
        assert (await page.receive_json_from(timeout=5))["game"] == game.id
        await changed(game)
        assert await page.receive_nothing(timeout=0.5)

    told(logged_in(member), story)


def test_many_changes_at_once_cost_one_look(user: User) -> None:
    game, member = open_game(user)
    assert member
    join_game(game_id=game.id, member=member, via=Via.BOT)
    consumer = PersonConsumer()
    consumer.user, consumer.own, consumer.guild_ids = user, set(), {game.guild_id}
    consumer.waiting = {}
    said: list[int] = []

    async def say(event: dict[str, Any]) -> None:
        said.append(event["revision"])

    async def burst() -> None:
        for revision in range(50):
            await consumer.tell({"game_id": game.id, "revision": revision})
        assert consumer.looking
        await consumer.looking

    consumer.say = say  # type: ignore[method-assign]
    async_to_sync(burst)()
    assert said == [49]


def test_without_the_database_the_page_is_sent_away_to_come_back(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    game, member = open_game(user)
    assert member

    def away(*_args: Any, **_kwargs: Any) -> set[int]:
        raise OperationalError("the server closed the connection unexpectedly")

    async def story(page: WebsocketCommunicator) -> None:
        monkeypatch.setattr(consumers, "own_game_ids", away)
        await changed(game)
        assert (await page.receive_output(timeout=5))["code"] == live_socket.TRY_AGAIN

    told(logged_in(member), story)


def test_servers_left_are_no_longer_heard_of_and_new_ones_are(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "RECHECK_SECONDS", 0)
    monkeypatch.setattr(live_socket, "IDLE_RECHECK_SECONDS", 0.1)
    (left, leaver), (stayed, member) = open_game(user), open_game(user)
    assert leaver
    assert member
    for game, one in ((left, leaver), (stayed, member)):
        join_game(game_id=game.id, member=one, via=Via.BOT)
    new, _nobody = open_game()

    async def story(page: WebsocketCommunicator) -> None:
        discord_id = user.discord_id or 0
        await in_thread(lose_member, guild_id=left.guild_id, discord_id=discord_id)
        while not await page.receive_nothing(timeout=0.5):
            await page.receive_json_from()  # their own seat was given up
        await changed(left)
        assert await page.receive_nothing(timeout=0.5)
        newcomer = await in_thread(make_member, new.guild, user)
        await asyncio.sleep(0.5)  # the next check
        await in_thread(join_game, game_id=new.id, member=newcomer, via=Via.BOT)
        assert (await page.receive_json_from(timeout=5))["game"] == new.id
        expected = await changed(stayed)
        assert await page.receive_json_from(timeout=5) == expected

    told(logged_in(member), story)


@pytest.mark.parametrize("how", ["revoked", "left"])
def test_discord_is_asked_while_the_page_stays_open(
    user: User, monkeypatch: pytest.MonkeyPatch, settings: Any, how: str
) -> None:
    monkeypatch.setattr(live_socket, "IDLE_RECHECK_SECONDS", 0.05)
    game, member = open_game(user)
    assert member
    client = logged_in(member)
    session = client.session
    remember_token(session, TOKEN)
    session.save()

    async def story(page: WebsocketCommunicator) -> None:
        if how == "revoked":
            assert (await page.receive_output(timeout=5))["code"] == live_socket.LOGGED_OUT
            return
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not await Member.objects.filter(pk=member.pk, left_at=None).aexists():
                break
        assert discord.asked == ["/api/v10/users/@me/guilds"], "asked once, not each time"
        await changed(game)
        assert await page.receive_nothing(timeout=0.3)

    with run() as discord:
        settings.DISCORD_BASE_URL = discord.url
        if how == "revoked":
            discord.statuses["/guilds"] = 401
        told(client, story)
    assert Member.objects.filter(pk=member.pk, left_at=None).exists() is (how == "revoked")


def test_the_fragment_is_the_page_without_a_visit(user: User) -> None:
    game, member = open_game(user)
    assert member
    join_game(game_id=game.id, member=member, via=Via.BOT)
    client = logged_in(member)
    long_ago = timezone.now() - timedelta(days=2)
    User.objects.filter(pk=user.pk).update(games_seen_at=long_ago)

    for query in ({}, {"show": "past"}):
        fragment = client.get(reverse("my-games"), query, headers={"HX-Request": "true"})
        text = fragment.content.decode()
        assert 'id="live"' in text
        assert "<html" not in text
        assert (game.title in text) is (not query)
        assert 'data-live-socket="/ws/games/"' in text
    user.refresh_from_db()
    assert user.games_seen_at == long_ago


@pytest.mark.parametrize("count", [1, 30])
def test_looking_up_whose_games_changed_is_one_query(user: User, count: int) -> None:
    game, member = open_game(user)
    assert member
    consumer = PersonConsumer()
    consumer.user, consumer.own, consumer.guild_ids = user, {game.id}, {game.guild_id}
    ids = {game.id, *range(10**6, 10**6 + count)}
    with CaptureQueriesContext(connection) as queries:
        found = async_to_sync(consumer.find_concerned)(ids)
    assert found == {game.id}
    assert len(queries) == 1
