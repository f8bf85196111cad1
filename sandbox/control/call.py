"""Control requests: from this machine only, JSON in and out."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.acting.refusals import Refused
from sandbox.errors import ApiError
from sandbox.gateway.endpoint import BOX
from sandbox.world.core import Sandbox
from sandbox.world.state import Json

type Handler = Callable[["Control"], Awaitable[Any]]

HANDLERS: list[tuple[str, str, Handler]] = []


@dataclass
class Control:
    """One control request."""

    box: Sandbox
    ids: dict[str, int]
    query: dict[str, str]
    body: Json

    def query_id(self, name: str) -> int | None:
        value = self.query.get(name)
        return int(value) if value else None

    def id(self, name: str) -> int:
        """Read an id from the body; raises Refused when it is absent."""
        try:
            return int(self.body[name])
        except (KeyError, TypeError, ValueError):
            raise Refused(f"{name} is missing.") from None


def control(method: str, path: str) -> Callable[[Handler], Handler]:
    """Register a handler below `/control`."""

    def register(handler: Handler) -> Handler:
        HANDLERS.append((method, path, handler))
        return handler

    return register


def add_control(app: web.Application) -> None:
    for method, path, handler in HANDLERS:
        app.router.add_route(method, "/control" + path, _bound(handler))


def _bound(handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        check_local(request)
        try:
            raw = await request.read()
            body = json.loads(raw) if raw else {}
            ids = {name: int(value) for name, value in request.match_info.items()}
            call = Control(request.app[BOX], ids, dict(request.query), body)
            answer = await handler(call)
        except Refused as refused:
            return web.json_response({"error": str(refused)}, status=409)
        except ApiError as error:
            return web.json_response({"error": error.message, **error.body()}, status=error.status)
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response({} if answer is None else answer)

    return handle


def check_local(request: web.Request) -> None:
    """Raises 403 unless the request comes from this machine and from no other site's page."""
    try:
        local = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        local = False
    host = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin")
    same = origin is None or urlsplit(origin).netloc == request.host
    if not local or not same or host not in {"127.0.0.1", "localhost", "::1"}:
        raise web.HTTPForbidden(text="The control interface is for this machine only.")
