"""B65 to B69: the live pages' sockets."""

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse

from games.live import push as live
from games.models import Game
from guilds.services.member import lose_member
from tests.factories import make_game, make_guild, make_member
from tests.games.live.test_consumers import game_path, logged_in, refusal, socket
from tests.threads import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_pause() -> None:
    live._paused_until = 0.0


@pytest.fixture
def game() -> Game:
    return make_game()


@pytest.fixture
def viewer(game: Game) -> Client:
    return logged_in(make_member(game.guild))


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "file://"])
def test_b65_no_origin_or_a_foreign_one(viewer: Client, game: Game, origin: str | None) -> None:
    assert refusal(viewer, game_path(game), origin) is not None


def test_b66_anonymous_or_from_another_guild(game: Game) -> None:
    assert refusal(None, game_path(game)) == 4403
    stranger = logged_in(make_member(make_guild()))
    assert refusal(stranger, game_path(game)) == 4404
    assert refusal(stranger, f"/ws/g/{game.guild_id}/") == 4404


def test_b67_logged_out_or_gone_from_the_server(game: Game) -> None:
    """Logging out closes the socket at once. `test_consumers` covers losing roles."""
    member = make_member(game.guild)
    client = logged_in(member)

    async def story() -> None:
        communicator = socket(client, game_path(game))
        assert (await communicator.connect())[0]
        await in_thread(client.post, reverse("account_logout"))
        told = await communicator.receive_output(timeout=5)
        while told["type"] != "websocket.close":  # the game was made a moment ago
            told = await communicator.receive_output(timeout=5)
        assert told["code"] == 4401

    async_to_sync(story)()
    client = logged_in(member)
    lose_member(guild_id=game.guild_id, discord_id=member.user.discord_id or 0)
    assert refusal(client, game_path(game)) == 4404


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["x" * 1_000_000], 1009),
        ([b"\x00" * 2000], 1009),
        (["{"] * 30, 4429),
        ([b"\xff"] * 30, 4429),
    ],
)
def test_b68_frames_that_say_too_much(
    viewer: Client, game: Game, frames: list[str | bytes], code: int
) -> None:
    async def story() -> None:
        communicator = socket(viewer, game_path(game))
        assert (await communicator.connect())[0]
        for frame in frames:
            if isinstance(frame, bytes):
                await communicator.send_to(bytes_data=frame)
            else:
                await communicator.send_to(text_data=frame)
        assert (await communicator.receive_output(timeout=5))["code"] == code

    async_to_sync(story)()


@pytest.mark.parametrize("since", ["-1", "99999999999", "x", "%00"])
def test_b69_cursor_is_not_read(viewer: Client, game: Game, since: str) -> None:
    """A socket only announces a change; the page fetches it with the viewer's rights."""
    assert refusal(viewer, f"{game_path(game)}?since={since}") is None
