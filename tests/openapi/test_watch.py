"""The watch finds each kind of a bot's mistake in the sandbox's logs."""

from collections.abc import Iterator

import pytest

from sandbox.client import Sandbox
from sandbox.testing import start
from tests.openapi.watch import Watch, assert_acknowledged_once
from tests.sandbox.conftest import Place
from tests.sandbox.gateway import Bot, bot
from tests.sandbox.rest import Rest

JOIN = {"type": 2, "style": 1, "label": "Join", "custom_id": "join"}
GAME = {"content": "game", "components": [{"type": 1, "components": [JOIN]}]}


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with start() as running:
        running.limits(**{"global": {"limit": 100000, "per": 1}})
        yield running


@pytest.fixture
def rest(box: Sandbox) -> Rest:
    return Rest(box.url)


@pytest.fixture
def place(box: Sandbox) -> Place:
    owner, ada, ben = (box.make_user(name)["id"] for name in ("owner", "ada", "ben"))
    guild = box.make_guild("tavern", owner)["id"]
    box.add_member(guild, ada)
    return Place(guild, box.make_channel(guild, "games")["id"], owner, ada, ben)


def test_good_requests_pass(box: Sandbox, rest: Rest, place: Place) -> None:
    watch = Watch(box)
    rest("POST", f"/channels/{place.channel}/messages", GAME)
    rest("GET", f"/channels/{place.channel}/messages?limit=5")
    rest("POST", "/users/@me/channels", {"recipient_id": place.ada})
    watch.check()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"content": "x", "alowed_mentions": {}}, "'alowed_mentions' was unexpected"),
        ({"content": "x", "allowed_mentions": {"users": [5]}}, "allowed_mentions.users\\[0\\]"),
        ({"content": "x" * 2001}, "the sandbox refused it with 50035"),
        ({}, "the sandbox refused it with 50006"),
    ],
)
def test_wrong_body_is_told(
    box: Sandbox, rest: Rest, place: Place, body: dict[str, object], problem: str
) -> None:
    watch = Watch(box)
    rest("POST", f"/channels/{place.channel}/messages", body)
    with pytest.raises(AssertionError, match=f"{place.channel}/messages: .*{problem}"):
        watch.check()
    Watch(box).check()


def test_wrong_query_and_unknown_address_are_told(box: Sandbox, rest: Rest, place: Place) -> None:
    watch = Watch(box)
    rest("GET", f"/channels/{place.channel}/messages?limit=101")
    rest("GET", "/channels/1/pings")
    with pytest.raises(AssertionError) as told:
        watch.check()
    assert "?limit: '101' is not what is described" in str(told.value)
    assert "/channels/1/pings: no such operation is described" in str(told.value)


def test_requests_before_the_watch_and_after_a_reset(box: Sandbox, rest: Rest) -> None:
    rest("GET", "/nowhere")
    watch = Watch(box)
    box.reset()
    watch.check()
    rest("GET", "/nowhere")
    with pytest.raises(AssertionError):
        watch.check()


def click(box: Sandbox, rest: Rest, place: Place) -> None:
    message = rest("POST", f"/channels/{place.channel}/messages", GAME).body
    box.click(place.ada, message, "join", wait=False)


@pytest.mark.asyncio
async def test_one_acknowledgement_in_time_passes(box: Sandbox, rest: Rest, place: Place) -> None:
    async with bot(box) as answering:
        watch = Watch(box)
        click(box, rest, place)
        interaction = await answering.interaction()
        answering.reply(interaction, 4, content="x")
        answering.webhook("POST", interaction, "", {"content": "more"})
        watch.check()


@pytest.mark.asyncio
async def test_second_acknowledgement_is_told(box: Sandbox, rest: Rest, place: Place) -> None:
    async with bot(box) as answering:
        watch = Watch(box)
        await answer_twice(box, rest, place, answering)
        with pytest.raises(AssertionError, match="acknowledged 2 times"):
            watch.check()
        watch.check(acknowledged=False)


@pytest.mark.asyncio
async def test_second_try_after_a_fault_and_second_answer_to_a_replay_pass(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    async with bot(box) as answering:
        watch = Watch(box)
        box.fault("POST /interactions/*", "status", when="after")
        await answer_twice(box, rest, place, answering)
        click(box, rest, place)
        first = await answering.interaction()
        answering.reply(first, 4, content="x")
        box.replay()
        answering.reply(await answering.interaction(), 4, content="x")
        watch.check()


@pytest.mark.asyncio
async def test_silence_and_lateness_are_told(box: Sandbox, rest: Rest, place: Place) -> None:
    async with bot(box) as answering:
        before = box.health()["last_interaction"]
        box.knobs(ack_deadline=0.1)
        message = rest("POST", f"/channels/{place.channel}/messages", GAME).body
        try:
            outcome = box.click(place.ada, message, "join")
            assert outcome.error
            with pytest.raises(AssertionError, match=r"join \(\d+\): never acknowledged"):
                assert_acknowledged_once(box, since=before)
            answering.reply(await answering.interaction(), 4, content="x")
            with pytest.raises(AssertionError, match="never acknowledged"):
                assert_acknowledged_once(box, since=before)
        finally:
            box.knobs(ack_deadline=3)


@pytest.mark.asyncio
async def test_acknowledgement_after_three_seconds_is_told(
    box: Sandbox, rest: Rest, place: Place
) -> None:
    """The sandbox can be told to wait longer than Discord would."""
    async with bot(box) as answering:
        watch = Watch(box)
        box.knobs(ack_deadline=10)
        try:
            click(box, rest, place)
            interaction = await answering.interaction()
            box.fault("POST /interactions/*", "latency", delay=3.05)
            answering.reply(interaction, 4, content="x")
            with pytest.raises(AssertionError, match=r"acknowledged after 3\d\d\d"):
                watch.check()
        finally:
            box.knobs(ack_deadline=3)


async def answer_twice(box: Sandbox, rest: Rest, place: Place, answering: Bot) -> None:
    click(box, rest, place)
    interaction = await answering.interaction()
    for _ in range(2):
        answering.reply(interaction, 4, content="x")
