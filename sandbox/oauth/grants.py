"""Grants: their codes and tokens are made, found and ended here."""

from __future__ import annotations

import secrets
import time

from sandbox.world.core import Sandbox
from sandbox.world.state import Grant, Json

CODE_LIFETIME = 60.0
SCOPES = frozenset(
    {"identify", "email", "guilds", "guilds.members.read", "bot", "applications.commands"}
)


def issue_code(
    box: Sandbox, user_id: int, scopes: list[str], redirect_uri: str, challenge: str | None
) -> str:
    """Issue a code that can be exchanged once within a minute."""
    grant = Grant(
        user_id=user_id,
        scopes=scopes,
        expires=time.time() + CODE_LIFETIME,
        code=secrets.token_urlsafe(22),
        redirect_uri=redirect_uri,
        code_challenge=challenge,
    )
    _forget_expired(box)
    box.world.grants.append(grant)
    box.changed()
    assert grant.code is not None
    return grant.code


def take_code(box: Sandbox, code: str) -> Grant | None:
    """Return the grant of a live code, and use the code up."""
    for grant in box.world.grants:
        if grant.code is not None and grant.code == code:
            grant.code = None
            box.changed()
            return grant if grant.expires > time.time() else None
    return None


def issue_tokens(box: Sandbox, grant: Grant) -> Json:
    """Issue access and refresh tokens in place of the old ones."""
    lifetime = box.knobs.oauth_token_lifetime
    grant.access_token = secrets.token_urlsafe(22)
    grant.refresh_token = secrets.token_urlsafe(22)
    grant.expires = time.time() + lifetime
    if grant not in box.world.grants:
        box.world.grants.append(grant)
    box.changed()
    return {
        "token_type": "Bearer",
        "access_token": grant.access_token,
        "refresh_token": grant.refresh_token,
        "expires_in": int(lifetime),
        "scope": " ".join(grant.scopes),
    }


def has_granted(box: Sandbox, user_id: int, scopes: list[str]) -> bool:
    """Tell whether this person has already granted all these scopes."""
    return any(
        grant.user_id == user_id and grant.access_token and set(scopes) <= set(grant.scopes)
        for grant in box.world.grants
    )


def _forget_expired(box: Sandbox) -> None:
    """Drop codes that nobody exchanged; grants with a refresh token live on."""
    now = time.time()
    box.world.grants = [
        grant for grant in box.world.grants if grant.refresh_token or grant.expires > now
    ]
