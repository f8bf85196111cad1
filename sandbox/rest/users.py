"""Users, direct messages and the application itself."""

from __future__ import annotations

from sandbox.errors import ApiError, unauthorized
from sandbox.rest.call import Answer, Call, route
from sandbox.validation.fields import Form
from sandbox.world.guilds import remove_member
from sandbox.world.messages import open_dm
from sandbox.world.present import (
    channel_json,
    member_json,
    own_user_json,
    partial_guild_json,
    timestamp,
    user_json,
)
from sandbox.world.state import Json


def application_json(call: Call) -> Json:
    box = call.box
    flags = (1 << 15) if box.knobs.privileged_intents else 0
    return {
        "id": str(box.app_id),
        "type": None,
        "name": box.bot.username,
        "description": "",
        "icon": box.bot.avatar,
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "owner": user_json(box.bot),
        "team": None,
        "rpc_origins": [],
        "hook": True,
        "redirect_uris": list(box.redirect_uris),
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": len({g.user_id for g in box.world.grants}),
        "approximate_guild_count": len(
            [guild for guild in box.world.guilds if box.world.member(guild, box.app_id)]
        ),
        "integration_types_config": {"0": {}},
        "bot": user_json(box.bot),
    }


@route("GET", "/applications/@me")
async def get_application(call: Call) -> Answer:
    return application_json(call)


@route("GET", "/oauth2/applications/@me")
async def get_oauth_application(call: Call) -> Answer:
    return application_json(call)


@route("GET", "/oauth2/@me", auth="bearer")
async def get_authorization(call: Call) -> Answer:
    grant = call.grant
    assert grant is not None
    body: Json = {
        "application": application_json(call),
        "scopes": grant.scopes,
        "expires": timestamp(grant.expires),
    }
    if "identify" in grant.scopes:
        body["user"] = user_json(call.box.user(grant.user_id))
    return body


@route("GET", "/users/@me", auth="any")
async def get_me(call: Call) -> Answer:
    if call.grant is None:
        return own_user_json(call.box.bot)
    need_scope(call, "identify")
    user = call.box.user(call.grant.user_id)
    return own_user_json(user, email="email" in call.grant.scopes)


@route("GET", "/users/@me/guilds", auth="any")
async def list_my_guilds(call: Call) -> Answer:
    need_scope(call, "guilds")
    world = call.box.world
    limit = call.number("limit", 200, 1, 200)
    after = int(call.query.get("after", 0))
    guilds = sorted(world.guilds.values(), key=lambda guild: guild.id)
    return [
        partial_guild_json(world, guild, call.user_id, counts=call.flag("with_counts"))
        for guild in guilds
        if guild.id > after and world.member(guild.id, call.user_id)
    ][:limit]


@route("GET", "/users/@me/guilds/{guild_id}/member", auth="bearer", limit="oauth.member")
async def get_my_member(call: Call) -> Answer:
    need_scope(call, "guilds.members.read")
    member = call.box.world.member(call.ids["guild_id"], call.user_id)
    if member is None:
        raise ApiError(10004)
    return member_json(call.box.world, member)


@route("DELETE", "/users/@me/guilds/{guild_id}")
async def leave_guild(call: Call) -> Answer:
    remove_member(call.box, call.own_guild(), call.box.app_id)
    return None


@route("POST", "/users/@me/channels", limit="dm.open")
async def open_dm_channel(call: Call) -> Answer:
    form = Form()
    user_id = form.id(call.body, "recipient_id", required=True)
    form.finish()
    user = call.box.world.users.get(user_id or 0)
    if user is None or user.id == call.box.app_id:
        raise ApiError(50033)
    if user.bot:
        raise ApiError(50007)
    return channel_json(call.box.world, open_dm(call.box, call.box.app_id, user.id))


@route("GET", "/users/{user_id}")
async def get_user(call: Call) -> Answer:
    return user_json(call.box.user(call.ids["user_id"]))


def need_scope(call: Call, scope: str) -> None:
    """Require a scope; raises 401 if a bearer's grant lacks it. The bot needs none."""
    if call.grant is not None and scope not in call.grant.scopes:
        raise unauthorized()
