"""The one HTTP server: REST, gateway, OAuth, CDN, control and the page."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import mimetypes
from pathlib import Path

from aiohttp import WSMsgType, web

import sandbox.control.acts
import sandbox.control.grants
import sandbox.control.people
import sandbox.control.places
import sandbox.control.reads
import sandbox.control.time
import sandbox.control.trouble
import sandbox.rest.channels
import sandbox.rest.commands
import sandbox.rest.events
import sandbox.rest.gateway
import sandbox.rest.guilds
import sandbox.rest.interactions
import sandbox.rest.messages
import sandbox.rest.users  # noqa: F401 - importing registers the routes
from sandbox.control.call import add_control, check_local
from sandbox.gateway.endpoint import BOX, serve_gateway
from sandbox.oauth import add_oauth
from sandbox.rest.call import MAX_BODY, add_routes
from sandbox.world.core import Sandbox
from sandbox.world.state import Json

PAGE = Path(__file__).parent / "page"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data: "
    "http://localhost:* http://127.0.0.1:*; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def build_app(box: Sandbox) -> web.Application:
    """Build the web application with all its routes."""
    app = web.Application(client_max_size=MAX_BODY)
    app[BOX] = box
    app.router.add_get("/gateway", serve_gateway)
    app.router.add_get("/gateway/", serve_gateway)
    add_oauth(app)
    add_routes(app)
    add_control(app)
    app.router.add_get("/control/events", serve_events)
    app.router.add_get("/cdn/attachments/{path:.+}", serve_attachment)
    app.router.add_get("/cdn/{kind}/{path:.+}", serve_picture)
    app.router.add_get("/", serve_page)
    app.router.add_get("/page/{name}", serve_asset)
    app.router.add_get("/channels/{rest:.*}", serve_page)
    return app


async def serve_page(request: web.Request) -> web.Response:
    return _file("index.html")


async def serve_asset(request: web.Request) -> web.Response:
    return _file(request.match_info["name"])


def _file(name: str) -> web.Response:
    path = PAGE / name
    if path.parent != PAGE or not path.is_file():
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    headers = {
        "Content-Security-Policy": CSP,
        "Cache-Control": "no-cache",
        "Content-Type": f"{kind}; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=path.read_bytes(), headers=headers)


async def serve_events(request: web.Request) -> web.WebSocketResponse:
    """Send the page a small note at each change, which says what to read again."""
    check_local(request)
    box = request.app[BOX]
    ws = web.WebSocketResponse(heartbeat=30)
    await ws.prepare(request)
    queue: asyncio.Queue[Json | None] = asyncio.Queue()
    box.hub.watchers.add(queue)
    writer = asyncio.create_task(_write_events(ws, queue))
    try:
        async for frame in ws:
            if frame.type is WSMsgType.ERROR:
                break
    finally:
        box.hub.watchers.discard(queue)
        writer.cancel()
    return ws


async def _write_events(ws: web.WebSocketResponse, queue: asyncio.Queue[Json | None]) -> None:
    while (note := await queue.get()) is not None:
        try:
            await ws.send_json(note)
        except ConnectionError:
            return
    await ws.close(code=1001)


async def serve_attachment(request: web.Request) -> web.Response:
    data = request.app[BOX].world.files.get(request.match_info["path"])
    if data is None:
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(request.match_info["path"])[0] or "application/octet-stream"
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=base64.b64decode(data), content_type=kind, headers=headers)


def _owner(kind: str, steps: list[str]) -> str:
    """Find the owner of a picture: `avatars/{user}/…`, `guilds/{guild}/users/{user}/…`, or the
    number of a default picture, `embed/avatars/{number}.png`."""
    if kind == "guilds" and len(steps) > 2:
        return steps[2]
    return steps[-1] if kind == "embed" else steps[0]


async def serve_picture(request: web.Request) -> web.Response:
    """Draw an avatar or icon: initials on a colour that depends on its owner."""
    box = request.app[BOX]
    steps = request.match_info["path"].split("/")
    owner = _owner(request.match_info["kind"], steps).split(".")[0]
    number = int(owner) if owner.isdigit() else 0
    name = "?"
    if number in box.world.users:
        user = box.world.users[number]
        name = user.global_name or user.username
    elif number in box.world.guilds:
        name = box.world.guilds[number].name
    initials = "".join(word[0] for word in name.split()[:2] if word[0].isalnum()).upper() or "?"
    hue = int(hashlib.md5(owner.encode(), usedforsecurity=False).hexdigest()[:4], 16) % 360
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="hsl({hue} 45% 38%)"/>'
        '<text x="32" y="42" font-family="sans-serif" font-size="26" fill="#fff" '
        f'text-anchor="middle">{initials}</text></svg>'
    )
    return web.Response(body=svg.encode(), content_type="image/svg+xml")
