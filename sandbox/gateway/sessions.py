"""One gateway session: its shard, its intents, its numbered events, and the socket it may have."""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from asyncio import Transport
from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum

from aiohttp import web

from sandbox.world.snowflakes import shard_of
from sandbox.world.state import Json


class Intent(IntEnum):
    GUILDS = 1 << 0
    MEMBERS = 1 << 1
    PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15
    SCHEDULED_EVENTS = 1 << 16


# Bits 0 to 16, 20, 21, 24 and 25 name intents.
ALL_INTENTS = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
PRIVILEGED = int(Intent.MEMBERS | Intent.PRESENCES | Intent.MESSAGE_CONTENT)


class Socket:
    """A WebSocket that speaks JSON text or, when asked, one zlib stream. Sending only queues."""

    def __init__(
        self, ws: web.WebSocketResponse, transport: Transport | None, *, zlib_stream: bool
    ) -> None:
        self.ws = ws
        self.transport = transport
        self.deflate = zlib.compressobj() if zlib_stream else None
        self.outgoing: asyncio.Queue[str | int] = asyncio.Queue()
        self.writer = asyncio.get_running_loop().create_task(self._write())

    def send(
        self, op: int, data: object = None, *, s: int | None = None, t: str | None = None
    ) -> None:
        """Queue one packet, in order."""
        self.outgoing.put_nowait(json.dumps({"op": op, "d": data, "s": s, "t": t}))

    def close(self, code: int) -> None:
        """Close with this code once everything queued before has been sent."""
        self.outgoing.put_nowait(code)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self.transport is not None:
            self.transport.abort()

    async def _write(self) -> None:
        while True:
            item = await self.outgoing.get()
            try:
                if isinstance(item, int):
                    await self.ws.close(code=item)
                    return
                if self.deflate is None:
                    await self.ws.send_str(item)
                else:
                    packed = self.deflate.compress(item.encode())
                    await self.ws.send_bytes(packed + self.deflate.flush(zlib.Z_SYNC_FLUSH))
            except (ConnectionError, RuntimeError):
                return  # the session keeps the event for a replay


@dataclass
class Session:
    id: str
    shard: int
    shards: int
    intents: int
    socket: Socket | None
    sequence: int = 0
    buffer: deque[tuple[int, str, Json]] = field(default_factory=deque)
    dropped: float | None = None
    resumable: bool = True
    paused: bool = False
    held: list[tuple[int, str, Json]] = field(default_factory=list)

    def owns(self, guild_id: int | None) -> bool:
        """Tell whether events of this guild belong here; None means direct messages, on shard 0."""
        return (0 if guild_id is None else shard_of(guild_id, self.shards)) == self.shard

    def dispatch(self, name: str, data: Json, keep: int) -> None:
        """Number an event, keep it for a replay, and send it when there is a socket."""
        self.sequence += 1
        event = (self.sequence, name, data)
        self.buffer.append(event)
        while len(self.buffer) > keep:
            self.buffer.popleft()
        if self.socket is None:
            return
        if self.paused:
            self.held.append(event)
            return
        self.socket.send(0, data, s=event[0], t=name)

    def release(self) -> None:
        """Send what was held while paused, in order."""
        self.paused = False
        while self.held and self.socket is not None and not self.paused:
            number, name, data = self.held.pop(0)
            self.socket.send(0, data, s=number, t=name)

    def can_replay_from(self, number: int) -> bool:
        if not self.resumable or number > self.sequence:
            return False
        return number == self.sequence or bool(self.buffer and self.buffer[0][0] <= number + 1)

    def detach(self) -> None:
        self.socket = None
        self.dropped = time.monotonic()
        self.paused = False
        self.held.clear()
