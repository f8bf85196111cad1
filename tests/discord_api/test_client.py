import time
from typing import Any

import pytest

from discord_api import loop, outgoing, routes
from discord_api.errors import DiscordError, RateLimited, Uncertain
from discord_api.outgoing import Outgoing, SendFailed, post_once
from sandbox.client import Sandbox
from tests.duration import stretched, within


def make_channels(discord: Sandbox, count: int) -> list[int]:
    owner = discord.make_user("owner")
    guild = discord.make_guild("Tavern", owner["id"])
    return [int(discord.make_channel(guild["id"], f"c{n}")["id"]) for n in range(count)]


def post(channel_id: int, content: str = "hello", **body: Any) -> Outgoing:
    return Outgoing(body={"content": content, **body}, channel_id=channel_id)


def send_all(messages: list[Outgoing]) -> list[Any]:
    client = loop.client()
    return loop.gather([post_once(client, one) for one in messages], timeout=20)


def test_twelve_channels_with_three_messages_leave_within_two_seconds(
    discord: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "CHANNEL_SECONDS", stretched(outgoing.CHANNEL_SECONDS))
    channels = make_channels(discord, 12)
    seen = len(discord.requests(route="POST /channels"))

    with within(2):
        results = send_all([post(c, f"m{n}") for n in range(3) for c in channels])

    assert not [r for r in results if isinstance(r, BaseException)]
    requests = discord.requests(route="POST /channels")[seen:]
    assert {r["status"] for r in requests} == {200}


def test_a_full_channel_asks_to_come_back_and_holds_nobody_up(discord: Sandbox) -> None:
    full, other = make_channels(discord, 2)
    with within(2):
        results = send_all([post(full) for _ in range(8)] + [post(other)])

    failed = [r for r in results if isinstance(r, SendFailed)]
    assert len(failed) == 3
    assert all(isinstance(f.reason, RateLimited) and f.reason.retry_after > 3 for f in failed)
    log = discord.requests(channel=full, route="POST /channels")
    assert [r["status"] for r in log] == [200] * 5, "no request was wasted on a 429"


def test_second_window_is_used_when_patience_allows(discord: Sandbox) -> None:
    discord.limits(**{"message.create": {"limit": 5, "per": 1}})
    (channel,) = make_channels(discord, 1)
    route, client = routes.create_message(channel), loop.client()
    results = loop.gather(
        [client.request(route, body={"content": "hello"}) for _ in range(12)], timeout=20
    )
    assert not [r for r in results if isinstance(r, BaseException)]
    assert {r["status"] for r in discord.requests(channel=channel, route="POST")} == {200}


def test_429_waits_and_global_429_pauses_everything(discord: Sandbox) -> None:
    one, two = make_channels(discord, 2)
    discord.fault(
        "POST /channels/{channel_id}/messages",
        status=429,
        retry_after=0.5,
        is_global=True,
        channel_id=one,
    )
    begun = time.monotonic()
    with within(1.5):
        send_all([post(one)])
        send_all([post(two)])
    assert time.monotonic() - begun >= 0.5


@pytest.mark.parametrize(("kind", "when"), [("status", "after"), ("reset", "after")])
def test_unanswered_post_is_uncertain_and_not_repeated(
    discord: Sandbox, kind: str, when: str
) -> None:
    (channel,) = make_channels(discord, 1)
    discord.fault("POST /channels/{channel_id}/messages", kind, when=when, channel_id=channel)
    (result,) = send_all([post(channel, nonce=str(channel), enforce_nonce=True)])
    assert isinstance(result, SendFailed)
    assert isinstance(result.reason, Uncertain)
    assert len(discord.messages(channel)) == 1

    (again,) = send_all([post(channel, nonce=str(channel), enforce_nonce=True)])
    assert again.message_id == int(discord.messages(channel)[0]["id"])
    assert len(discord.messages(channel)) == 1


def test_refusals_have_their_code(discord: Sandbox) -> None:
    with pytest.raises(DiscordError) as refused:
        loop.call(loop.client().request(routes.get_channel(123)), timeout=5)
    assert (refused.value.status, refused.value.code) == (404, 10003)
    assert refused.value.is_permanent


def test_loop_stops_and_starts_again(discord: Sandbox) -> None:
    first = loop.get_loop()
    loop.stop()
    assert not first.thread.is_alive()
    assert loop.get_loop() is not first
