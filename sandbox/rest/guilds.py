"""Guilds, their channels, roles and members."""

from __future__ import annotations

from sandbox.errors import ApiError
from sandbox.rest.call import Answer, Call, route
from sandbox.world.present import channel_json, guild_json, member_json, role_json


@route("GET", "/guilds/{guild_id}")
async def get_guild(call: Call) -> Answer:
    """A guild that the bot is not in is as unknown as one that does not exist."""
    return guild_json(call.box.world, call.own_guild(), counts=call.flag("with_counts"))


@route("GET", "/guilds/{guild_id}/channels")
async def list_channels(call: Call) -> Answer:
    world = call.box.world
    return [channel_json(world, channel) for channel in world.guild_channels(call.guild().id)]


@route("GET", "/guilds/{guild_id}/threads/active")
async def list_active_threads(call: Call) -> Answer:
    world = call.box.world
    threads = world.guild_channels(call.guild().id, threads=True)
    return {
        "threads": [channel_json(world, thread) for thread in threads if not thread.archived],
        "members": [],
        "has_more": False,
    }


@route("GET", "/guilds/{guild_id}/roles")
async def list_roles(call: Call) -> Answer:
    return [role_json(role) for role in call.box.world.guild_roles(call.guild().id)]


@route("GET", "/guilds/{guild_id}/members")
async def list_members(call: Call) -> Answer:
    guild = call.guild()
    if not call.box.knobs.privileged_intents:
        raise ApiError(50001)
    limit = call.number("limit", 1, 1, 1000)
    after = int(call.query.get("after", 0))
    rows = sorted(call.box.world.members[guild.id].values(), key=lambda row: row.user_id)
    found = [row for row in rows if row.user_id > after]
    return [member_json(call.box.world, row) for row in found[:limit]]


@route("GET", "/guilds/{guild_id}/members/search")
async def search_members(call: Call) -> Answer:
    guild = call.guild()
    limit = call.number("limit", 1, 1, 1000)
    query = call.query.get("query", "").lower()
    world = call.box.world
    found = []
    for row in world.members[guild.id].values():
        user = world.users[row.user_id]
        names = (user.username, row.nick or "", user.global_name or "")
        if any(name.lower().startswith(query) for name in names if name):
            found.append(row)
    return [member_json(world, row) for row in found[:limit]]


@route("GET", "/guilds/{guild_id}/members/{user_id}", limit="member.get")
async def get_member(call: Call) -> Answer:
    guild = call.guild()
    member = call.box.world.member(guild.id, call.ids["user_id"])
    if member is None:
        raise ApiError(10007 if call.ids["user_id"] in call.box.world.users else 10013)
    return member_json(call.box.world, member)
