"""Control of users and members."""

from __future__ import annotations

from typing import Any

from sandbox.acting.reading import waiting_for_people
from sandbox.acting.refusals import Refused
from sandbox.control.call import Control, control
from sandbox.world.guilds import announce_member, remove_member
from sandbox.world.permissions import guild_permissions
from sandbox.world.present import member_json, user_json
from sandbox.world.state import Json, Member, User


def person_json(user: User) -> Json:
    return user_json(user) | {"locale": user.locale, "dms_open": user.dms_open}


@control("GET", "/users")
async def list_users(call: Control) -> Any:
    """List everybody but bots; `waiting` counts their unread notifications."""
    waiting = waiting_for_people(call.box)
    return [
        person_json(user) | {"waiting": waiting[user.id]}
        for user in call.box.world.users.values()
        if not user.bot
    ]


@control("POST", "/users")
async def make_user(call: Control) -> Any:
    body = call.body
    user = User(
        id=int(body.get("id") or call.box.next_id()),
        username=body["username"],
        global_name=body.get("global_name"),
        avatar=body.get("avatar"),
        locale=body.get("locale", "en-US"),
        dms_open=body.get("dms_open", True),
    )
    call.box.world.users[user.id] = user
    call.box.hub.tell_page("user.update", user_id=str(user.id))
    return person_json(user)


@control("PATCH", "/users/{user_id}")
async def patch_user(call: Control) -> Any:
    user = call.box.user(call.ids["user_id"])
    for field in ("username", "global_name", "avatar", "locale", "dms_open"):
        setattr(user, field, call.body.get(field, getattr(user, field)))
    for rows in call.box.world.members.values():
        if user.id in rows:
            announce_member(call.box, "GUILD_MEMBER_UPDATE", rows[user.id])
    call.box.hub.tell_page("user.update", user_id=str(user.id))
    return person_json(user)


@control("GET", "/guilds/{guild_id}/members")
async def list_members(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    world = call.box.world
    return [
        member_json(world, row) | {"permissions": str(guild_permissions(world, guild, row.user_id))}
        for row in world.members[guild.id].values()
    ]


@control("PUT", "/guilds/{guild_id}/members/{user_id}")
async def add_member(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    user = call.box.user(call.ids["user_id"])
    member = Member(guild_id=guild.id, user_id=user.id)
    _change(member, call.body)
    call.box.world.members[guild.id][user.id] = member
    announce_member(call.box, "GUILD_MEMBER_ADD", member)
    return member_json(call.box.world, member)


@control("PATCH", "/guilds/{guild_id}/members/{user_id}")
async def patch_member(call: Control) -> Any:
    member = call.box.world.member(call.ids["guild_id"], call.ids["user_id"])
    if member is None:
        raise Refused("Not a member.")
    _change(member, call.body)
    announce_member(call.box, "GUILD_MEMBER_UPDATE", member)
    return member_json(call.box.world, member)


@control("DELETE", "/guilds/{guild_id}/members/{user_id}")
async def drop_member(call: Control) -> Any:
    guild = call.box.guild(call.ids["guild_id"])
    remove_member(call.box, guild, call.ids["user_id"])


def _change(member: Member, body: Json) -> None:
    member.nick = body.get("nick", member.nick)
    member.avatar = body.get("avatar", member.avatar)
    if "roles" in body:
        member.roles = [int(role) for role in body["roles"]]
