"""The sockets of live pages: a server's games, one game, and a person's games on all servers."""

import asyncio
import time
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.sessions.backends.base import SessionBase
from django.urls import path, re_path
from django.utils import timezone

import guilds.web.converters  # noqa: F401  (registers <snowflake:…>)
from games.browse.agenda import own_game_ids
from games.browse.filters import list_channels_seen, list_visible
from games.live.socket import AWAY, NOT_FOUND, OLDEST_ANSWER_SECONDS, TRY_AGAIN, LiveSocket
from games.models import Game
from games.selectors import can_see_game, sees_games_in
from guilds.models import Channel, Member
from guilds.selectors import list_guilds_of
from guilds.services.membership import ask_for_guilds, refresh_member
from guilds.web.access import seconds_since_guilds_asked

# Changes that arrive within this time share one query.
GATHER_SECONDS = 0.1
# Those of games in channels that the viewer does not read, which seldom concern them.
HIDDEN_SECONDS = 1.0


class Gathering(LiveSocket):
    """A socket that looks up, for many events at once, which of them its viewer may hear of."""

    gather_seconds = GATHER_SECONDS
    looking: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.waiting: dict[int, dict[str, Any]] = {}
        await super().connect()

    def let_go(self) -> None:
        if self.looking:
            self.looking.cancel()
        super().let_go()

    def list_concerned(self, game_ids: set[int]) -> set[int]:
        """Return those of the games whose changes the viewer hears of. Synchronous."""
        raise NotImplementedError

    async def tell(self, event: dict[str, Any]) -> None:
        """Queue the event: on a busy server, one query for each change would cost too much."""
        self.waiting[event["game_id"]] = event
        if self.looking is None or self.looking.done():
            self.looking = asyncio.create_task(self.look())

    async def look(self) -> None:
        while self.waiting:
            await asyncio.sleep(self.gather_seconds)  # gathers further changes
            events, self.waiting = self.waiting, {}
            try:
                concerned = await self.find_concerned(set(events))
            except AWAY:
                return await self.close(TRY_AGAIN)  # the page fetches its games when it reconnects
            for game_id in concerned:
                await self.say(events[game_id])
        return None

    @database_sync_to_async
    def find_concerned(self, game_ids: set[int]) -> set[int]:
        return self.list_concerned(game_ids)


class GuildConsumer(Gathering):
    """Follow those of a guild's games that the viewer may see, or one of them.

    Most events are of games in a channel that the viewer reads, which needs no query. Others are
    looked up, since the viewer may be the game's host or on its roster.
    """

    gather_seconds = HIDDEN_SECONDS

    async def connect(self) -> None:
        kwargs = self.scope["url_route"]["kwargs"]
        self.guild_id: int = kwargs["guild_id"]
        self.game_id: int | None = kwargs.get("game_id")
        self.channels_read: frozenset[int] = frozenset()
        await super().connect()

    async def game_changed(self, event: dict[str, Any]) -> None:
        if self.game_id in {None, event["game_id"]}:
            await super().game_changed(event)

    async def tell(self, event: dict[str, Any]) -> None:
        if self.channels_read.isdisjoint(event.get("channel_ids", ())):
            await super().tell(event)
        else:
            await self.say(event)

    def find_guilds(self) -> set[int] | None:
        """Return this guild if the viewer is its member and, for one game, may see that game."""
        member = self._find_member()
        if member is None or (self.game_id is not None and not self._sees(member, self.game_id)):
            return None
        channels = Channel.objects.filter(guild=member.guild, deleted_at__isnull=True)
        self.channels_read = frozenset(c.id for c in channels if sees_games_in(c, member))
        return {self.guild_id}

    def list_concerned(self, game_ids: set[int]) -> set[int]:
        member = self._find_member()
        if member is None:
            return set()
        visible = list_visible(member, list_channels_seen(member), now=timezone.now())
        return set(visible.filter(id__in=game_ids).values_list("id", flat=True))

    def _sees(self, member: Member, game_id: int) -> bool:
        games = Game.objects.select_related("channel").filter(guild_id=self.guild_id)
        game = games.filter(id=game_id).first()
        return game is not None and can_see_game(game, member, now=timezone.now())

    def ask(self, _session: SessionBase, token: str) -> None:
        member = self._find_member()
        if member is None:
            return
        if (timezone.now() - member.refreshed_at).total_seconds() >= OLDEST_ANSWER_SECONDS:
            refresh_member(guild=member.guild, user=member.user, token=token)

    def _find_member(self) -> Member | None:
        members = Member.objects.select_related("user", "guild")
        return members.filter(
            guild_id=self.guild_id,
            guild__is_banned=False,
            user=self.user,
            left_at__isnull=True,
        ).first()


class PersonConsumer(Gathering):
    """Follow the viewer's own games, and hear of the change that takes one away from them."""

    asked_at = float("-inf")

    async def connect(self) -> None:
        self.guild_ids: set[int] = set()
        self.own: set[int] | None = None  # the viewer's games as last read; None before
        await super().connect()

    def find_guilds(self) -> set[int]:
        self.guild_ids = set(list_guilds_of(self.user).values_list("id", flat=True))
        if self.own is None:
            self.own = own_game_ids(self.user, self.guild_ids)
        return self.guild_ids

    def ask(self, session: SessionBase, token: str) -> None:
        since = min(seconds_since_guilds_asked(session), time.monotonic() - self.asked_at)
        if since >= OLDEST_ANSWER_SECONDS:
            self.asked_at = time.monotonic()
            ask_for_guilds(self.user, token)

    def list_concerned(self, game_ids: set[int]) -> set[int]:
        """Return those of the games that are the viewer's, or were when last read."""
        assert self.own is not None
        now = own_game_ids(self.user, self.guild_ids, among=game_ids)
        concerned = now | (self.own & game_ids)
        self.own = (self.own - game_ids) | now
        return concerned


async def refuse(_scope: Any, receive: Any, send: Any) -> None:
    """Close the socket of an unknown address."""
    await receive()
    await send({"type": "websocket.close", "code": NOT_FOUND})


_guild: Any = GuildConsumer.as_asgi()
_person: Any = PersonConsumer.as_asgi()
_refuse: Any = refuse

websocket_urlpatterns: list[Any] = [
    path("ws/games/", _person),
    path("ws/g/<snowflake:guild_id>/", _guild),
    path("ws/g/<snowflake:guild_id>/games/<snowflake:game_id>/", _guild),
    re_path("", _refuse),
]
