"""The shards this process holds: claimed, renewed, and each kept connected.

A process that finds none free stands by and asks twice a second. It takes a shard at once when
another process gives it back, with the session to resume, and a dead one's when its lease runs out.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from discord_api.errors import DiscordError, Unauthorized, Uncertain
from discordbot.gateway.client import Listener
from discordbot.gateway.connection import PAUSE_WHEN_REFUSED, Connection
from discordbot.gateway.hold import Hold
from discordbot.gateway.leases import (
    Session,
    claim_shards,
    find_shard_count,
    release_shards,
    renew_shards,
)
from discordbot.gateway.mirror import Mirror
from discordbot.gateway.owner import new_owner
from discordbot.gateway.start_limits import StartLimits
from discordbot.interactions.database import in_database_apart
from notifications.health import GATEWAY
from telemetry.heartbeats import pulse

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_ROUNDS = 0.5
SECONDS_BETWEEN_PULSES = 10.0
# A shard whose lease ran out is taken only after the database was there for so long without a
# break: an owner that the same outage cut off renews first.
PATIENCE_SECONDS = 8.0
SECONDS_TO_SETTLE, SECONDS_TO_ASK = 1.5, 4.0
PAUSE_WITHOUT_DISCORD = 2.0

_NO_DATABASE = (DatabaseError, InterfaceError, TimeoutError)


class Shards:
    """Make it inside the running loop, `run` it until told to stop, then `hand_over`."""

    def __init__(self, listener: Listener, mirror: Mirror) -> None:
        self.owner = new_owner()
        self._listener, self._mirror = listener, mirror
        self._limits = StartLimits()
        self._hold = Hold()
        self._connections: dict[int, Connection] = {}
        self._count = 0
        self._seen_since: float | None = None
        self._not_before = 0.0
        self._says = ""

    async def run(self, stopping: asyncio.Event) -> None:
        others = [asyncio.create_task(self._pulse()), asyncio.create_task(self._watch())]
        try:
            while not stopping.is_set():
                await self._round()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), SECONDS_BETWEEN_ROUNDS)
        finally:
            for task in others:
                task.cancel()

    async def _watch(self) -> None:
        """Let go of shards that may be another's, however long the database takes to answer."""
        while True:
            if not self._hold.is_certain():
                await asyncio.gather(*(one.drop() for one in self._connections.values()))
            await asyncio.sleep(SECONDS_BETWEEN_ROUNDS)

    async def hand_over(self) -> None:
        """Stop listening and give all shards back, for a waiting process to resume."""
        closed = list(self._connections.values())
        await self._close(list(self._connections))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._mirror.settle(), SECONDS_TO_SETTLE)
        if closed:
            await self._release(closed)

    async def close(self) -> None:
        await self._limits.close()

    # Keeping and taking

    async def _round(self) -> None:
        asked_at = time.monotonic()
        try:
            if self._connections and self._hold.is_due():
                await self._renew(asked_at)
            if self._missing():
                await self._claim(asked_at)
        except _NO_DATABASE as error:
            self._seen_since = None
            self._hold.extend()
            self._say("shards_wait_for_the_database", error=type(error).__name__)

    async def _renew(self, asked_at: float) -> None:
        sessions = {one.shard_id: self._known_session(one) for one in self._connections.values()}
        kept = await _ask(renew_shards, owner=self.owner, count=self._count, sessions=sessions)
        self._hold.renew(asked_at, is_wanted=any(kept.values()))
        if lost := sessions.keys() - kept.keys():
            log.error("shards_lost", shards=sorted(lost))
            await self._close(lost)

    def _known_session(self, connection: Connection) -> Session | None:
        """None while the mirror lags: after a crash its events must be heard again."""
        return connection.session if self._mirror.is_settled else None

    def _missing(self) -> list[int]:
        """The shards that this process would take."""
        if self._room() == 0:
            return []
        wanted: Iterable[int] = settings.SHARD_IDS or range(self._count or 1)
        return [one for one in wanted if one not in self._connections]

    def _room(self) -> int | None:
        """The number of further shards it may hold; None for any number."""
        if settings.SHARD_IDS or settings.SHARDS_PER_PROCESS is None:
            return None
        return max(settings.SHARDS_PER_PROCESS - len(self._connections), 0)

    async def _claim(self, asked_at: float) -> None:
        if not self._connections and not await self._find_count():
            return
        claimed = await _ask(
            claim_shards,
            owner=self.owner,
            count=self._count,
            ids=self._missing(),
            limit=self._room(),
            may_expire=self._has_seen_enough(asked_at),
        )
        if claimed:
            self._take(claimed, asked_at)
        elif not self._connections:
            self._say("shards_all_held", shard_count=self._count)

    def _has_seen_enough(self, now: float) -> bool:
        if self._seen_since is None:
            self._seen_since = now
        return now >= self._seen_since + PATIENCE_SECONDS

    def _take(self, claimed: dict[int, Session | None], asked_at: float) -> None:
        self._says = ""
        log.info("shards_claimed", shards=sorted(claimed), shard_count=self._count)
        if not self._connections:
            self._hold.renew(asked_at, is_wanted=False)
        for shard_id, session in sorted(claimed.items()):
            self._connections[shard_id] = Connection(
                self._listener,
                self._limits,
                self._hold,
                shard_id=shard_id,
                shard_count=self._count,
                session=session,
            )

    async def _find_count(self) -> bool:
        """Find the number of shards: as set, else as others have it, else as Discord advises."""
        if settings.SHARD_COUNT:
            self._count = settings.SHARD_COUNT
            return True
        if time.monotonic() < self._not_before:
            return False
        try:
            in_use = await _ask(find_shard_count)
            self._count = in_use or (await self._limits.ask()).shards
        except Unauthorized as error:
            log.error("discord_refuses_the_bot", error=str(error)[:300])
            self._not_before = time.monotonic() + PAUSE_WHEN_REFUSED
        except (DiscordError, Uncertain) as error:
            self._say("discord_unreachable", error=str(error)[:300])
            self._not_before = time.monotonic() + PAUSE_WITHOUT_DISCORD
        else:
            return True
        return False

    # Giving back

    async def _close(self, shard_ids: Iterable[int]) -> None:
        closing = [self._connections[one] for one in shard_ids]
        await asyncio.gather(*(one.close() for one in closing))
        for one in closing:
            del self._connections[one.shard_id]

    async def _release(self, closed: list[Connection]) -> None:
        sessions = {one.shard_id: self._known_session(one) for one in closed}
        try:
            await _ask(release_shards, owner=self.owner, count=self._count, sessions=sessions)
        except _NO_DATABASE as error:
            log.warning("shards_not_given_back", error=type(error).__name__)
        else:
            log.info("shards_given_back", shards=sorted(sessions))

    # Telling

    async def _pulse(self) -> None:
        """Write down of each shard whether it is connected."""
        while True:
            for one in list(self._connections.values()):
                name = f"{GATEWAY}:{one.shard_id}"
                await asyncio.to_thread(pulse, name, is_open=one.is_open, trouble=one.trouble)
            await asyncio.sleep(SECONDS_BETWEEN_PULSES)

    def _say(self, event: str, **facts: object) -> None:
        """Warn once, until something else is the matter."""
        if event != self._says:
            self._says = event
            log.warning(event, **facts)


async def _ask[**P, R](function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Raises `TimeoutError` for a database that hangs, which is no better than one that is away."""
    async with asyncio.timeout(SECONDS_TO_ASK):
        return await in_database_apart(function, *args, **kwargs)
