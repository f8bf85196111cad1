"""The responder answers one interaction: an acknowledgement within three seconds, then the rest.

Discord's word is "interaction response". `games.enums.Answer` is a person's going, maybe or no.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from discordbot.interactions.callbacks import (
    CHOICES,
    DEFER_REPLY,
    DEFER_UPDATE,
    EPHEMERAL,
    MODAL,
    REPLY,
    UPDATE,
    Callbacks,
    Message,
    NotDelivered,
)
from discordbot.interactions.interaction import Interaction, Kind
from notifications.messages.wording import pinging

log = structlog.get_logger(__name__)

DEFER_AFTER = 1.2


class TooLateForModal(Exception):
    """A modal must come first, and the interaction was deferred already."""


class Responder:
    """Answers one interaction, in whatever way its state still allows.

    Callers use `reply`, `update` or `modal` as if nothing had happened before. Whether that is
    the acknowledgement, an edit of "thinking…" or a follow-up is decided here.

    `has_time` is whether few enough interactions were under way when this one arrived: otherwise it
    answers with no more than it must, since others wait for it.

    `afterwards` is work that follows once the interaction is answered, for at most the minutes in
    which its token lives. It is not waited for when the process ends.
    """

    def __init__(
        self, interaction: Interaction, callbacks: Callbacks, *, has_time: bool = True
    ) -> None:
        self._interaction = interaction
        self._callbacks = callbacks
        self.has_time = has_time
        self._lock = asyncio.Lock()
        self._acknowledged_with: int | None = None
        self._is_thinking = False
        self.ack_ms: int | None = None
        self.afterwards: Callable[[], Awaitable[None]] | None = None

    @property
    def is_acknowledged(self) -> bool:
        return self._acknowledged_with is not None

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Defer when the block has not answered 1.2 s after the interaction arrived."""
        deferring: list[asyncio.Task[None]] = []
        passed = time.monotonic() - self._interaction.arrived_at
        # A timer costs less than a task, and hardly any interaction lives to see it.
        timer = asyncio.get_running_loop().call_later(
            max(0.0, DEFER_AFTER - passed),
            lambda: deferring.append(asyncio.create_task(self._defer_in_time())),
        )
        try:
            yield
        finally:
            timer.cancel()
            for task in deferring:
                if not self._lock.locked():
                    task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def reply(self, message: Message) -> None:
        """Say something to this person alone. Raises `NotDelivered`."""
        if self._interaction.kind == Kind.AUTOCOMPLETE:
            await self.choices([])  # completions have no room for words
            return
        message = _harmless(message) | {"flags": EPHEMERAL}
        async with self._lock:
            if not self.is_acknowledged:
                await self._acknowledge(REPLY, message)
            elif self._is_thinking:
                await self._edit(message)
            else:
                await self._callbacks.follow_up(
                    self._interaction.application_id, self._interaction.token, message
                )

    async def update(self, message: Message) -> None:
        """Change the message that the button is on. Raises `NotDelivered`."""
        async with self._lock:
            if not self.is_acknowledged:
                await self._acknowledge(UPDATE, _harmless(message))
            else:
                await self._edit(_harmless(message))

    async def modal(self, modal: Message) -> None:
        """Open a form. Raises `TooLateForModal` and `NotDelivered`."""
        async with self._lock:
            if self.is_acknowledged:
                raise TooLateForModal
            await self._acknowledge(MODAL, modal)

    async def show(self, message: Message) -> None:
        """Update the message that a form was opened from, or reply where there is none."""
        if self._interaction.message_id is None:
            await self.reply(message)
        else:
            await self.update(message)

    async def choices(self, choices: list[Message]) -> None:
        """Offer completions of an option. Raises `NotDelivered`."""
        async with self._lock:
            if not self.is_acknowledged:
                await self._acknowledge(CHOICES, {"choices": choices})

    async def defer(self) -> None:
        """Acknowledge now and answer later; call it before anything that must not happen unseen.

        Raises `NotDelivered` when Discord no longer waits. Stop then: the person would not see
        the answer, and press again.
        """
        async with self._lock:
            if not self.is_acknowledged:
                await self._defer()

    async def _defer_in_time(self) -> None:
        try:
            await self.defer()
        except NotDelivered as error:
            log.warning("defer_failed", interaction_id=self._interaction.id, error=str(error))

    async def _defer(self) -> None:
        if self._interaction.kind == Kind.AUTOCOMPLETE:
            return
        if self._interaction.message_id is not None:
            await self._acknowledge(DEFER_UPDATE, None)
        else:
            await self._acknowledge(DEFER_REPLY, {"flags": EPHEMERAL})
            self._is_thinking = True

    async def _acknowledge(self, kind: int, data: Message | None) -> None:
        await self._callbacks.acknowledge(self._interaction.id, self._interaction.token, kind, data)
        self._acknowledged_with = kind
        self.ack_ms = round((time.monotonic() - self._interaction.arrived_at) * 1000)

    async def _edit(self, message: Message) -> None:
        await self._callbacks.edit_original(
            self._interaction.application_id, self._interaction.token, message
        )
        self._is_thinking = False


def _harmless(message: Message) -> Message:
    """The message, which pings nobody whatever its text holds."""
    return message | {"allowed_mentions": pinging()}
