from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import Via
from games.live import consumers
from games.live import push as live
from games.live import socket as live_socket
from games.models import Game
from games.services.game_edit import edit_game
from games.services.roster.signup import join_game
from gamesched.asgi import application
from guilds.discord_login.token import remember_token
from guilds.models import Channel, Member
from guilds.services.member import lose_member
from guilds.services.person import configure_account
from tests.factories import make_channel, make_game, make_guild, make_member
from tests.guilds.fake_discord import TOKEN, run
from tests.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = "http://localhost:8000"  # as SITE_URL has it


@pytest.fixture(autouse=True)
def no_pause() -> None:
    live._paused_until = 0.0


@pytest.fixture
def game() -> Game:
    return make_game()


def game_path(game: Game) -> str:
    return f"/ws/g/{game.guild_id}/games/{game.id}/"


def socket(client: Client | None, path: str, origin: str | None = ORIGIN) -> WebsocketCommunicator:
    headers = [(b"host", b"localhost")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if client:
        cookie = client.cookies["sessionid"].value
        headers.append((b"cookie", f"sessionid={cookie}".encode()))
    return WebsocketCommunicator(application, path, headers=headers)


def logged_in(member: Member) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def changed(game: Game) -> None:
    live.push_change(game.guild_id, game.id, 2, channel_ids=[game.channel_id])


def refusal(client: Client | None, path: str, origin: str | None = ORIGIN) -> Any:
    """Return the code that the handshake is refused with, None if it is accepted."""

    async def connect() -> Any:
        communicator = socket(client, path, origin)
        is_open, code = await communicator.connect(timeout=5)
        await communicator.disconnect()
        return None if is_open else code

    return async_to_sync(connect)()


def test_outsiders_are_refused_before_the_handshake_ends(game: Game) -> None:
    stranger = logged_in(make_member(make_guild()))
    for path in (game_path(game), f"/ws/g/{game.guild_id}/"):
        assert refusal(None, path) == 4403
        assert refusal(stranger, path) == 4404
        assert refusal(logged_in(make_member(game.guild)), path) is None


def test_games_of_other_guilds_and_unknown_addresses_do_not_exist(game: Game) -> None:
    client = logged_in(make_member(game.guild))
    other = make_game()

    for path in (
        f"/ws/g/{game.guild_id}/games/{other.id}/",
        f"/ws/g/{game.guild_id}/games/99999999/",
        f"/ws/g/{2**64}/",
        "/ws/g/0/",
        "/ws/",
        "/",
    ):
        assert refusal(client, path) == 4404


def test_games_one_may_not_see_have_no_socket(game: Game) -> None:
    client, player = logged_in(make_member(game.guild)), make_member(game.guild)
    join_game(game_id=game.id, member=player, via=Via.BOT)
    host = Client()
    host.force_login(game.host)
    deny = {"id": str(game.guild_id), "type": 0, "allow": "0", "deny": str(1 << 10)}
    Channel.objects.filter(id=game.channel_id).update(overwrites=[deny])

    assert refusal(client, game_path(game)) == 4404
    assert refusal(logged_in(player), game_path(game)) is None
    assert refusal(host, game_path(game)) is None

    Channel.objects.filter(id=game.channel_id).update(overwrites=[])
    later = timezone.now() + timedelta(minutes=5)
    Game.objects.filter(id=game.id).update(post_at=later)
    assert refusal(client, game_path(game)) == 4404
    assert refusal(host, game_path(game)) is None


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "http://evil.example",
        "null",
        "http://localhost",
        "http://localhost:8001",
        "https://localhost:8000",
        "http://localhost:99999999",
        "http://localhost:port",
        "http://sub.localhost:8000",
    ],
)
def test_foreign_origins_are_refused(game: Game, origin: str | None) -> None:
    client = logged_in(make_member(game.guild))

    assert refusal(client, game_path(game), origin) is not None


def test_change_reaches_game_and_guild_pages_of_its_guild_alone(game: Game) -> None:
    member = make_member(game.guild)
    client = logged_in(member)
    elsewhere = make_game()
    other_client = logged_in(make_member(elsewhere.guild))
    sibling = make_game(make_member(game.guild))

    async def story() -> None:
        watching = [socket(client, game_path(game)), socket(client, f"/ws/g/{game.guild_id}/")]
        apart = [socket(other_client, game_path(elsewhere)), socket(client, game_path(sibling))]
        for communicator in (*watching, *apart):
            assert (await communicator.connect())[0]

        signup = await in_thread(join_game, game_id=game.id, member=member, via=Via.BOT)

        for communicator in watching:
            message = await communicator.receive_json_from(timeout=5)
            assert message == {"game": game.id, "revision": signup.revision}
        for communicator in apart:
            assert await communicator.receive_nothing(timeout=0.2)
        for communicator in (*watching, *apart):
            await communicator.disconnect()

    async_to_sync(story)()


def test_logout_closes_the_sockets_of_its_session(game: Game) -> None:
    member = make_member(game.guild)
    client, elsewhere = logged_in(member), logged_in(member)

    async def story() -> None:
        ending, staying = (socket(c, game_path(game)) for c in (client, elsewhere))
        assert (await ending.connect())[0]
        assert (await staying.connect())[0]

        await in_thread(client.post, reverse("account_logout"))

        assert (await ending.receive_output(timeout=5))["code"] == live_socket.LOGGED_OUT
        assert await staying.receive_nothing(timeout=0.2)
        await staying.disconnect()

    async_to_sync(story)()


def test_lost_members_and_sessions_are_hung_up_on(
    game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "RECHECK_SECONDS", 0)
    leaver, player = make_member(game.guild), make_member(game.guild)
    client = logged_in(leaver)

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        discord_id = leaver.user.discord_id or 0
        await in_thread(lose_member, guild_id=game.guild_id, discord_id=discord_id)

        await in_thread(join_game, game_id=game.id, member=player, via=Via.BOT)

        closing = await communicator.receive_output(timeout=5)
        assert closing == {"type": "websocket.close", "code": live_socket.LOGGED_OUT}

    async_to_sync(story)()


def test_idle_sockets_are_checked_too(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "IDLE_RECHECK_SECONDS", 0.05)
    client = logged_in(make_member(game.guild))

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        await in_thread(client.session.flush)
        assert (await communicator.receive_output(timeout=5))["code"] == live_socket.LOGGED_OUT

    async_to_sync(story)()


@pytest.mark.parametrize("is_idle", [True, False])
def test_a_page_nobody_can_answer_for_is_sent_away_to_come_back(
    game: Game, monkeypatch: pytest.MonkeyPatch, is_idle: bool
) -> None:
    """Otherwise the page would go on unchecked, or its place would stay taken for good."""
    monkeypatch.setattr(live_socket, "IDLE_RECHECK_SECONDS", 0.3 if is_idle else 60)
    monkeypatch.setattr(live_socket, "RECHECK_SECONDS", 0)
    member = make_member(game.guild)
    client = logged_in(member)

    def away(_self: object) -> set[int]:
        raise OperationalError("the server closed the connection unexpectedly")

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        monkeypatch.setattr(consumers.GuildConsumer, "find_guilds", away)
        if not is_idle:
            await in_thread(changed, game)
        assert (await communicator.receive_output(timeout=5))["code"] == live_socket.TRY_AGAIN
        await communicator.disconnect()

    async_to_sync(story)()
    assert member.user_id not in live_socket._sockets


def test_a_socket_that_ends_by_an_error_gives_its_place_back(
    game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = make_member(game.guild)
    client = logged_in(member)

    async def broken(_self: object, _event: object) -> None:
        raise RuntimeError("a fault of ours")

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        assert live_socket._sockets[member.user_id] == 1
        monkeypatch.setattr(consumers.GuildConsumer, "say", broken)
        await in_thread(changed, game)
        with pytest.raises(RuntimeError):
            await communicator.receive_output(timeout=5)

    async_to_sync(story)()
    assert member.user_id not in live_socket._sockets


def test_log_out_everywhere_closes_every_socket(game: Game) -> None:
    member, other = make_member(game.guild), make_member(game.guild)
    clients = [logged_in(member), logged_in(member)]

    async def story() -> None:
        ending = [socket(client, game_path(game)) for client in clients]
        staying = socket(logged_in_clients[0], game_path(game))
        for communicator in (*ending, staying):
            assert (await communicator.connect())[0]

        await in_thread(clients[0].post, reverse("log-out-everywhere"))

        for communicator in ending:
            assert (await communicator.receive_output(timeout=5))["code"] == live_socket.LOGGED_OUT
        assert await staying.receive_nothing(timeout=0.2)
        await staying.disconnect()

    logged_in_clients = [logged_in(other)]
    async_to_sync(story)()


def test_switching_an_account_off_closes_its_sockets(game: Game) -> None:
    member = make_member(game.guild)
    client = logged_in(member)

    def switch_off() -> None:
        configure_account(user=member.user, values={"is_active": False})
        connection.close()

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        await in_thread(switch_off)
        assert (await communicator.receive_output(timeout=5))["code"] == live_socket.LOGGED_OUT

    async_to_sync(story)()
    assert refusal(client, game_path(game)) == live_socket.OUTSIDER


@pytest.mark.parametrize("status", [404, 401])
def test_open_page_of_who_left_or_took_access_back_is_hung_up_on(
    game: Game, monkeypatch: pytest.MonkeyPatch, settings: Any, status: int
) -> None:
    monkeypatch.setattr(live_socket, "IDLE_RECHECK_SECONDS", 0.05)
    member = make_member(game.guild)
    client = logged_in(member)
    session = client.session
    remember_token(session, TOKEN)
    session.save()
    Member.objects.filter(id=member.id).update(
        refreshed_at=timezone.now() - timedelta(seconds=live_socket.OLDEST_ANSWER_SECONDS)
    )

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        assert (await communicator.receive_output(timeout=5))["code"] == live_socket.LOGGED_OUT

    with run() as discord:
        settings.DISCORD_BASE_URL = discord.url
        discord.statuses["/member"] = status
        async_to_sync(story)()
    if status == 401:
        assert client.get(reverse("my-games")).status_code == 302


def test_open_page_stays_while_discord_gives_no_answer(
    game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "IDLE_RECHECK_SECONDS", 0.05)
    member = make_member(game.guild)
    client = logged_in(member)
    session = client.session
    remember_token(session, TOKEN)
    session.save()
    Member.objects.filter(id=member.id).update(refreshed_at=timezone.now() - timedelta(hours=1))

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        assert await communicator.receive_nothing(timeout=0.5)
        await communicator.disconnect()

    async_to_sync(story)()


@pytest.mark.parametrize(("count", "size", "code"), [(1, 5000, 1009), (50, 1, 4429)])
def test_chatty_sockets_are_hung_up_on(game: Game, count: int, size: int, code: int) -> None:
    client = logged_in(make_member(game.guild))

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        for _ in range(count):
            await communicator.send_to(text_data="x" * size)
        assert (await communicator.receive_output(timeout=5))["code"] == code

    async_to_sync(story)()


def test_a_user_has_a_limited_number_of_sockets(
    game: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_socket, "MOST_SOCKETS_OF_A_USER", 1)
    client = logged_in(make_member(game.guild))

    async def story() -> None:
        first, second = (socket(client, game_path(game)) for _ in range(2))
        assert (await first.connect())[0]
        assert await second.connect() == (False, live_socket.TOO_MANY)
        await first.disconnect()

    async_to_sync(story)()
    assert refusal(client, game_path(game)) is None


def test_redis_away_holds_up_nobody(game: Game, settings: Any) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "gamesched.workarounds.live_layer.LiveLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
        },
    }
    client = logged_in(make_member(game.guild))
    url = reverse("game-join", args=[game.guild_id, game.id])

    response = client.post(url, {"form_id": str(uuid4())})

    assert response.status_code == 302
    assert game.participants.exists()


def test_a_servers_page_hears_nothing_of_games_its_viewer_may_not_see(game: Game) -> None:
    """Neither their numbers nor when they change; who hosts or plays one hears of it."""
    guild, host = game.guild, Member.objects.get(guild=game.guild, user=game.host)
    deny = {"id": str(guild.id), "type": 0, "allow": "0", "deny": str(1 << 10)}
    hidden = make_game(host, make_channel(guild, "hidden"))
    draft = make_game(host, game.channel, post_at=timezone.now() + timedelta(hours=1))
    plain, player = make_member(guild), make_member(guild)
    join_game(game_id=hidden.id, member=player, via=Via.BOT)
    Channel.objects.filter(id=hidden.channel_id).update(overwrites=[deny])
    manager = make_member(guild, permissions=1 << 5)
    expected = {
        plain.user_id: [game.id],
        player.user_id: [game.id, hidden.id],
        host.user_id: [game.id, hidden.id, draft.id],
        manager.user_id: [game.id, hidden.id, draft.id],
    }

    async def story() -> None:
        sockets = {}
        for member in (plain, player, host, manager):
            client = await in_thread(logged_in, member)
            sockets[member.user_id] = socket(client, f"/ws/g/{guild.id}/")
            assert (await sockets[member.user_id].connect())[0]
        for one in (hidden, draft, game):
            await in_thread(edit_title, one.id, host)
        for user_id, games in expected.items():
            heard = [
                (await sockets[user_id].receive_json_from(timeout=5))["game"] for _game in games
            ]
            assert sorted(heard) == sorted(games)
        for communicator in sockets.values():
            assert await communicator.receive_nothing(1.5)
            await communicator.disconnect()

    async_to_sync(story)()


def test_a_page_hears_of_the_game_that_leaves_its_channels(game: Game) -> None:
    host = make_member(game.guild, permissions=1 << 3)
    deny = {"id": str(game.guild_id), "type": 0, "allow": "0", "deny": str(1 << 10)}
    away = make_channel(game.guild, "hidden", overwrites=[deny])
    client = logged_in(make_member(game.guild))

    def move() -> None:
        edit_game(game_id=game.id, member=host, values={"channel_id": away.id}, via=Via.WEB)

    async def story() -> None:
        communicator = socket(client, f"/ws/g/{game.guild_id}/")
        assert (await communicator.connect())[0]
        await in_thread(move)
        assert (await communicator.receive_json_from(timeout=5))["game"] == game.id
        await in_thread(edit_title, game.id, host)
        assert await communicator.receive_nothing(1.5)
        await communicator.disconnect()

    async_to_sync(story)()


def edit_title(game_id: int, host: Member) -> None:
    edit_game(game_id=game_id, member=host, values={"title": "Another title"}, via=Via.WEB)
