"""Control of guilds, roles and channels."""

from __future__ import annotations

from typing import Any

from sandbox.control.call import Control, control
from sandbox.world.guilds import (
    add_bot,
    announce_channel,
    announce_role,
    create_guild,
    delete_guild,
    remove_channel,
    remove_member,
    remove_role,
    set_unavailable,
    update_guild,
)
from sandbox.world.permissions import BOT_DEFAULT, permission_bits
from sandbox.world.present import channel_json, guild_json, role_json
from sandbox.world.snowflakes import shard_of
from sandbox.world.state import TEXT, Channel, Guild, Json, Overwrite, Role


def _new_id(call: Control) -> int:
    """Take the caller's id, or make one; `shard: [0, 2]` asks for one of that shard."""
    if call.body.get("id"):
        return int(call.body["id"])
    fresh = call.box.next_id()
    if call.body.get("shard"):
        shard, count = call.body["shard"]
        while shard_of(fresh, count) != shard or fresh in call.box.world.guilds:
            fresh += 1 << 22
    return fresh


@control("GET", "/guilds")
async def list_guilds(call: Control) -> Any:
    """List all guilds, or those of `user_id`."""
    world = call.box.world
    user_id = call.query_id("user_id")
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": guild.icon,
            "owner_id": str(guild.owner_id),
            "has_bot": world.member(guild.id, call.box.app_id) is not None,
            "unavailable": guild.unavailable,
        }
        for guild in world.guilds.values()
        if user_id is None or world.member(guild.id, user_id)
    ]


@control("POST", "/guilds")
async def make_guild(call: Control) -> Any:
    owner = call.box.user(call.id("owner_id"))
    guild = Guild(
        id=_new_id(call),
        name=call.body["name"],
        owner_id=owner.id,
        icon=call.body.get("icon"),
        locale=call.body.get("locale", "en-US"),
    )
    for position, name in enumerate(call.body.get("channels", ())):
        channel = Channel(call.box.next_id(), TEXT, guild.id, name, position=position)
        call.box.world.channels[channel.id] = channel
    bits = call.body.get("bot_permissions")
    create_guild(
        call.box,
        guild,
        with_bot=call.body.get("with_bot", True),
        bot_bits=BOT_DEFAULT if bits is None else permission_bits(bits),
    )
    return guild_json(call.box.world, guild)


@control("GET", "/guilds/{guild_id}")
async def get_guild(call: Control) -> Any:
    return guild_json(call.box.world, call.box.guild(call.ids["guild_id"]), counts=True)


@control("PATCH", "/guilds/{guild_id}")
async def patch_guild(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    guild.name = call.body.get("name", guild.name)
    guild.icon = call.body.get("icon", guild.icon)
    guild.locale = call.body.get("locale", guild.locale)
    guild.owner_id = int(call.body.get("owner_id", guild.owner_id))
    if "unavailable" in call.body:
        set_unavailable(call.box, guild, unavailable=call.body["unavailable"])
    else:
        update_guild(call.box, guild)
    return guild_json(call.box.world, guild)


@control("DELETE", "/guilds/{guild_id}")
async def drop_guild(call: Control) -> Any:
    delete_guild(call.box, call.box.guild(call.ids["guild_id"]))


@control("POST", "/guilds/{guild_id}/bot")
async def invite_bot(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    bits = call.body.get("permissions")
    add_bot(call.box, guild, BOT_DEFAULT if bits is None else permission_bits(bits))


@control("PATCH", "/guilds/{guild_id}/bot")
async def change_bot_permissions(call: Control) -> Any:
    world = call.box.world
    member = world.members[call.ids["guild_id"]][call.box.app_id]
    role = next(world.roles[one] for one in member.roles if world.roles[one].managed)
    role.permissions = permission_bits(call.body["permissions"])
    announce_role(call.box, "GUILD_ROLE_UPDATE", role)
    return role_json(role)


@control("DELETE", "/guilds/{guild_id}/bot")
async def kick_bot(call: Control) -> Any:
    remove_member(call.box, call.box.guild(call.ids["guild_id"]), call.box.app_id)


@control("POST", "/guilds/{guild_id}/roles")
async def make_role(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    roles = call.box.world.guild_roles(guild.id)
    role = Role(
        id=_new_id(call),
        guild_id=guild.id,
        name=call.body.get("name", "new role"),
        permissions=permission_bits(call.body.get("permissions")),
        color=call.body.get("color", 0),
        position=call.body.get("position", len(roles)),
        hoist=call.body.get("hoist", False),
        mentionable=call.body.get("mentionable", False),
    )
    call.box.world.roles[role.id] = role
    announce_role(call.box, "GUILD_ROLE_CREATE", role)
    return role_json(role)


@control("PATCH", "/roles/{role_id}")
async def patch_role(call: Control) -> Any:
    role = call.box.world.roles[call.ids["role_id"]]
    if "permissions" in call.body:
        role.permissions = permission_bits(call.body["permissions"])
    for field in ("name", "color", "position", "hoist", "mentionable"):
        setattr(role, field, call.body.get(field, getattr(role, field)))
    announce_role(call.box, "GUILD_ROLE_UPDATE", role)
    return role_json(role)


@control("DELETE", "/roles/{role_id}")
async def drop_role(call: Control) -> Any:
    remove_role(call.box, call.box.world.roles[call.ids["role_id"]])


@control("POST", "/guilds/{guild_id}/channels")
async def make_channel(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    body = call.body
    channel = Channel(
        id=_new_id(call),
        type=body.get("type", TEXT),
        guild_id=guild.id,
        name=body.get("name", "new-channel"),
        topic=body.get("topic"),
        position=body.get("position", len(call.box.world.guild_channels(guild.id))),
        parent_id=int(body["parent_id"]) if body.get("parent_id") else None,
        overwrites=_overwrites(body.get("overwrites") or []),
    )
    call.box.world.channels[channel.id] = channel
    announce_channel(call.box, "CHANNEL_CREATE", channel)
    return channel_json(call.box.world, channel)


@control("PATCH", "/channels/{channel_id}")
async def patch_channel(call: Control) -> Any:
    channel = call.box.channel(call.ids["channel_id"])
    if "overwrites" in call.body:
        channel.overwrites = _overwrites(call.body["overwrites"])
    for field in ("name", "topic", "position", "nsfw", "archived", "locked"):
        setattr(channel, field, call.body.get(field, getattr(channel, field)))
    event = "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE"
    announce_channel(call.box, event, channel)
    return channel_json(call.box.world, channel)


@control("DELETE", "/channels/{channel_id}")
async def drop_channel(call: Control) -> Any:
    remove_channel(call.box, call.box.channel(call.ids["channel_id"]))


def _overwrites(rows: list[Json]) -> list[Overwrite]:
    return [
        Overwrite(
            id=int(row["id"]),
            type=int(row.get("type", 0)),
            allow=permission_bits(row.get("allow")),
            deny=permission_bits(row.get("deny")),
        )
        for row in rows
    ]
