"""Control of OAuth: tokens of a person without going through the browser."""

from __future__ import annotations

from typing import Any

from sandbox.control.call import Control, control
from sandbox.oauth.grants import issue_tokens
from sandbox.world.state import Grant


@control("POST", "/oauth/token")
async def make_token(call: Control) -> Any:
    """Make a fresh grant of `user_id` for `scopes`."""
    user = call.box.user(call.id("user_id"))
    scopes = str(call.body.get("scopes", "identify guilds guilds.members.read")).split()
    return issue_tokens(call.box, Grant(user_id=user.id, scopes=scopes, expires=0))


@control("POST", "/oauth/expire")
async def expire_tokens(call: Control) -> Any:
    """Make every access token of `user_id` stale; refresh tokens still work."""
    for grant in call.box.world.grants:
        if grant.user_id == call.id("user_id"):
            grant.expires = 0


@control("POST", "/oauth/revoke")
async def revoke_tokens(call: Control) -> Any:
    """End every grant of `user_id`, as when a person removes the application."""
    user_id = call.id("user_id")
    call.box.world.grants = [g for g in call.box.world.grants if g.user_id != user_id]
    call.box.changed()


@control("POST", "/oauth/redirects")
async def register_redirects(call: Control) -> Any:
    """Register `redirect_uris` besides those registered, as on the portal's OAuth2 page."""
    known = call.box.redirect_uris
    known += [str(one) for one in call.body["redirect_uris"] if one not in known]
    return known
