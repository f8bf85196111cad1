"""A bare gateway client: one session, its events, and answers to interactions."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sandbox.client import Sandbox
from tests.sandbox.rest import TOKEN, Answer, Rest

GUILDS, MEMBERS, PRESENCES, MESSAGES, DMS, CONTENT, EVENTS = (
    1,
    2,
    1 << 8,
    1 << 9,
    1 << 12,
    1 << 15,
    1 << 16,
)


class Gateway:
    """One socket. `events` holds all events received so far."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.inflate = zlib.decompressobj()
        self.sequence = 0
        self.session_id = ""
        self.events: list[tuple[str, Any]] = []

    async def send(self, op: int, data: Any) -> None:
        await self.ws.send_str(json.dumps({"op": op, "d": data}))

    async def receive(self, timeout: float = 3.0) -> dict[str, Any]:
        """Return the next packet. Raises EOFError with the code of a closed socket."""
        frame = await self.ws.receive(timeout)
        if frame.type is aiohttp.WSMsgType.BINARY:
            packet = json.loads(self.inflate.decompress(frame.data))
        elif frame.type is aiohttp.WSMsgType.TEXT:
            packet = json.loads(frame.data)
        else:
            raise EOFError(self.ws.close_code)
        if packet["s"] is not None:
            self.sequence = packet["s"]
        if packet["op"] == 0:
            self.events.append((packet["t"], packet["d"]))
        return dict(packet)

    async def identify(
        self, intents: int = GUILDS, shard: tuple[int, int] = (0, 1), token: str = TOKEN
    ) -> Any:
        await self.send(2, {"token": token, "intents": intents, "shard": shard, "properties": {}})
        ready = await self.event("READY")
        self.session_id = ready["session_id"]
        return ready

    async def resume(self, before: Gateway) -> None:
        data = {"token": TOKEN, "session_id": before.session_id, "seq": before.sequence}
        await self.send(6, data)

    async def event(self, name: str, timeout: float = 3.0) -> Any:
        """Skip forward to the next event of this name."""
        while True:
            packet = await self.receive(timeout)
            if packet["t"] == name:
                return packet["d"]

    async def names(self, quiet: float = 0.15) -> list[str]:
        """Return the names of all events until no more come."""
        found: list[str] = []
        while True:
            try:
                packet = await self.receive(quiet)
            except TimeoutError:
                return found
            if packet["t"]:
                found.append(packet["t"])


@asynccontextmanager
async def connect(box: Sandbox, *, compress: bool = False) -> AsyncIterator[Gateway]:
    """Open a socket and receive HELLO."""
    url = f"{box.url}/gateway?v=10&encoding=json" + ("&compress=zlib-stream" if compress else "")
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as ws:
        gateway = Gateway(ws)
        hello = await gateway.receive()
        assert hello["op"] == 10
        yield gateway


class Bot:
    """Answers interactions by hand."""

    def __init__(self, box: Sandbox, gateway: Gateway) -> None:
        self.box = box
        self.gateway = gateway
        self.rest = Rest(box.url, auth="")

    async def interaction(self) -> Any:
        return await self.gateway.event("INTERACTION_CREATE")

    def reply(self, interaction: Any, kind: int, query: str = "", **data: Any) -> Answer:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback{query}"
        return self.rest("POST", path, {"type": kind, "data": data})

    def webhook(self, method: str, interaction: Any, path: str = "", body: Any = None) -> Answer:
        base = f"/webhooks/{interaction['application_id']}/{interaction['token']}"
        return self.rest(method, base + path, body)


@asynccontextmanager
async def bot(box: Sandbox, intents: int = GUILDS) -> AsyncIterator[Bot]:
    async with connect(box) as gateway:
        await gateway.identify(intents)
        yield Bot(box, gateway)


async def quiet(seconds: float = 0.05) -> None:
    await asyncio.sleep(seconds)
