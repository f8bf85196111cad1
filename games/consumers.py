"""Live pages: a socket a page, told that something changed and nothing else.

What changed is fetched by the page itself, with its viewer's own rights.
"""

import asyncio
import json
import time
from collections import Counter
from datetime import timedelta
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.urls import path, re_path
from django.utils import timezone
from django.utils.crypto import constant_time_compare

import guilds.converters  # noqa: F401  (registers <snowflake:…>)
from games.models import Game
from games.services.live import guild_group, session_group, user_group
from guilds.discord_login.api import DiscordError
from guilds.discord_login.token import find_token
from guilds.models import Member, User
from guilds.services.membership import refresh_member

LOGGED_OUT, OUTSIDER, NOT_FOUND, TOO_MANY, TOO_LONG = 4401, 4403, 4404, 4429, 1009

RECHECK_SECONDS = 60
IDLE_RECHECK_SECONDS = 120
# So old may a membership be before Discord is asked again; with the pause between two checks
# that makes less than five minutes.
OLDEST_MEMBERSHIP = timedelta(seconds=150)
MOST_SOCKETS_OF_A_USER = 20
MOST_FRAMES = 20
LONGEST_FRAME = 1024

_sockets: Counter[int] = Counter()


class GuildConsumer(AsyncWebsocketConsumer):
    """Every change of a guild's games."""

    user: User | None = None
    is_counted = False
    frames = 0
    checked_at = 0.0
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Refuse outsiders before the handshake ends: to them this address does not exist."""
        kwargs = self.scope["url_route"]["kwargs"]
        self.guild_id: int = kwargs["guild_id"]
        self.game_id: int | None = kwargs.get("game_id")
        user: Any = self.scope.get("user")
        self.session_key: str = self.scope["session"].session_key or ""
        if user is None or not user.is_authenticated:
            return await self.close(OUTSIDER)
        self.user = user
        if not await self.is_allowed() or not await self.has_game():
            return await self.close(NOT_FOUND)
        if _sockets[self.user.pk] >= MOST_SOCKETS_OF_A_USER:
            return await self.close(TOO_MANY)
        _sockets[self.user.pk] += 1
        self.is_counted = True
        self.groups_joined = [
            guild_group(self.guild_id),
            session_group(self.session_key),
            user_group(self.user.pk),
        ]
        for group in self.groups_joined:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.accept()
        self.watch = asyncio.create_task(self.keep_checking())
        return None

    async def disconnect(self, _code: int) -> None:
        if self.watch:
            self.watch.cancel()
        if self.is_counted and self.user:
            _sockets[self.user.pk] -= 1
            if not _sockets[self.user.pk]:
                del _sockets[self.user.pk]
        for group in getattr(self, "groups_joined", ()):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The page has nothing to say; whoever says much is hung up on."""
        self.frames += 1
        if len(text_data or bytes_data or "") > LONGEST_FRAME:
            await self.close(TOO_LONG)
        elif self.frames > MOST_FRAMES:
            await self.close(TOO_MANY)

    async def game_changed(self, event: dict[str, Any]) -> None:
        if self.game_id not in {None, event["game_id"]} or not await self.recheck(RECHECK_SECONDS):
            return
        message = {"game": event["game_id"], "revision": event["revision"]}
        await self.send(json.dumps(message))

    async def session_ended(self, _event: dict[str, Any]) -> None:
        await self.close(LOGGED_OUT)

    async def keep_checking(self) -> None:
        is_allowed = True
        while is_allowed:
            await asyncio.sleep(IDLE_RECHECK_SECONDS)  # a clock, not a signal
            await self.ask_discord()
            is_allowed = await self.recheck(0)

    async def recheck(self, at_most_every: float) -> bool:
        """Whether the viewer still may watch; hangs up if not."""
        if time.monotonic() - self.checked_at < at_most_every:
            return True
        if await self.is_allowed():
            return True
        await self.close(LOGGED_OUT)
        return False

    @database_sync_to_async
    def is_allowed(self) -> bool:
        """Whether the session lives and its user is still a member of the guild."""
        assert self.user is not None
        self.checked_at = time.monotonic()
        store = import_module(settings.SESSION_ENGINE).SessionStore
        session = store(self.session_key).load()
        if session.get(SESSION_KEY) != str(self.user.pk):
            return False
        # Read anew: "log out everywhere" changes the password that sessions carry a hash of.
        user = User.objects.filter(pk=self.user.pk, is_active=True).first()
        kept = str(session.get(HASH_SESSION_KEY, ""))
        if user is None or not constant_time_compare(kept, user.get_session_auth_hash()):
            return False
        return Member.objects.filter(
            guild_id=self.guild_id, user=self.user, left_at__isnull=True
        ).exists()

    @database_sync_to_async
    def ask_discord(self) -> None:
        """Whether the viewer is still on the guild, with their own token; pages that stay open
        ask nothing else. What was known counts while Discord gives no answer."""
        assert self.user is not None
        store = import_module(settings.SESSION_ENGINE).SessionStore
        session = store(self.session_key)
        token = find_token(session)
        member = (
            Member.objects.select_related("user", "guild")
            .filter(guild_id=self.guild_id, user=self.user, left_at__isnull=True)
            .first()
        )
        if token is None or member is None:
            return
        if timezone.now() - member.refreshed_at < OLDEST_MEMBERSHIP:
            return
        try:
            refresh_member(guild=member.guild, user=member.user, token=token)
        except DiscordError as error:
            if error.is_revoked:
                session.flush()

    @database_sync_to_async
    def has_game(self) -> bool:
        """Whether the game, where one is asked for, is this guild's."""
        if self.game_id is None:
            return True
        return Game.objects.filter(id=self.game_id, guild_id=self.guild_id).exists()


async def refuse(_scope: Any, receive: Any, send: Any) -> None:
    """No such address."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_FOUND})


_guild: Any = GuildConsumer.as_asgi()
_refuse: Any = refuse

websocket_urlpatterns: list[Any] = [
    path("ws/g/<snowflake:guild_id>/", _guild),
    path("ws/g/<snowflake:guild_id>/games/<snowflake:game_id>/", _guild),
    re_path("", _refuse),
]
