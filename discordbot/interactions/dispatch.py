"""Dispatch of interactions: each is parsed, answered once and logged in one line."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from discordbot.interactions.callbacks import Callbacks, NotDelivered
from discordbot.interactions.commands import Run
from discordbot.interactions.interaction import Interaction, read_interaction
from discordbot.interactions.responder import Responder, TooLateForModal
from guilds.errors import Refused
from guilds.languages import in_language
from guilds.selectors import GuildUnknown
from notifications.messages import replies
from notifications.metrics import ACK, INTERACTIONS
from postgres.outage import OUTAGES
from telemetry.counters import count, observe

log = structlog.get_logger(__name__)

# Beyond the first number an answer has no time for more than it must say: whoever waits behind it
# would pay for that. Beyond the second a click is acknowledged before it waits its turn, since
# Discord gives up on it after 3 s. Beyond the third it is refused: people would press again before
# it is done.
MOST_WITH_TIME, MOST_IN_TIME, MOST_AT_ONCE = 3, 64, 500
# Seconds after which a server that the gateway has not described is called unknown.
KNOWN_WITHIN = 20.0


class Dispatcher:
    """Starts a task for each interaction and can wait for those that run.

    `find` is `Routes.find`: it returns the function that answers an interaction, or None.
    """

    def __init__(self, callbacks: Callbacks, find: Callable[[Interaction], Run | None]) -> None:
        self._callbacks, self._find = callbacks, find
        self._running: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()

    def take(self, payload: Mapping[str, Any]) -> None:
        """Take an INTERACTION_CREATE, on the loop. Returns at once."""
        try:
            interaction = read_interaction(payload)
        except (KeyError, TypeError, ValueError) as error:
            log.warning("interaction_malformed", id=str(payload.get("id")), error=repr(error))
            return
        task = asyncio.create_task(self._respond(interaction, ahead=len(self._running)))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self, seconds: float) -> None:
        """Wait until those that run are answered, for so many seconds at most."""
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)

    async def _respond(self, interaction: Interaction, *, ahead: int) -> None:
        """`ahead` is how many were under way when it arrived."""
        responder = Responder(interaction, self._callbacks, has_time=ahead < MOST_WITH_TIME)
        with (
            in_language(interaction.locale),
            structlog.contextvars.bound_contextvars(interaction_id=interaction.id),
        ):
            try:
                outcome = await self._handle(interaction, responder, ahead)
            except NotDelivered as error:
                outcome = f"undelivered: {error}"
            if responder.afterwards is not None:
                self._follow(responder.afterwards)
            observe(ACK, (responder.ack_ms or 0) / 1000)
            count(INTERACTIONS, outcome=outcome.partition(":")[0])
            log.info(
                "interaction",
                kind=interaction.kind.name.lower(),
                name=interaction.name[:100],
                guild_id=interaction.guild_id,
                user_id=interaction.user.discord_id,
                ack_ms=responder.ack_ms,
                total_ms=round((time.monotonic() - interaction.arrived_at) * 1000),
                outcome=outcome,
            )

    def _follow(self, work: Callable[[], Awaitable[None]]) -> None:
        """Start what follows an answer. It does not count as an interaction under way."""

        async def run() -> None:
            try:
                await work()
            except Exception:
                log.exception("follow_up_failed")

        task = asyncio.create_task(run())
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _handle(self, interaction: Interaction, responder: Responder, ahead: int) -> str:
        run = self._find(interaction)
        if run is None:
            await responder.reply(replies.outdated())
            return "outdated"
        if ahead >= MOST_AT_ONCE:
            await responder.reply(replies.busy())
            return "busy"
        if ahead >= MOST_IN_TIME:
            await responder.defer()
        async with responder.watched():
            return await _run(run, interaction, responder)


async def _run(run: Run, interaction: Interaction, responder: Responder) -> str:
    """Returns the outcome for the log."""
    try:
        await _run_once_known(run, interaction, responder)
    except Refused as refusal:
        await responder.reply(replies.refusal(refusal))
        return f"refused: {refusal.field}".rstrip(": ")
    except TooLateForModal:
        await responder.reply(replies.press_again())
        return "too late for a form"
    except OUTAGES as error:
        log.error("database_unreachable", error=_first_line(error))
        await responder.reply(replies.database_down())
        return "database unreachable"
    except NotDelivered:
        raise
    except Exception:
        log.exception("interaction_failed", name=interaction.name[:100])
        await responder.reply(replies.unexpected())
        return "failed"
    return "done"


async def _run_once_known(run: Run, interaction: Interaction, responder: Responder) -> None:
    """Run it; where the gateway is about to describe the server, run it once that is stored."""
    deadline = time.monotonic() + KNOWN_WITHIN
    while True:
        try:
            return await run(interaction, responder)
        except GuildUnknown:
            if time.monotonic() >= deadline:
                raise
        await asyncio.sleep(0.25)


def _first_line(error: Exception) -> str:
    """The error without the statement and its values."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
