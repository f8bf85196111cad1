"""The hub: every change of the world passes here on its way to the bot and to the page."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from typing import TYPE_CHECKING

from sandbox.gateway.sessions import Intent, Session, Socket
from sandbox.world.state import Json

if TYPE_CHECKING:
    from sandbox.world.core import Sandbox


class Hub:
    """The open sessions of the bot and the watchers of the page."""

    def __init__(self, box: Sandbox) -> None:
        self.box = box
        self.sessions: dict[str, Session] = {}
        self.watchers: set[asyncio.Queue[Json | None]] = set()
        self.identifies: list[Json] = []
        self.too_early: list[Json] = []
        self.doubles: list[Json] = []
        self._last_identify: dict[int, float] = {}

    def may_identify(self, shard: int) -> bool:
        """Tell whether `identify_period` has passed since another identify of the same key."""
        key, now = shard % self.box.knobs.max_concurrency, time.monotonic()
        if now < self._last_identify.get(key, -math.inf) + self.box.knobs.identify_period:
            self.too_early.append({"at": time.time(), "shard": shard})
            return False
        self._last_identify[key] = now
        return True

    def open_session(self, shard: int, shards: int, intents: int, socket: Socket) -> Session:
        for other in self.connected():
            if (other.shard - shard) % math.gcd(other.shards, shards) == 0:
                self.doubles.append({"at": time.time(), "shard": shard, "other": other.shard})
        session = Session(secrets.token_hex(16), shard, shards, intents, socket)
        self.sessions[session.id] = session
        self.identifies.append({"at": time.time(), "shard": shard, "shards": shards})
        self.box.happenings.add("gateway", name="IDENTIFY", shard=[shard, shards])
        self.tell_page("gateway")
        return session

    def dispatch(
        self,
        name: str,
        data: Json,
        guild_id: int | None,
        *,
        intent: int = 0,
        without_content: Json | None = None,
    ) -> int:
        """Send an event to every session of its shard that asked for it; returns to how many.

        `without_content` goes to the sessions that may not read message content.
        """
        self._forget_old_sessions()
        reached = heard = connected = 0
        for session in list(self.sessions.values()):
            if not session.owns(guild_id):
                continue
            connected += session.socket is not None
            if intent and not session.intents & intent:
                continue
            shown = data
            if without_content is not None and not session.intents & Intent.MESSAGE_CONTENT:
                shown = without_content
            session.dispatch(name, shown, self.box.knobs.replay_buffer)
            reached += 1
            heard += session.socket is not None
        self.box.happenings.add(
            "gateway",
            name=name,
            guild_id=str(guild_id) if guild_id else None,
            heard=heard,
            connected=connected,
            payload=data,
        )
        return reached

    def tell_page(self, kind: str, **details: object) -> None:
        """Tell the page what changed; it then reads that again."""
        self.box.changed()
        self.pass_on({"type": kind, **details})

    def pass_on(self, note: Json) -> None:
        """Hand a note to every open page."""
        for watcher in self.watchers:
            watcher.put_nowait(note)

    def connected(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.socket is not None]

    def close_sockets(self, code: int) -> None:
        for session in self.connected():
            if session.socket is not None:
                session.socket.close(code)

    def close_all(self) -> None:
        """Close all sockets, at the end of the process."""
        self.close_sockets(1001)
        for watcher in self.watchers:
            watcher.put_nowait(None)

    def _forget_old_sessions(self) -> None:
        horizon = time.monotonic() - self.box.knobs.session_lifetime
        for session in list(self.sessions.values()):
            if session.dropped is not None and session.dropped < horizon:
                del self.sessions[session.id]
