"""The WebSocket of the gateway: hello, identify, heartbeat, resume, member requests."""

from __future__ import annotations

import asyncio
import json

from aiohttp import WSMsgType, web

from sandbox.gateway.sessions import ALL_INTENTS, PRIVILEGED, Intent, Session, Socket
from sandbox.world.core import Sandbox
from sandbox.world.present import guild_create_json, member_json, own_user_json
from sandbox.world.state import Json

HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, REQUEST_MEMBERS = 1, 2, 3, 4, 6, 8
RECONNECT, INVALID_SESSION, HELLO, ACK = 7, 9, 10, 11
VERSIONS = range(6, 11)
# A longer packet of the client's is a decode error.
MOST_BYTES = 4096
# Seconds of a round trip to Discord. nextcord notes when it sent a heartbeat only after
# sending it: acknowledged before that, it warns of a gateway that lags by a whole interval.
ROUND_TRIP = 0.02


class Connection:
    """One socket of the bot, before and after it has a session."""

    def __init__(self, box: Sandbox, socket: Socket, version: int) -> None:
        self.box = box
        self.socket = socket
        self.version = version
        self.session: Session | None = None

    def receive(self, packet: Json) -> None:
        """Act on one packet of the client. Raises `ValueError` and its like for none."""
        op, data = packet["op"], packet.get("d")
        if isinstance(op, bool) or not isinstance(op, int):
            raise TypeError("an opcode is a number")
        if op == HEARTBEAT:
            asyncio.get_running_loop().call_later(ROUND_TRIP, self.socket.send, ACK)
        elif op == IDENTIFY:
            self._identify(_object(data))
        elif op == RESUME:
            self._resume(_object(data))
        elif self.session is None:
            self.socket.close(4003)
        elif op == REQUEST_MEMBERS:
            self._send_members(_object(data))
        elif op not in {PRESENCE, VOICE_STATE}:
            self.socket.close(4001)

    def closed(self, code: int | None) -> None:
        """Note that the socket is gone; a client that closes with 1000 or 1001 ends its session."""
        if self.session is not None and self.session.socket is self.socket:
            self.session.resumable = self.session.resumable and code not in {1000, 1001}
            self.session.detach()
            shard = [self.session.shard, self.session.shards]
            self.box.happenings.add("gateway", name="CLOSED", shard=shard, code=code)
            self.box.hub.tell_page("gateway")

    def _identify(self, data: Json) -> None:
        shard, shards = _shard(data)
        intents = data.get("intents")
        if self.session is not None:
            self.socket.close(4005)
        elif not self._token_is_right(data):
            self.socket.close(4004)
        elif not 0 <= shard < shards:
            self.socket.close(4010)
        elif isinstance(intents, bool) or not isinstance(intents, int) or intents & ~ALL_INTENTS:
            self.socket.close(4013)
        elif intents & PRIVILEGED and not self.box.knobs.privileged_intents:
            self.socket.close(4014)
        elif self.box.knobs.identifies_left <= 0:
            self._reset_token()
        elif not self.box.hub.may_identify(shard):
            self.socket.send(INVALID_SESSION, False)
        else:
            self.box.knobs.identifies_left -= 1
            self.session = self.box.hub.open_session(shard, shards, intents, self.socket)
            self._welcome(self.session)

    def _reset_token(self) -> None:
        """Reset the token, as Discord does when a bot starts more sessions a day than it may."""
        self.box.tokens_revoked = True
        self.box.hub.close_sockets(4004)
        self.socket.close(4004)

    def _welcome(self, session: Session) -> None:
        box = self.box
        guilds = [
            guild
            for guild in box.world.guilds.values()
            if session.owns(guild.id) and box.world.member(guild.id, box.app_id)
        ]
        self._dispatch(
            "READY",
            {
                "v": self.version,
                "user": own_user_json(box.bot),
                "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": gateway_url(box),
                "session_type": "normal",
                "private_channels": [],
                "relationships": [],
                "shard": [session.shard, session.shards],
                "application": {"id": str(box.app_id), "flags": 0},
                "_trace": ["sandbox"],
            },
        )
        presences = bool(session.intents & Intent.PRESENCES)
        for guild in guilds:
            if session.intents & Intent.GUILDS and not guild.unavailable:
                body = guild_create_json(box.world, guild, box.app_id, presences=presences)
                self._dispatch("GUILD_CREATE", body)

    def _resume(self, data: Json) -> None:
        session = self.box.hub.sessions.get(str(data.get("session_id")))
        seen = int(data.get("seq") or 0)
        if not self._token_is_right(data):
            self.socket.close(4004)
        elif session is None or not session.can_replay_from(seen):
            self.socket.send(INVALID_SESSION, False)
        else:
            if session.socket is not None:
                session.socket.close(4000)
            session.socket, session.dropped, self.session = self.socket, None, session
            for number, name, event in list(session.buffer):
                if number > seen:
                    self.socket.send(0, event, s=number, t=name)
            self.box.happenings.add("gateway", name="RESUME", shard=[session.shard, session.shards])
            self.box.hub.tell_page("gateway")
            self._dispatch("RESUMED", {"_trace": ["sandbox"]})

    def _send_members(self, data: Json) -> None:
        guild_id = int(data["guild_id"])
        rows = list(self.box.world.members.get(guild_id, {}).values())
        if data.get("user_ids"):
            wanted = {int(user) for user in data["user_ids"]}
            rows = [row for row in rows if row.user_id in wanted]
        elif query := str(data.get("query") or "").lower():
            users = self.box.world.users
            rows = [row for row in rows if users[row.user_id].username.lower().startswith(query)]
            rows = rows[: int(data.get("limit") or 1)]
        elif self.session is not None and not self.session.intents & Intent.MEMBERS:
            rows = [row for row in rows if row.user_id == self.box.app_id]
        chunks = [rows[start : start + 1000] for start in range(0, len(rows), 1000)] or [[]]
        for index, chunk in enumerate(chunks):
            body: Json = {
                "guild_id": str(guild_id),
                "members": [member_json(self.box.world, row) for row in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
            }
            if data.get("nonce"):
                body["nonce"] = data["nonce"]
            self._dispatch("GUILD_MEMBERS_CHUNK", body)

    def _dispatch(self, name: str, data: Json) -> None:
        assert self.session is not None
        self.session.dispatch(name, data, self.box.knobs.replay_buffer)

    def _token_is_right(self, data: Json) -> bool:
        token = str(data.get("token", "")).removeprefix("Bot ")
        return token == self.box.config.bot_token and not self.box.tokens_revoked


def _object(data: object) -> Json:
    if not isinstance(data, dict):
        raise TypeError("not an object")
    return data


def _shard(data: Json) -> tuple[int, int]:
    """Read the shard and how many there are; (0, 0), which no shard is, for something else."""
    match data.get("shard"):
        case None:
            return 0, 1
        case [int(shard), int(shards)]:
            return shard, shards
        case _:
            return 0, 0


def gateway_url(box: Sandbox) -> str:
    """The address of the bot's WebSocket."""
    return box.base_url.replace("http", "ws", 1) + "/gateway"


async def serve_gateway(request: web.Request) -> web.WebSocketResponse:
    """Serve one connection, from HELLO to its end."""
    box = request.app[BOX]
    ws = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
    await ws.prepare(request)
    version = request.query.get("v", str(VERSIONS[-1]))
    if version not in map(str, VERSIONS):
        await ws.close(code=4012)
        return ws
    stream = request.query.get("compress") == "zlib-stream"
    socket = Socket(ws, request.transport, zlib_stream=stream)
    connection = Connection(box, socket, int(version))
    socket.send(
        HELLO, {"heartbeat_interval": int(box.knobs.heartbeat_interval * 1000), "_trace": []}
    )
    try:
        async for frame in ws:
            if frame.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                break
            if len(frame.data) > MOST_BYTES:
                socket.close(4002)
                continue
            try:
                connection.receive(_object(json.loads(frame.data)))
            except (ValueError, KeyError, TypeError, RecursionError):
                socket.close(4002)
    finally:
        connection.closed(ws.close_code)
        socket.writer.cancel()
    return ws


BOX = web.AppKey("box", Sandbox)
