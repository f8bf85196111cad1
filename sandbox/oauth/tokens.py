"""The token endpoint: codes and refresh tokens for access tokens, PKCE, revocation."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

from aiohttp import BasicAuth, web

from sandbox.errors import ApiError
from sandbox.gateway.endpoint import BOX
from sandbox.oauth.grants import SCOPES, issue_tokens, take_code
from sandbox.rest.agent import check_agent
from sandbox.world.core import Sandbox
from sandbox.world.state import Grant, Json

HEADERS = {"Content-Type": "application/json", "Via": "1.1 sandbox", "Cache-Control": "no-store"}


class TokenError(Exception):
    """An OAuth error answer."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        self.body = {"error": error} | ({"error_description": description} if description else {})
        self.status = status
        super().__init__(error)


async def exchange_token(request: web.Request) -> web.Response:
    """Answer `POST /oauth2/token`: authorization_code, refresh_token and client_credentials."""
    return await _answer(request, _exchange)


async def revoke_token(request: web.Request) -> web.Response:
    """Answer `POST /oauth2/token/revoke`: end the whole grant, as Discord does."""
    return await _answer(request, _revoke)


type Fields = dict[str, str]


async def _answer(request: web.Request, act: Callable[[Sandbox, Fields], Json]) -> web.Response:
    box = request.app[BOX]
    entry = box.log.open(request.method, request.path, f"POST {request.path.rsplit('/api', 1)[-1]}")
    entry.agent = request.headers.get("User-Agent", "")
    form = await request.post()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        check_agent(box, entry.agent)
        _check_client(box, request, fields)
        status, body = 200, act(box, fields)
    except TokenError as error:
        status, body = error.status, error.body
    except ApiError as error:
        status, body, entry.code = error.status, error.body(), error.code
    entry.status = status
    return web.Response(body=json.dumps(body).encode(), status=status, headers=HEADERS)


def _exchange(box: Sandbox, fields: Fields) -> Json:
    kind = fields.get("grant_type")
    if kind == "authorization_code":
        grant = take_code(box, fields.get("code", ""))
        if grant is None or grant.redirect_uri != fields.get("redirect_uri"):
            raise TokenError("invalid_grant", 'Invalid "code" in request.')
        _check_verifier(grant, fields.get("code_verifier"))
        return issue_tokens(box, grant)
    if kind == "refresh_token":
        wanted = fields.get("refresh_token")
        for grant in box.world.grants:
            if wanted and grant.refresh_token == wanted:
                return issue_tokens(box, grant)
        raise TokenError("invalid_grant", 'Invalid "refresh_token" in request.')
    if kind == "client_credentials":
        return _own_token(box, fields.get("scope", "").split())
    raise TokenError("unsupported_grant_type")


def _own_token(box: Sandbox, scopes: list[str]) -> Json:
    """Issue a token of the application's owner, here the bot; it cannot be refreshed."""
    if not scopes or not set(scopes) <= SCOPES:
        raise TokenError("invalid_scope", "The requested scope is invalid or unknown.")
    grant = Grant(user_id=box.app_id, scopes=scopes, expires=0)
    answer = issue_tokens(box, grant)
    grant.refresh_token = None
    return {name: value for name, value in answer.items() if name != "refresh_token"}


def _check_verifier(grant: Grant, verifier: str | None) -> None:
    if grant.code_challenge is None:
        return
    digest = hashlib.sha256((verifier or "").encode()).digest()
    expected = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(expected, grant.code_challenge):
        raise TokenError("invalid_grant", 'Invalid "code_verifier" in request.')


def _revoke(box: Sandbox, fields: Fields) -> Json:
    token = fields.get("token", "")
    box.world.grants = [
        grant
        for grant in box.world.grants
        if token not in {grant.access_token, grant.refresh_token}
    ]
    box.changed()
    return {}


def _check_client(box: Sandbox, request: web.Request, fields: Fields) -> None:
    client_id, secret = fields.get("client_id", ""), fields.get("client_secret", "")
    header = request.headers.get("Authorization")
    if header:
        try:
            basic = BasicAuth.decode(header)
        except ValueError:
            raise TokenError("invalid_client", status=401) from None
        client_id, secret = basic.login, basic.password
    right = hmac.compare_digest(secret.encode(), box.config.client_secret.encode())
    if client_id != str(box.app_id) or not right:
        raise TokenError("invalid_client", status=401)
