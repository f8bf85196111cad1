"""Mentions: a message's text names people, and `allowed_mentions` decides who is pinged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.world.permissions import Permission, can
from sandbox.world.state import Channel, Json, World

_USER = re.compile(r"<@!?(\d{1,20})>")
_ROLE = re.compile(r"<@&(\d{1,20})>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


@dataclass
class Mentions:
    """The mentions of a message; `pings` are the users who are notified."""

    users: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    everyone: bool = False
    pings: list[int] = field(default_factory=list)


def find_mentions(
    world: World, channel: Channel, author_id: int, content: str, allowed: Json | None
) -> Mentions:
    """Find the mentions in a text; without `allowed_mentions` all count. Embeds never count."""
    users = [int(found) for found in _USER.findall(content)]
    roles = [int(found) for found in _ROLE.findall(content)]
    result = Mentions(
        users=_unique(
            user for user in users if user in world.users and _allows(allowed, "users", user)
        ),
        roles=_unique(
            role
            for role in roles
            if role in world.roles
            and world.roles[role].guild_id == channel.guild_id
            and _allows(allowed, "roles", role)
        ),
    )
    may_ping_all = channel.guild_id is not None and can(
        world, channel, author_id, Permission.MENTION_EVERYONE
    )
    parse = None if allowed is None else allowed.get("parse") or []
    named = bool(_EVERYONE.search(content)) and (parse is None or "everyone" in parse)
    result.everyone = named and may_ping_all
    result.pings = _pinged(world, channel, author_id, result, may_ping_all=may_ping_all)
    return result


def _allows(allowed: Json | None, kind: str, snowflake: int) -> bool:
    if allowed is None or kind in (allowed.get("parse") or []):
        return True
    return str(snowflake) in {str(one) for one in allowed.get(kind) or []}


def _pinged(
    world: World, channel: Channel, author_id: int, found: Mentions, *, may_ping_all: bool
) -> list[int]:
    if channel.guild_id is None:
        return [user for user in channel.recipients if user != author_id]
    members = world.members.get(channel.guild_id, {})
    pinged = {user for user in found.users if user in members}
    for role_id in found.roles:
        if may_ping_all or world.roles[role_id].mentionable:
            pinged |= {user for user, row in members.items() if role_id in row.roles}
    if found.everyone:
        pinged |= set(members)
    return sorted(
        user
        for user in pinged
        if user != author_id and can(world, channel, user, Permission.VIEW_CHANNEL)
    )


def _unique(found: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(found))
