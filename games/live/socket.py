"""The socket that all live pages share. It says that a game changed, and nothing else.

The page fetches the change itself, with its viewer's own rights.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import constant_time_compare
from redis import RedisError

from games.live.push import guild_group, session_group, user_group
from guilds.discord_login.api import DiscordError
from guilds.discord_login.token import find_token
from guilds.models import User
from postgres.outage import OUTAGES

LOGGED_OUT, OUTSIDER, NOT_FOUND, TOO_MANY, TOO_LONG = 4401, 4403, 4404, 4429, 1009
TRY_AGAIN = 1013
# If one of these keeps access from being checked, close with TRY_AGAIN: the page reconnects later.
AWAY = (*OUTAGES, RedisError, OSError)

RECHECK_SECONDS = 60
IDLE_RECHECK_SECONDS = 120
# Discord is asked again when its last answer about the viewer is older than this. With the pause
# between two checks, a lost right takes effect within five minutes (150 + 120 seconds).
OLDEST_ANSWER_SECONDS = 150
MOST_SOCKETS_OF_A_USER = 20
MOST_FRAMES = 20
LONGEST_FRAME = 1024

_sockets: Counter[int] = Counter()


class LiveSocket(AsyncWebsocketConsumer):
    """One viewer's socket. Subclasses say which guilds it watches and how Discord is asked."""

    user: User
    is_counted = False
    frames = 0
    checked_at = 0.0
    watch: asyncio.Task[None] | None = None

    def find_guilds(self) -> set[int] | None:
        """Return the guilds the viewer may follow, None to close the socket. Synchronous."""
        raise NotImplementedError

    def ask(self, session: SessionBase, token: str) -> None:
        """Ask Discord if its last answer is too old. Raises `DiscordError`. Synchronous."""
        raise NotImplementedError

    async def tell(self, event: dict[str, Any]) -> None:
        """Handle a change of a game in a watched guild."""
        await self.say(event)

    async def connect(self) -> None:
        """Refuse outsiders before the handshake ends: to them this address does not exist."""
        self.groups_joined: set[str] = set()
        user: Any = self.scope.get("user")
        self.session_key: str = self.scope["session"].session_key or ""
        if user is None or not user.is_authenticated:
            return await self.close(OUTSIDER)
        self.user = user
        guild_ids = await self.guilds_allowed()
        if guild_ids is None:
            return await self.close(NOT_FOUND)
        if _sockets[self.user.pk] >= MOST_SOCKETS_OF_A_USER:
            return await self.close(TOO_MANY)
        _sockets[self.user.pk] += 1
        self.is_counted = True
        await self.follow(guild_ids)
        await self.accept()
        self.watch = asyncio.create_task(self.keep_checking())
        return None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:  # `disconnect` is not called after an error
            self.let_go()

    def let_go(self) -> None:
        if self.watch:
            self.watch.cancel()
        if self.is_counted:
            self.is_counted = False
            _sockets[self.user.pk] -= 1
            if not _sockets[self.user.pk]:
                del _sockets[self.user.pk]

    async def disconnect(self, _code: int) -> None:
        for group in self.groups_joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def follow(self, guild_ids: Iterable[int]) -> None:
        """Join the groups of these guilds, the session and the user, and leave all others."""
        wanted = {guild_group(guild_id) for guild_id in guild_ids}
        wanted |= {session_group(self.session_key), user_group(self.user.pk)}
        for group in self.groups_joined - wanted:
            await self.channel_layer.group_discard(group, self.channel_name)
        for group in wanted - self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        self.groups_joined = wanted

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Ignore what the page sends, and close if it sends much: pages have nothing to say."""
        self.frames += 1
        if len(text_data or bytes_data or "") > LONGEST_FRAME:
            await self.close(TOO_LONG)
        elif self.frames > MOST_FRAMES:
            await self.close(TOO_MANY)

    async def game_changed(self, event: dict[str, Any]) -> None:
        if await self.recheck(RECHECK_SECONDS):
            await self.tell(event)

    async def live_missed(self, _event: dict[str, Any]) -> None:
        """Let the page fetch everything, since events sent while Redis was away are lost."""
        await self.say({"game_id": None, "revision": None})

    async def session_ended(self, _event: dict[str, Any]) -> None:
        await self.close(LOGGED_OUT)

    async def say(self, event: dict[str, Any]) -> None:
        await self.send(json.dumps({"game": event["game_id"], "revision": event["revision"]}))

    async def keep_checking(self) -> None:
        is_allowed = True
        while is_allowed:
            await asyncio.sleep(IDLE_RECHECK_SECONDS)  # rights may end without any event
            try:
                await self.ask_discord()
            except AWAY:
                return await self.close(TRY_AGAIN)
            is_allowed = await self.recheck(0)
        return None

    async def recheck(self, at_most_every: float) -> bool:
        """Return whether the viewer may still watch; if not, or if it cannot be checked, close."""
        if time.monotonic() - self.checked_at < at_most_every:
            return True
        try:
            guild_ids = await self.guilds_allowed()
            if guild_ids is not None:
                await self.follow(guild_ids)
                return True
        except AWAY:
            await self.close(TRY_AGAIN)
            return False
        await self.close(LOGGED_OUT)
        return False

    @database_sync_to_async
    def guilds_allowed(self) -> set[int] | None:
        """Return `find_guilds()`, or None if the session has ended."""
        self.checked_at = time.monotonic()
        session = _session(self.session_key).load()
        if session.get(SESSION_KEY) != str(self.user.pk):
            return None
        # Read again, since "log out everywhere" changes the password, whose hash sessions carry.
        user = User.objects.filter(pk=self.user.pk, is_active=True).first()
        kept = str(session.get(HASH_SESSION_KEY, ""))
        if user is None or not _is_hash_of(user, kept):
            return None
        return self.find_guilds()

    @database_sync_to_async
    def ask_discord(self) -> None:
        """Ask Discord with the viewer's token, since a page that stays open makes no requests.

        If Discord does not answer, what is known stays valid. A revoked token ends the session.
        """
        session = _session(self.session_key)
        token = find_token(session)
        if token is None:
            return
        try:
            self.ask(session, token)
        except DiscordError as error:
            if error.is_revoked:
                session.flush()


def _is_hash_of(user: User, kept: str) -> bool:
    """Whether the session's hash is the user's, by the present secret key or an earlier one."""
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(kept, one) for one in hashes)


def _session(key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)
