"""Answers in states that the sandbox cannot produce, with a recorder in place of the network."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from discordbot.interactions import responder as responder_module
from discordbot.interactions.callbacks import Callbacks, NotDelivered
from discordbot.interactions.interaction import Interaction, Kind, read_interaction
from discordbot.interactions.responder import Responder, TooLateForModal


@dataclass
class Written(Callbacks):
    """Records the callbacks instead of sending them."""

    sent: list[tuple[str, Any]] = field(default_factory=list)
    late: bool = False

    async def acknowledge(
        self, interaction_id: int, token: str, kind: int, data: Any = None
    ) -> None:
        if self.late:
            raise NotDelivered(404, 10062)
        self.sent.append(("ack", kind))

    async def edit_original(self, application_id: int, token: str, message: Any) -> None:
        self.sent.append(("edit", message["content"]))

    async def follow_up(self, application_id: int, token: str, message: Any) -> None:
        self.sent.append(("follow", message["content"]))


def interaction(kind: Kind, *, on_message: bool = False) -> Interaction:
    payload: dict[str, Any] = {
        "id": "1",
        "application_id": "2",
        "token": "t",
        "type": int(kind),
        "channel_id": "3",
        "user": {"id": "4", "username": "ada"},
        "data": {"name": "x", "custom_id": "x"},
    }
    if on_message:
        payload["message"] = {"id": "5"}
    return read_interaction(payload)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responder_module, "DEFER_AFTER", 0.05)


@pytest.mark.asyncio
async def test_quick_command_is_answered_once_with_its_reply() -> None:
    written = Written()
    responder = Responder(interaction(Kind.COMMAND), written)

    async with responder.watched():
        await responder.reply({"content": "hello"})
    await asyncio.sleep(0.1)

    assert written.sent == [("ack", 4)]
    assert responder.ack_ms is not None


@pytest.mark.asyncio
async def test_slow_command_is_deferred_and_its_thinking_replaced() -> None:
    written = Written()
    responder = Responder(interaction(Kind.COMMAND), written)

    async with responder.watched():
        await asyncio.sleep(0.1)
        await responder.reply({"content": "hello"})
        await responder.reply({"content": "more"})

    assert written.sent == [("ack", 5), ("edit", "hello"), ("follow", "more")]


@pytest.mark.asyncio
async def test_slow_click_is_deferred_and_then_edits_and_follows_up() -> None:
    written = Written()
    responder = Responder(interaction(Kind.COMPONENT, on_message=True), written)

    async with responder.watched():
        await asyncio.sleep(0.1)
        await responder.update({"content": "new"})
        await responder.reply({"content": "line"})

    assert written.sent == [("ack", 6), ("edit", "new"), ("follow", "line")]


@pytest.mark.asyncio
async def test_quick_click_updates_and_follows_up() -> None:
    written = Written()
    responder = Responder(interaction(Kind.COMPONENT, on_message=True), written)

    async with responder.watched():
        await responder.update({"content": "new"})
        await responder.reply({"content": "line"})

    assert written.sent == [("ack", 7), ("follow", "line")]


@pytest.mark.asyncio
async def test_form_after_deferring_is_too_late() -> None:
    responder = Responder(interaction(Kind.COMPONENT, on_message=True), Written())

    async with responder.watched():
        await asyncio.sleep(0.1)
        with pytest.raises(TooLateForModal):
            await responder.modal({"custom_id": "x"})


@pytest.mark.asyncio
async def test_defer_fails_loudly_when_discord_no_longer_waits() -> None:
    responder = Responder(interaction(Kind.COMPONENT, on_message=True), Written(late=True))

    with pytest.raises(NotDelivered):
        await responder.defer()


@pytest.mark.asyncio
async def test_watchdog_survives_what_discord_no_longer_takes() -> None:
    responder = Responder(interaction(Kind.COMMAND), Written(late=True))

    async with responder.watched():
        await asyncio.sleep(0.1)

    assert responder.ack_ms is None
