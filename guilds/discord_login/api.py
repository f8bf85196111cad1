"""Calls to Discord's API with a logged-in person's own access token.

They block, with short time-outs; only the web process makes them, never inside a transaction.
Requests with the bot's token go through `discord_api`.
"""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings

TIMEOUT_SECONDS = 5
USER_AGENT = "DiscordBot (https://github.com/gamesched, 1)"  # Discord refuses clients without one


class DiscordError(Exception):
    """Discord refused or failed. `status` is 0 if it could not be reached."""

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
    answer = _call("/api/oauth2/token", form=form)
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise DiscordError(502)
    return answer


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
    answer = _call("/api/v10/users/@me", token=token)
    if not isinstance(answer, dict) or not str(answer.get("id", "")).isdecimal():
        raise DiscordError(502)
    return answer


def list_guilds(token: str) -> list[dict[str, Any]]:
    """Return all of the person's guilds in one page, since nobody can be in more than 200."""
    answer = _call("/api/v10/users/@me/guilds", token=token)
    if not isinstance(answer, list):
        raise DiscordError(502)
    return answer


def get_own_member(token: str, guild_id: int) -> dict[str, Any]:
    """Return the person's member object in the guild.

    Discord allows about 5 calls in 5 minutes per person.
    """
    answer = _call(f"/api/v10/users/@me/guilds/{guild_id}/member", token=token)
    if not isinstance(answer, dict):
        raise DiscordError(502)
    return answer


def _call(path: str, *, token: str = "", form: dict[str, str] | None = None) -> Any:
    request = Request(  # noqa: S310  (the address is the operator's DISCORD_BASE_URL)
        f"{settings.DISCORD_BASE_URL}{path}",
        data=urlencode(form).encode() if form else None,
        headers={"Accept": "application/json", "User-Agent": USER_AGENT},
    )
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            return json.load(response)
    except HTTPError as error:
        with error:
            raise DiscordError(error.code, _error_code(error)) from None
    except (OSError, ValueError):  # no connection, a time-out, or an answer that is not JSON
        raise DiscordError(0) from None


def _error_code(error: HTTPError) -> int:
    try:
        return int(json.load(error)["code"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
