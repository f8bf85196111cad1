"""Calls to Discord's API with a logged-in person's own access token.

They block, for `SECONDS` at most; only the web process makes them, never inside a transaction.
Requests with the bot's token go through `discord_api`. Whatever Discord answers, a call returns
facts that can be stored, or raises `DiscordError`.
"""

import re
from collections.abc import Mapping
from typing import Any

import aiohttp
from django.conf import settings

from discord_api import loop
from discord_api.answers import (
    Unreadable,
    as_bits,
    as_code,
    as_id,
    as_text,
    read_json,
    read_json_or_nothing,
)

SECONDS = 5.0
# Two hundred guilds with everything that Discord tells of them come to about 200 kB.
MOST_BYTES = 2 * 1024 * 1024
_TOKEN = re.compile(r"[!-~]{1,1000}")


class DiscordError(Exception):
    """Discord refused or failed. `status` is 0 if it could not be reached, 502 if it answered
    something that cannot be read."""

    def __init__(self, status: int, code: int = 0) -> None:
        super().__init__(f"Discord answered {status}, code {code}")
        self.status = status
        self.code = code

    @property
    def is_revoked(self) -> bool:
        """True if the person revoked our access, or the token expired."""
        return self.status == 401

    @property
    def is_gone(self) -> bool:
        """True if the guild (10004) or member (10007) does not exist, or no longer does."""
        return self.status == 404


def exchange_code(*, code: str, redirect_uri: str, code_verifier: str | None) -> dict[str, Any]:
    """Exchange the code with which Discord sent the browser back for an access token."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": settings.DISCORD_CLIENT_ID,
        "client_secret": settings.DISCORD_CLIENT_SECRET,
    }
    if code_verifier:
        form["code_verifier"] = code_verifier
    answer = _object(_call("/api/oauth2/token", form=form))
    kept = {key: answer[key] for key in ("access_token", "refresh_token") if answer.get(key)}
    if "access_token" not in kept or not all(map(_is_token, kept.values())):
        raise DiscordError(502)
    return kept


def revoke_token(token: str) -> None:
    """Have Discord forget the token. Raises `DiscordError`.

    Discord ends the person's whole grant with it, hence the tokens of their other sessions too.
    https://discord.com/developers/docs/topics/oauth2#authorization-code-grant-token-revocation-example
    """
    form = {
        "token": token,
        "token_type_hint": "access_token",
        "client_id": settings.DISCORD_CLIENT_ID,
        "client_secret": settings.DISCORD_CLIENT_SECRET,
    }
    _call("/api/oauth2/token/revoke", form=form)


def get_profile(token: str) -> dict[str, Any]:
    return profile_of(_call("/api/v10/users/@me", token=token))


def list_guilds(token: str) -> dict[int, int]:
    """Return all of the person's guilds, each with its permission bits, in one page.

    Nobody can be in more than 200. One that cannot be read makes the whole list unreadable:
    whoever is not on it counts as gone.
    """
    answer = _call("/api/v10/users/@me/guilds", token=token)
    if not isinstance(answer, list):
        raise DiscordError(502)
    try:
        return {as_id(guild["id"]): as_bits(guild.get("permissions")) for guild in answer}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise DiscordError(502) from None


def get_own_member(token: str, guild_id: int) -> dict[str, Any]:
    """Return the person in the guild: `user` as in a profile, `nick`, `avatar`, `roles` as ids,
    and the rest as it came.

    Discord allows about 5 calls in 5 minutes per person.
    """
    answer = _object(_call(f"/api/v10/users/@me/guilds/{guild_id}/member", token=token))
    try:
        return {
            **answer,
            "user": profile_of(answer.get("user")),
            "nick": as_text(answer.get("nick")),
            "avatar": as_text(answer.get("avatar")),
            "roles": [as_id(role_id) for role_id in answer.get("roles") or ()],
        }
    except (TypeError, ValueError):
        raise DiscordError(502) from None


def profile_of(answer: Any) -> dict[str, Any]:
    """Return what is kept of a user object, each a text that can be stored."""
    user = _object(answer)
    try:
        texts = {key: as_text(user.get(key)) for key in ("username", "global_name", "avatar")}
        return {"id": str(as_id(user.get("id"))), "locale": as_text(user.get("locale")), **texts}
    except ValueError:
        raise DiscordError(502) from None


def _object(answer: Any) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise DiscordError(502)
    return answer


def _is_token(value: object) -> bool:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _call(path: str, *, token: str = "", form: dict[str, str] | None = None) -> Any:
    headers = {"Accept": "application/json", "User-Agent": settings.DISCORD_USER_AGENT}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        return loop.call(
            _ask(f"{settings.DISCORD_BASE_URL}{path}", headers, form), timeout=SECONDS + 1
        )
    except Unreadable:
        raise DiscordError(502) from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        raise DiscordError(0) from None


async def _ask(url: str, headers: dict[str, str], form: dict[str, str] | None) -> Any:
    """Ask once. A redirect is no answer: the token is for Discord alone."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with (
        aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
        session.request(
            "POST" if form else "GET", url, data=form, allow_redirects=False
        ) as response,
    ):
        if response.status == 200:
            return await read_json(response, most=MOST_BYTES)
        refusal = await read_json_or_nothing(response, most=MOST_BYTES)
    raise DiscordError(response.status, as_code(refusal))
