"""Checks an application's credentials with Discord.

https://discord.com/developers/docs/resources/application#get-current-application
https://discord.com/developers/docs/topics/oauth2#client-credentials-grant
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gamesched import __version__

SECONDS = 10
ANSWER_MOST = 1024 * 1024  # bytes
# The flags of the Server Members intent, for verified applications and for those in few servers.
MEMBERS_INTENT = 1 << 14 | 1 << 15


class Wrong(Exception):
    """Discord refuses a value. The message says which, and what to do."""


class Unreachable(Exception):
    """Discord's answer, if any, says nothing about the values; try again."""


@dataclass(frozen=True)
class Application:
    """An application as its own bot sees it. `redirects` is None if Discord does not list them."""

    id: str
    name: str
    owner_id: str
    has_members_intent: bool
    interactions_url: str
    needs_code_grant: bool
    redirects: tuple[str, ...] | None


class _NoRedirects(HTTPRedirectHandler):
    """Follows no redirect, which would carry the credentials to another host."""

    def redirect_request(self, *_args: object) -> None:
        return None


_opener = build_opener(_NoRedirects)


def read_application(base_url: str, token: str) -> Application:
    """Return the application of this bot token. Raises `Wrong` and `Unreachable`."""
    status, answer = _ask(base_url, "/api/v10/applications/@me", f"Bot {token}")
    if status == 401:
        raise Wrong(_refused_token(token))
    if status != 200 or not isinstance(answer, dict) or not str(answer.get("id", "")).isdecimal():
        raise Unreachable(_unexpected(base_url, status))
    return _application(answer)


def check_secret(base_url: str, client_id: str, secret: str) -> None:
    """Raise `Wrong` unless the secret is this application's. Raises `Unreachable`."""
    basic = b64encode(f"{client_id}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": "identify"}
    status, answer = _ask(base_url, "/api/oauth2/token", f"Basic {basic}", form)
    # Discord answers 400 to malformed values, whatever the application.
    if status in {400, 401}:
        raise Wrong(
            "Discord does not accept this client secret. It stands under OAuth2; if it cannot be"
            " seen there any more, press Reset Secret and copy the new one."
        )
    if status != 200 or not isinstance(answer, dict) or "access_token" not in answer:
        raise Unreachable(_unexpected(base_url, status))


def _application(answer: dict[str, Any]) -> Application:
    owner = answer.get("owner") or {}
    team = answer.get("team") or {}
    redirects = answer.get("redirect_uris")
    return Application(
        id=str(answer["id"]),
        name=str(answer.get("name", "")),
        owner_id=str(team.get("owner_user_id") or owner.get("id") or ""),
        has_members_intent=bool(int(answer.get("flags") or 0) & MEMBERS_INTENT),
        interactions_url=str(answer.get("interactions_endpoint_url") or ""),
        needs_code_grant=bool(answer.get("bot_require_code_grant")),
        redirects=None if redirects is None else tuple(map(str, redirects)),
    )


def _refused_token(token: str) -> str:
    if token.count(".") != 2:
        return (
            "Discord does not accept this, and it does not look like a bot token, which has three"
            " parts with dots between them. It stands under Bot, not under OAuth2 or General"
            " Information: press Reset Token there and copy all of it."
        )
    return (
        "Discord does not accept this bot token. It was reset since, or not copied whole: under"
        " Bot, press Reset Token and copy the new one."
    )


def _ask(
    base_url: str, path: str, authorization: str, form: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Return status and JSON of an answer below 500; None if it is not JSON.

    Raises `Unreachable` for all other outcomes.
    """
    request = Request(  # noqa: S310 - the operator's own DISCORD_BASE_URL, which is http(s)
        base_url.rstrip("/") + path,
        data=urlencode(form).encode() if form else None,
        headers={
            "Authorization": authorization,
            "User-Agent": f"DiscordBot (http://localhost, {__version__})",
        },
    )
    host = urlsplit(base_url).netloc
    try:
        with _opener.open(request, timeout=SECONDS) as response:
            return response.status, _json(response.read(ANSWER_MOST))
    except HTTPError as error:
        with error:
            return _refusal(host, error)
    except URLError as error:
        raise Unreachable(f"{host} cannot be reached: {_reason(error.reason)}.") from None
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{host} cannot be reached: {_reason(error)}.") from None


def _refusal(host: str, error: HTTPError) -> tuple[int, Any]:
    if error.code == 429:
        seconds = error.headers.get("Retry-After", "a few")
        raise Unreachable(f"{host} asks to wait {seconds} seconds before the next try.")
    if error.code >= 500:
        raise Unreachable(
            f"{host} is in trouble: it answers {error.code}. That says nothing of your values;"
            " https://discordstatus.com tells when Discord has an outage."
        )
    return error.code, _json(error.read(ANSWER_MOST))


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _reason(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return f"no answer within {SECONDS} seconds"
    if isinstance(reason, OSError):
        return reason.strerror or str(reason) or type(reason).__name__
    return str(reason) or type(reason).__name__


def _unexpected(base_url: str, status: int) -> str:
    return (
        f"What answers at {base_url} does not answer as Discord does (status {status}). Does a"
        " proxy stand in between, or does DISCORD_BASE_URL name another server?"
    )
