"""The connection of one shard to Discord's gateway: nextcord connects, beats and resumes.

Events are taken as they come, before nextcord makes objects of them: nothing is cached, a click
costs no more than its JSON, and payloads go to other threads as they are.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import nextcord
import nextcord.client
import nextcord.http
import structlog
from django.conf import settings
from nextcord.gateway import DiscordWebSocket
from nextcord.http import Route

from discordbot.gateway.hold import Hold
from discordbot.gateway.leases import Session

log = structlog.get_logger(__name__)

type Payload = Mapping[str, Any]
type BeginTurn = Callable[[int], Awaitable[None]]

# Discord ends a session closed with 1000 or 1001; with any other code it waits to be resumed.
STAYS_RESUMABLE = 4000
SECONDS_TO_CLOSE = 1.0
READING_SECONDS = 0.005


class Listener(Protocol):
    """Hears of the gateway. All of it is called on the loop and returns at once."""

    def shard_ready(self, client: "Gateway", payload: Payload) -> None: ...

    def shard_resumed(self, client: "Gateway") -> None: ...

    def guild_event(self, event: str, payload: Payload) -> None: ...

    def interaction(self, payload: Payload) -> None: ...


class NotHeld(Exception):
    """The shard's lease is not certain now."""


class NeedsIdentify(Exception):
    """Discord does not know our session any more, and a new one has to wait for its turn."""


class _Socket(DiscordWebSocket):
    """Hears and connects only while the shard is surely ours."""

    _let_others_at = 0.0

    @classmethod
    async def from_client(cls, client: nextcord.Client, **given: Any) -> "_Socket":
        """Raises `NotHeld` or `NeedsIdentify`."""
        assert isinstance(client, Gateway)
        given |= client.taken_up()
        if not client.hold.is_certain():
            raise NotHeld
        if not given.get("resume"):
            client.use_turn()
        socket: _Socket = await super().from_client(client, **given)
        socket.resume_url = client.resume_url
        return socket

    async def received_message(self, msg: str | bytes, /) -> None:
        # A message is not counted as heard any more, so the next owner gets it by resuming.
        if not self._connection.hold.is_certain():  # type: ignore[attr-defined]
            await self.close(STAYS_RESUMABLE)
            raise NotHeld
        await super().received_message(msg)
        # A start brings thousands of events at once, and reading messages that have arrived never
        # waits by itself, so others are let in here. After each message would be too often: in a
        # flood a click would be too old to be answered before it is read.
        if time.monotonic() - self._let_others_at > READING_SECONDS:
            await asyncio.sleep(0)
            self._let_others_at = time.monotonic()


nextcord.client.DiscordWebSocket = _Socket  # type: ignore[misc]


class Gateway(nextcord.Client):
    """One shard's connection, until an error ends it. Make it inside the running loop.

    With a `session` it resumes that; without one it starts a session, once.
    """

    def __init__(
        self,
        listener: Listener,
        events: frozenset[str],
        *,
        shard_id: int,
        shard_count: int,
        hold: Hold,
        session: Session | None,
        begin_turn: BeginTurn,
    ) -> None:
        Route.BASE = f"{settings.DISCORD_BASE_URL}/api/v10"
        # nextcord's own has no comma, which is not the form that Discord asks for.
        nextcord.http._USER_AGENT = settings.DISCORD_USER_AGENT
        super().__init__(
            intents=_intents(),
            shard_id=shard_id,
            shard_count=shard_count,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=nextcord.MemberCacheFlags.none(),
            guild_ready_timeout=0.5,
            allowed_mentions=nextcord.AllowedMentions.none(),
        )
        self.ws: DiscordWebSocket | None = None  # type: ignore[assignment]
        self.hold = hold
        self._connection.hold = hold  # type: ignore[attr-defined]
        self._listener, self._begin_turn = listener, begin_turn
        self._given, self._has_turn = session, session is None
        self.resume_url = session.resume_url if session else None
        self.is_heard = False
        self._take_events(events)

    def _take_events(self, events: frozenset[str]) -> None:
        parsers = self._connection.parsers
        self._parse_ready = parsers["READY"]
        parsers.clear()
        parsers["READY"] = self._take_ready
        parsers["RESUMED"] = self._take_resumed
        parsers["INTERACTION_CREATE"] = self._listener.interaction
        for event in events:
            parsers[event] = self._taking(event)

    # The session

    @property
    def session(self) -> Session | None:
        """The session as it stands, to be resumed; None when one has to be started anew."""
        if self._given:
            return self._given
        if self.ws is None or not self.ws.session_id:
            return None
        return Session(self.ws.session_id, self.ws.sequence or 0, self.resume_url or "")

    def taken_up(self) -> dict[str, Any]:
        """Arguments for the socket to resume the session given at the start; none afterwards."""
        given, self._given = self._given, None
        if given is None:
            return {}
        return {
            "resume": True,
            "session": given.id,
            "sequence": given.sequence,
            "gateway": given.resume_url or None,
        }

    def use_turn(self) -> None:
        """Use the turn that was waited for. Raises `NeedsIdentify` without one."""
        if not self._has_turn:
            raise NeedsIdentify
        self._has_turn = False

    @property
    def is_open(self) -> bool:
        return self.is_heard and self.ws is not None and self.ws.open

    async def hang_up(self) -> None:
        """Close the socket; the session can be resumed."""
        if self.ws is not None and self.ws.open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ws.close(STAYS_RESUMABLE), SECONDS_TO_CLOSE)

    async def leave(self) -> None:
        """Close everything; the session can be resumed."""
        await self.hang_up()
        await self.close()

    # Events

    def _taking(self, event: str) -> Any:
        return lambda payload: self._listener.guild_event(event, payload)

    def _take_ready(self, payload: dict[str, Any]) -> None:
        self.is_heard = True
        self.resume_url = payload.get("resume_gateway_url")
        log.info("shard_ready", shard_id=self.shard_id, guilds=len(payload.get("guilds", ())))
        self._parse_ready({**payload, "guilds": []})
        self._listener.shard_ready(self, payload)

    def _take_resumed(self, _payload: dict[str, Any]) -> None:
        self.is_heard = True
        log.info("shard_resumed", shard_id=self.shard_id)
        self._listener.shard_resumed(self)

    async def on_connect(self) -> None:
        """Does nothing; nextcord would register its own commands here, one by one."""

    async def on_disconnect(self) -> None:
        log.warning("shard_disconnected", shard_id=self.shard_id)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Begin our turn, which was waited for before connecting; nextcord would pause here."""
        await self._begin_turn(shard_id or 0)

    async def on_error(self, event_method: str, *args: Any, **kwargs: Any) -> None:
        """Log the exception, which is being handled."""
        log.exception("gateway_listener_failed", listener=event_method)  # noqa: LOG004


def _intents() -> nextcord.Intents:
    intents = nextcord.Intents.none()
    intents.guilds = True
    intents.members = settings.DISCORD_MEMBERS_INTENT
    return intents
