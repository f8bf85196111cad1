"""What a logged-in person lets us ask Discord, over their own access token.

Blocking calls with short time-outs, made from the web process alone and never inside a
transaction. Bots ask through `discord_api`.
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
    """Discord did not give what was asked for. `status` is 0 when it was not reached at all."""

    def __init__(self, status: int, code: int = 0) -> None:
        super().__init__(f"Discord answered {status}, code {code}")
        self.status = status
        self.code = code

    @property
    def is_revoked(self) -> bool:
        """The person took our access back, or the token ran out."""
        return self.status == 401

    @property
    def is_gone(self) -> bool:
        """There is no such guild or member (10004, 10007), or not any more."""
        return self.status == 404


def exchange_code(*, code: str, redirect_uri: str, code_verifier: str | None) -> dict[str, Any]:
    """An access token for the code that Discord sent the browser back with."""
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


def get_profile(token: str) -> dict[str, Any]:
    answer = _call("/api/v10/users/@me", token=token)
    if not isinstance(answer, dict) or not str(answer.get("id", "")).isdecimal():
        raise DiscordError(502)
    return answer


def list_guilds(token: str) -> list[dict[str, Any]]:
    """The person's guilds, all of them: nobody can be on more than 200."""
    answer = _call("/api/v10/users/@me/guilds", token=token)
    if not isinstance(answer, list):
        raise DiscordError(502)
    return answer


def get_own_member(token: str, guild_id: int) -> dict[str, Any]:
    """The person as a member of the guild. Limited to about 5 calls in 5 minutes a person."""
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
    except (OSError, ValueError):  # no connection, time-out, an answer that is no JSON
        raise DiscordError(0) from None


def _error_code(error: HTTPError) -> int:
    try:
        return int(json.load(error)["code"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0
