"""Keeps guilds, channels, roles and the bot's own member as the gateway tells of them.

Events of one guild are applied in their order, different guilds at the same time; while the
database is away they wait. Payloads are read in the database's threads, off the loop.
"""

import asyncio
import json
import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError

from discordbot.interactions.database import DATABASE_ERRORS, in_database
from discordbot.interactions.interaction import read_member
from guilds.models import Guild
from guilds.services.guild import (
    ChannelFacts,
    GuildFacts,
    RoleFacts,
    delete_channel,
    forget_role,
    leave_guild,
    leave_guilds_except,
    mirror_channel,
    mirror_guild,
    mirror_role,
    update_guild,
)
from guilds.services.member import lose_member, see_known_members, see_member

log = structlog.get_logger(__name__)

type Payload = Mapping[str, Any]
type Step = Callable[[], object]

# Clicks must not wait behind a start with many guilds: with two lanes the slowest answer during
# one took 30 ms, with three 200 ms.
LANES = 2
LONGEST_PAUSE = 5.0


class Mirror:
    """Takes gateway events on the loop and applies them one after another, guild by guild."""

    def __init__(self) -> None:
        self._lanes: list[asyncio.Queue[Step]] = [asyncio.Queue() for _ in range(LANES)]
        self._workers: list[asyncio.Task[None]] = []
        self._waiting = 0

    @property
    def is_settled(self) -> bool:
        """Whether all that was taken is applied."""
        return self._waiting == 0

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        """End after the steps being taken. What waits comes again with the next start."""
        for lane in self._lanes:
            while not lane.empty():
                lane.get_nowait()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def ready(self, guild_ids: list[int], *, shard_id: int, shard_count: int) -> None:
        """A shard identified and is on these guilds; each comes with its GUILD_CREATE."""
        self._put(
            self._lanes[0],
            partial(leave_guilds_except, guild_ids, shard_id=shard_id, shard_count=shard_count),
        )

    def take(self, event: str, payload: Payload, own_id: int) -> None:
        """Note an event of a guild. `own_id` is the bot's user id."""
        if event.startswith("CHANNEL_") and not payload.get("guild_id"):
            return  # a direct message was opened
        apply = EVENTS[event]
        guild_id = int(payload.get("guild_id") or payload["id"])
        lane = self._lanes[(guild_id >> 22) % LANES]
        if event == "GUILD_CREATE":
            self._put(lane, partial(_unpack_and_apply, apply, _pack(payload), own_id))
        else:
            self._put(lane, partial(apply, payload, own_id))

    async def settle(self) -> None:
        """Wait until all that was taken is applied."""
        for lane in self._lanes:
            await lane.join()

    def _put(self, lane: asyncio.Queue[Step], step: Step) -> None:
        self._waiting += 1
        lane.put_nowait(step)

    async def _work(self, lane: asyncio.Queue[Step]) -> None:
        while True:
            apply = await lane.get()
            await _apply(apply)
            self._waiting -= 1
            lane.task_done()


def _pack(payload: Payload) -> bytes:
    """A start brings all guilds at once: as they come they take ten times the memory."""
    return zlib.compress(json.dumps(payload).encode(), 1)


def _unpack_and_apply(apply: Callable[[Payload, int], None], packed: bytes, own_id: int) -> None:
    apply(json.loads(zlib.decompress(packed)), own_id)


async def _apply(apply: Step) -> None:
    pause = 0.2
    while not await _finished(apply):
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _finished(apply: Step) -> bool:
    """Whether the step is done with; false while the database cannot be reached."""
    running = asyncio.ensure_future(in_database(apply))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})  # a thread cannot be cancelled
        raise
    except DATABASE_ERRORS as error:
        log.warning("mirror_waits", error=str(error)[:200])
        return False
    except (DatabaseError, KeyError, TypeError, ValueError):
        log.exception("mirror_event_dropped")
    return True


def _guild_create(payload: Payload, own_id: int) -> None:
    if payload.get("unavailable"):
        return
    guild = mirror_guild(read_guild(payload))
    members = [read_member(member) for member in payload.get("members") or ()]
    see_known_members(guild=guild, facts=[m for m in members if m.user.discord_id != own_id])
    for member in members:
        if member.user.discord_id == own_id:
            see_member(guild=guild, facts=member)


def _guild_update(payload: Payload, _own_id: int) -> None:
    update_guild(
        guild_id=int(payload["id"]),
        name=str(payload["name"]),
        icon=str(payload.get("icon") or ""),
        owner_id=int(payload["owner_id"]),
    )


def _guild_delete(payload: Payload, _own_id: int) -> None:
    """`unavailable` is an outage of Discord's: the bot is still on the guild."""
    if not payload.get("unavailable"):
        leave_guild(int(payload["id"]))


def _channel(payload: Payload, _own_id: int) -> None:
    mirror_channel(int(payload["guild_id"]), read_channel(payload))


def _channel_delete(payload: Payload, _own_id: int) -> None:
    delete_channel(int(payload["id"]))


def _role(payload: Payload, _own_id: int) -> None:
    mirror_role(int(payload["guild_id"]), read_role(payload["role"]))


def _role_delete(payload: Payload, _own_id: int) -> None:
    forget_role(int(payload["guild_id"]), int(payload["role_id"]))


def _member_update(payload: Payload, own_id: int) -> None:
    guild = Guild.objects.filter(id=int(payload["guild_id"])).first()
    if guild is None:
        return
    facts = read_member(payload)
    if facts.user.discord_id == own_id:
        see_member(guild=guild, facts=facts)
    else:
        see_known_members(guild=guild, facts=[facts])


def _member_remove(payload: Payload, _own_id: int) -> None:
    lose_member(guild_id=int(payload["guild_id"]), discord_id=int(payload["user"]["id"]))


EVENTS: dict[str, Callable[[Payload, int], None]] = {
    "GUILD_CREATE": _guild_create,
    "GUILD_UPDATE": _guild_update,
    "GUILD_DELETE": _guild_delete,
    "CHANNEL_CREATE": _channel,
    "CHANNEL_UPDATE": _channel,
    "CHANNEL_DELETE": _channel_delete,
    "GUILD_ROLE_CREATE": _role,
    "GUILD_ROLE_UPDATE": _role,
    "GUILD_ROLE_DELETE": _role_delete,
    "GUILD_MEMBER_ADD": _member_update,
    "GUILD_MEMBER_UPDATE": _member_update,
    "GUILD_MEMBER_REMOVE": _member_remove,
}


def read_guild(payload: Payload) -> GuildFacts:
    return GuildFacts(
        id=int(payload["id"]),
        name=str(payload["name"]),
        icon=str(payload.get("icon") or ""),
        owner_id=int(payload["owner_id"]),
        locale=str(payload.get("preferred_locale") or ""),
        roles=tuple(read_role(role) for role in payload.get("roles") or ()),
        channels=tuple(read_channel(channel) for channel in payload.get("channels") or ()),
    )


def read_role(role: Payload) -> RoleFacts:
    return RoleFacts(
        id=int(role["id"]),
        name=str(role["name"]),
        color=int(role.get("color") or 0),
        position=int(role.get("position") or 0),
        permissions=int(role["permissions"]),
    )


def read_channel(channel: Payload) -> ChannelFacts:
    parent_id = channel.get("parent_id")
    return ChannelFacts(
        id=int(channel["id"]),
        name=str(channel.get("name") or ""),
        kind=int(channel["type"]),
        position=int(channel.get("position") or 0),
        parent_id=int(parent_id) if parent_id else None,
        overwrites=tuple(
            {key: str(overwrite[key]) for key in ("id", "allow", "deny")}
            | {"type": int(overwrite["type"])}
            for overwrite in channel.get("permission_overwrites") or ()
        ),
    )
