"""Events of guilds, channels, roles and members: how each is read and written down."""

from collections.abc import Callable, Mapping
from typing import Any

from discord_api.answers import as_bits, as_id, as_text
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
    note_closed_channels,
    update_guild,
)
from guilds.services.member import lose_member, see_known_members, see_member

type Payload = Mapping[str, Any]


def _guild_create(payload: Payload, own_id: int) -> None:
    """Mirror the guild, and of its members the bot.

    Without the presences intent, which we never ask for, Discord lists the bot and those in voice
    channels alone: a list that refreshes nobody by a rule is no source.
    """
    if payload.get("unavailable"):
        return
    guild = mirror_guild(read_guild(payload))
    for member in payload.get("members") or ():
        if as_id(member["user"]["id"]) == own_id:
            see_member(guild=guild, facts=read_member(member))
    note_closed_channels(guild.id)


def _guild_update(payload: Payload, _own_id: int) -> None:
    update_guild(
        guild_id=as_id(payload["id"]),
        name=as_text(payload["name"], 100),
        icon=as_text(payload.get("icon"), 64),
        owner_id=as_id(payload["owner_id"]),
    )


def _guild_delete(payload: Payload, _own_id: int) -> None:
    """Leave the guild, unless it is an outage of Discord's (`unavailable`)."""
    if not payload.get("unavailable"):
        leave_guild(as_id(payload["id"]))


def _channel(payload: Payload, _own_id: int) -> None:
    guild_id = as_id(payload["guild_id"])
    mirror_channel(guild_id, read_channel(payload))
    note_closed_channels(guild_id, as_id(payload["id"]))


def _channel_delete(payload: Payload, _own_id: int) -> None:
    delete_channel(as_id(payload["id"]))


def _role(payload: Payload, _own_id: int) -> None:
    guild_id = as_id(payload["guild_id"])
    mirror_role(guild_id, read_role(payload["role"]))
    note_closed_channels(guild_id)


def _role_delete(payload: Payload, _own_id: int) -> None:
    guild_id = as_id(payload["guild_id"])
    forget_role(guild_id, as_id(payload["role_id"]))
    note_closed_channels(guild_id)


def _member_update(payload: Payload, own_id: int) -> None:
    guild = Guild.objects.filter(id=as_id(payload["guild_id"])).first()
    if guild is None:
        return
    facts = read_member(payload)
    if facts.user.discord_id == own_id:
        see_member(guild=guild, facts=facts)
        note_closed_channels(guild.id)
    else:
        see_known_members(guild=guild, facts=[facts])


def _member_remove(payload: Payload, _own_id: int) -> None:
    lose_member(guild_id=as_id(payload["guild_id"]), discord_id=as_id(payload["user"]["id"]))


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
        id=as_id(payload["id"]),
        name=as_text(payload["name"], 100),
        icon=as_text(payload.get("icon"), 64),
        owner_id=as_id(payload["owner_id"]),
        locale=as_text(payload.get("preferred_locale"), 16),
        roles=tuple(read_role(role) for role in payload.get("roles") or ()),
        channels=tuple(read_channel(channel) for channel in payload.get("channels") or ()),
    )


def read_role(role: Payload) -> RoleFacts:
    return RoleFacts(
        id=as_id(role["id"]),
        name=as_text(role["name"], 100),
        color=int(role.get("color") or 0),
        position=int(role.get("position") or 0),
        permissions=as_bits(role["permissions"]),
        is_bot="bot_id" in (role.get("tags") or {}),
        is_mentionable=bool(role.get("mentionable")),
    )


def read_channel(channel: Payload) -> ChannelFacts:
    parent_id = channel.get("parent_id")
    return ChannelFacts(
        id=as_id(channel["id"]),
        name=as_text(channel.get("name"), 100),
        kind=int(channel["type"]),
        position=int(channel.get("position") or 0),
        parent_id=as_id(parent_id) if parent_id else None,
        overwrites=tuple(
            {key: str(overwrite[key]) for key in ("id", "allow", "deny")}
            | {"type": int(overwrite["type"])}
            for overwrite in channel.get("permission_overwrites") or ()
        ),
    )
