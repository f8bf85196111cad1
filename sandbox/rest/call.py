"""One REST request on its way: log, faults, token, rate limit, body, handler, answer."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import BodyPartReader, web

from sandbox.errors import ApiError, unauthorized
from sandbox.faults import Fault
from sandbox.gateway.endpoint import BOX
from sandbox.requestlog import Entry
from sandbox.rest.agent import check_agent
from sandbox.world.core import Sandbox
from sandbox.world.messages import Upload
from sandbox.world.permissions import Permission, channel_permissions
from sandbox.world.state import Channel, Grant, Guild, Json

type Answer = Json | list[Json] | None
type Handler = Callable[["Call"], Awaitable[Answer]]
type Auth = Literal["bot", "bearer", "any", "none"]

log = logging.getLogger(__name__)
MAX_BODY = 26 * 1024 * 1024


@dataclass(frozen=True)
class Route:
    """A method and path template, with its demands on the caller."""

    method: str
    path: str
    handler: Handler
    auth: Auth = "bot"
    limit: str = ""
    counts_globally: bool = True
    limited: bool = True

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


ROUTES: list[Route] = []


def route(
    method: str,
    path: str,
    *,
    auth: Auth = "bot",
    limit: str = "",
    counts_globally: bool = True,
    limited: bool = True,
) -> Callable[[Handler], Handler]:
    """Register a handler; `limit` names its rate-limit bucket when the route itself does not."""

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(method, path, handler, auth, limit, counts_globally, limited))
        return handler

    return register


@dataclass
class Call:
    """A request as its handler sees it."""

    box: Sandbox
    request: web.Request
    entry: Entry
    ids: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    content: Any = None
    files: list[Upload] = field(default_factory=list)
    grant: Grant | None = None
    status: int = 200

    @property
    def body(self) -> Json:
        """Read the JSON body as an object; raises 50035 for any other shape."""
        if self.content is None:
            return {}
        if not isinstance(self.content, dict):
            raise ApiError(50035, message="Invalid Form Body")
        return self.content

    @property
    def query(self) -> dict[str, str]:
        return dict(self.request.query)

    def flag(self, name: str) -> bool:
        return self.request.query.get(name, "").lower() in {"true", "1"}

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """Read a number within bounds from the query; raises 50035."""
        try:
            value = int(self.request.query.get(name, default))
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            errors = {
                name: {"_errors": [{"code": "NUMBER_TYPE_MAX", "message": f"{low} to {high}"}]}
            }
            raise ApiError(50035, errors=errors)
        return value

    @property
    def user_id(self) -> int:
        return self.grant.user_id if self.grant else self.box.app_id

    def guild(self) -> Guild:
        """Return the guild of the path; raises 10004, or 50001 if the bot is not in it."""
        guild = self.box.guild(self.ids["guild_id"])
        if self.box.world.member(guild.id, self.box.app_id) is None:
            raise ApiError(50001)
        return guild

    def own_guild(self) -> Guild:
        """Return the guild of the path; raises 10004 if the bot is not in it."""
        guild = self.box.guild(self.ids["guild_id"])
        if self.box.world.member(guild.id, self.box.app_id) is None:
            raise ApiError(10004)
        return guild

    def channel(self, *permissions: Permission) -> Channel:
        """Return the channel of the path; raises 10003, 50001 (not seen) or 50013 (not allowed)."""
        channel = self.box.channel(self.ids["channel_id"])
        self.need(channel, *permissions)
        return channel

    def need(self, channel: Channel, *permissions: Permission) -> None:
        """Require permissions; raises 50001 for a channel the bot does not see, else 50013."""
        bits = channel_permissions(self.box.world, channel, self.box.app_id)
        if not bits & Permission.VIEW_CHANNEL:
            raise ApiError(50001)
        for permission in permissions:
            if not bits & permission:
                raise ApiError(50013)


class Cut(Exception):
    """Ends a request: the connection is cut without an answer."""


async def serve(route: Route, request: web.Request) -> web.StreamResponse:
    """Answer one request of the application."""
    box = request.app[BOX]
    box.log.size = box.knobs.log_size
    entry = box.log.open(request.method, request.path, route.name)
    entry.agent = request.headers.get("User-Agent", "")
    call = Call(box, request, entry)
    started = time.monotonic()
    headers = {"Via": "1.1 sandbox"}
    try:
        response = await _answer(route, call, headers)
    except Cut:
        if request.transport is not None:
            request.transport.abort()
        response = web.Response(status=499)
    entry.status = response.status
    entry.duration_ms = round((time.monotonic() - started) * 1000, 2)
    note_request(box, entry)
    return response


def note_request(box: Sandbox, entry: Entry) -> None:
    """Note a finished request for the page, which asks for the body when somebody looks at it."""
    box.happenings.add(
        "request",
        method=entry.method,
        path=entry.path,
        route=entry.route,
        status=entry.status,
        code=entry.code,
        ms=entry.duration_ms,
        fault=entry.fault,
        limited=entry.limited,
        payload=entry.body,
    )


async def _answer(route: Route, call: Call, headers: dict[str, str]) -> web.Response:
    try:
        check_agent(call.box, call.entry.agent)
        await _read_request(route, call)
        await _strike(route, call, "before", headers)
        _authorize(route, call)
        _limit(route, call, headers)
        answer = await route.handler(call)
        await _strike(route, call, "after", headers)
    except Refusal as refusal:
        return refusal.response
    except ApiError as error:
        call.entry.code = error.code
        if error.code == 30046:
            call.entry.limited = {"limit": "edits of old messages", "retry_after": 3.0}
            headers |= {"Retry-After": "3"}
            return json_response(
                {**error.body(), "retry_after": 3.0, "global": False}, 429, headers
            )
        return json_response(error.body(), error.status, headers)
    except (AttributeError, KeyError, TypeError, ValueError):
        log.exception("Could not read %s %s", call.request.method, call.request.path)
        call.entry.code = 50035
        return json_response(ApiError(50035).body(), 400, headers)
    if answer is None:
        return web.Response(status=204, headers=headers)
    return json_response(answer, call.status, headers)


class Refusal(Exception):
    """A finished answer that ends the request early: a rate limit or an injected fault."""

    def __init__(self, response: web.Response) -> None:
        self.response = response
        super().__init__()


async def _read_request(route: Route, call: Call) -> None:
    for name, value in call.request.match_info.items():
        if name.endswith("_id"):
            call.ids[name] = int(value)
        else:
            call.words[name] = value
    call.entry.channel_id = call.ids.get("channel_id")
    call.entry.guild_id = call.ids.get("guild_id")
    call.entry.message_id = call.ids.get("message_id")
    call.entry.query = call.query
    call.entry.auth = call.request.headers.get("Authorization", "").split(" ")[0] or None
    kind = call.request.content_type
    if kind == "multipart/form-data":
        await _read_multipart(call)
    elif call.request.can_read_body:
        raw = await call.request.read()
        if kind == "application/x-www-form-urlencoded":
            return
        call.content = _decode(raw)
    call.entry.body = copy.deepcopy(call.content)  # handlers may change theirs
    if isinstance(call.content, dict):
        call.entry.nonce = call.content.get("nonce")


def _decode(raw: bytes) -> Any:
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(50109) from None


async def _read_multipart(call: Call) -> None:
    reader = await call.request.multipart()
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            continue
        data = bytes(await part.read(decode=True))
        if part.name == "payload_json":
            call.content = _decode(data)
        elif part.name:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            call.files.append(Upload(part.name, part.filename or "file", kind, data))


def _authorize(route: Route, call: Call) -> None:
    if route.auth == "none":
        return
    kind, _, token = call.request.headers.get("Authorization", "").partition(" ")
    if kind == "Bot" and route.auth in {"bot", "any"}:
        if token == call.box.config.bot_token and not call.box.tokens_revoked:
            return
    elif kind == "Bearer" and route.auth in {"bearer", "any"}:
        for grant in call.box.world.grants:
            if grant.access_token == token and grant.expires > time.time():
                call.grant = grant
                return
    raise unauthorized()


def _limit(route: Route, call: Call, headers: dict[str, str]) -> None:
    if not route.limited:
        return
    token = call.request.headers.get("Authorization", "")
    major = str(
        call.ids.get("channel_id") or call.ids.get("guild_id") or call.words.get("token") or ""
    )
    verdict = call.box.limiter.check(
        route.limit or route.name, major, token, counts_globally=route.counts_globally
    )
    headers |= verdict.headers
    if verdict.retry_after is not None:
        body = too_many(verdict.retry_after, is_global=verdict.is_global)
        headers |= {"Retry-After": str(int(verdict.retry_after) + 1)}
        call.entry.limited = {
            "limit": "global" if verdict.is_global else route.limit or route.name,
            "retry_after": round(verdict.retry_after, 3),
        }
        raise Refusal(json_response(body, 429, headers))


def too_many(retry_after: float, *, is_global: bool) -> Json:
    return {
        "message": "You are being rate limited.",
        "retry_after": round(retry_after, 3),
        "global": is_global,
    }


async def _strike(
    route: Route, call: Call, when: Literal["before", "after"], headers: dict[str, str]
) -> None:
    for fault in call.box.faults.take(route.name, when, call.ids.get("channel_id")):
        call.entry.fault = f"{fault.kind} {when}"
        if fault.kind == "latency":
            await asyncio.sleep(fault.delay)
        elif fault.kind == "reset":
            raise Cut
        else:
            raise Refusal(_broken(fault, headers))


def _broken(fault: Fault, headers: dict[str, str]) -> web.Response:
    if fault.status == 429:
        headers |= {"Retry-After": str(int(fault.retry_after) + 1)}
        if fault.is_global:
            headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
        body = too_many(fault.retry_after, is_global=fault.is_global)
        return json_response(body, 429, headers)
    if fault.code or fault.status < 500:
        body = ApiError(fault.code, status=fault.status, message=None).body()
        return json_response(body, fault.status, headers)
    return web.Response(status=fault.status, text="<html>upstream error</html>", headers=headers)


def json_response(body: Answer, status: int, headers: dict[str, str]) -> web.Response:
    """Answer JSON with Discord's exact Content-Type, which has no charset."""
    headers = {**headers, "Content-Type": "application/json"}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers)


def add_routes(app: web.Application) -> None:
    """Add every registered route below `/api/v10` and, as Discord allows, below `/api`."""
    for one in sorted(ROUTES, key=lambda one: ("{" in one.path, one.path)):
        pattern = re.sub(r"\{(\w+_id)\}", r"{\1:\\d{1,20}}", one.path)
        for base in ("/api/v10", "/api"):
            app.router.add_route(one.method, base + pattern, _bound(one))
    for base in ("/api/v10", "/api"):
        app.router.add_route("*", base + "/{rest:.*}", _not_found)


def _bound(one: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await serve(one, request)

    return handle


async def _not_found(request: web.Request) -> web.Response:
    entry = request.app[BOX].log.open(request.method, request.path, "unknown")
    error = ApiError(0)
    entry.status = error.status
    note_request(request.app[BOX], entry)
    return json_response(error.body(), error.status, {"Via": "1.1 sandbox"})
