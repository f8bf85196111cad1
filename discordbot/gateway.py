"""The connection to Discord's gateway: nextcord connects, beats, resumes and shards.

What the gateway tells is taken as it comes, before nextcord makes objects of it: nothing is
cached, a click costs no more than its JSON, and payloads go to other threads as they are.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import nextcord
import nextcord.shard
import structlog
from django.conf import settings
from nextcord.gateway import DiscordWebSocket
from nextcord.http import Route

log = structlog.get_logger(__name__)

type Payload = Mapping[str, Any]


class Listener(Protocol):
    """What wants to hear of the gateway. All are called on the loop and return at once."""

    def shard_ready(self, client: "Gateway", payload: Payload) -> None: ...

    def guild_event(self, event: str, payload: Payload) -> None: ...

    def interaction(self, payload: Payload) -> None: ...


class _PoliteWebSocket(DiscordWebSocket):
    """Lets others run after each event: a start brings thousands at once, and reading what
    has already arrived never waits by itself."""

    async def received_message(self, msg: str | bytes, /) -> None:
        await super().received_message(msg)
        await asyncio.sleep(0)


nextcord.shard.DiscordWebSocket = _PoliteWebSocket  # type: ignore[misc]


class Gateway(nextcord.AutoShardedClient):
    """Our shards' connections. Make it inside the running loop."""

    def __init__(self, listener: Listener, events: frozenset[str]) -> None:
        Route.BASE = f"{settings.DISCORD_BASE_URL}/api/v10"
        super().__init__(
            intents=_intents(),
            shard_ids=settings.SHARD_IDS or None,
            shard_count=settings.SHARD_COUNT,
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=nextcord.MemberCacheFlags.none(),
            guild_ready_timeout=0.5,
            allowed_mentions=nextcord.AllowedMentions.none(),
        )
        self._listener = listener
        parsers = self._connection.parsers
        self._parse_ready = parsers["READY"]
        kept = {"READY": self._take_ready, "RESUMED": parsers["RESUMED"]}
        parsers.clear()
        parsers.update(kept)
        parsers["INTERACTION_CREATE"] = listener.interaction
        for event in events:
            parsers[event] = self._taking(event)

    def _taking(self, event: str) -> Any:
        return lambda payload: self._listener.guild_event(event, payload)

    def _take_ready(self, payload: dict[str, Any]) -> None:
        log.info(
            "shard_ready", shard_id=payload["__shard_id__"], guilds=len(payload.get("guilds", ()))
        )
        self._parse_ready({**payload, "guilds": []})
        self._listener.shard_ready(self, payload)

    async def on_connect(self) -> None:
        """nextcord would register its own commands here, one by one."""

    async def on_shard_resumed(self, shard_id: int) -> None:
        log.info("shard_resumed", shard_id=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        log.warning("shard_disconnected", shard_id=shard_id)

    async def on_error(self, event_method: str, *args: Any, **kwargs: Any) -> None:
        """Called while the exception is being handled."""
        log.exception("gateway_listener_failed", listener=event_method)  # noqa: LOG004


def _intents() -> nextcord.Intents:
    intents = nextcord.Intents.none()
    intents.guilds = True
    intents.members = settings.DISCORD_MEMBERS_INTENT
    return intents
