"""Too many clicks at once: some wait acknowledged, and the rest are told to press again."""

import asyncio

import pytest

from discordbot.interactions.callbacks import DEFER_REPLY, REPLY
from discordbot.interactions.dispatch import (
    MOST_AT_ONCE,
    MOST_IN_TIME,
    MOST_WITH_TIME,
    Dispatcher,
)
from discordbot.interactions.interaction import Interaction, Kind
from discordbot.interactions.responder import Responder
from tests.discordbot.interactions.test_responder import Written


def payload(number: int) -> dict[str, object]:
    return {
        "id": str(number),
        "application_id": "2",
        "token": "t",
        "type": int(Kind.COMMAND),
        "channel_id": "3",
        "user": {"id": "4", "username": "ada"},
        "data": {"name": "slow"},
    }


@pytest.mark.asyncio
async def test_a_flood_waits_acknowledged_and_its_end_is_told_to_come_back() -> None:
    is_over = asyncio.Event()

    async def slow(_interaction: Interaction, responder: Responder) -> None:
        await is_over.wait()
        await responder.reply({"content": "done"})

    written = Written()
    dispatcher = Dispatcher(written, lambda _interaction: slow)

    for number in range(MOST_AT_ONCE + 5):
        dispatcher.take(payload(number))
    await asyncio.sleep(0.2)
    deferred = MOST_AT_ONCE - MOST_IN_TIME
    assert written.sent.count(("ack", DEFER_REPLY)) == deferred
    assert written.sent.count(("ack", REPLY)) == 5

    is_over.set()
    await dispatcher.finish(5)
    assert written.sent.count(("ack", REPLY)) == 5 + MOST_IN_TIME
    assert written.sent.count(("edit", "done")) == deferred


@pytest.mark.asyncio
async def test_whoever_cannot_even_be_acknowledged_in_a_flood_is_not_served() -> None:
    is_over, done = asyncio.Event(), []

    async def slow(interaction: Interaction, _responder: Responder) -> None:
        done.append(interaction.id)
        await is_over.wait()

    dispatcher = Dispatcher(Written(late=True), lambda _interaction: slow)

    for number in range(MOST_IN_TIME + 3):
        dispatcher.take(payload(number))
    await asyncio.sleep(0.2)
    is_over.set()
    await dispatcher.finish(5)

    assert len(done) == MOST_IN_TIME


@pytest.mark.asyncio
async def test_only_the_first_of_a_crowd_have_time_for_more_than_they_must_say() -> None:
    is_over, had_time = asyncio.Event(), []

    async def slow(_interaction: Interaction, responder: Responder) -> None:
        had_time.append(responder.has_time)
        await is_over.wait()

    dispatcher = Dispatcher(Written(), lambda _interaction: slow)

    for number in range(MOST_WITH_TIME + 2):
        dispatcher.take(payload(number))
    await asyncio.sleep(0)
    is_over.set()
    await dispatcher.finish(5)

    assert had_time == [True] * MOST_WITH_TIME + [False] * 2
