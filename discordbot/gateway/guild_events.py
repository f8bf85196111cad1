"""Events of guilds, channels, roles and members: how each is read and written down."""

from collections.abc import Callable, Mapping
from typing import Any

from discordbot.interactions.interaction import read_member
from guilds.models import Guild
from guilds.services.guild import (
    ChannelFacts,
    GuildFacts,
    RoleFacts,
    delete_channel,
    forget_role,
    leave_guild,
    mirror_channel,
    mirror_guild,
    mirror_role,
    update_guild,
)
from guilds.services.member import lose_member, see_known_members, see_member

type Payload = Mapping[str, Any]


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
    """Leave the guild, unless it is an outage of Discord's (`unavailable`)."""
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
        is_mentionable=bool(role.get("mentionable")),
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
