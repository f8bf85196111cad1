"""Short functions that make rows for tests."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from games.checks import rule_of
from games.enums import Via
from games.models import Game
from games.new_game import NewGame
from games.services.game import create_game
from guilds.enums import ChannelKind, Permission
from guilds.models import Channel, Guild, Member, User

_numbers = itertools.count(1)
# What members have in most channels of most servers.
SPEAKS = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES


def snowflake() -> int:
    """Return a new id, as large as Discord's."""
    return (1_400_000_000_000 + next(_numbers)) << 22


def make_user(name: str = "", **fields: Any) -> User:
    discord_id = fields.pop("discord_id", snowflake())
    return User.objects.create(
        discord_id=discord_id,
        username=f"discord-{discord_id}",
        display_name=name or f"User {discord_id >> 22 & 0xFFFF}",
        password="!",
        **fields,
    )


def make_guild(owner: User | None = None, **fields: Any) -> Guild:
    owner = owner or make_user("Owner")
    fields = {"id": snowflake(), "name": "Tavern", "owner_id": owner.discord_id, **fields}
    guild = Guild.objects.create(**fields)
    make_member(guild, owner)
    return guild


def make_channel(guild: Guild, name: str = "games", **fields: Any) -> Channel:
    fields = {"id": snowflake(), "kind": ChannelKind.TEXT, **fields}
    return Channel.objects.create(guild=guild, name=name, **fields)


def make_member(guild: Guild, user: User | None = None, **fields: Any) -> Member:
    user = user or make_user()
    fields = {"refreshed_at": timezone.now(), "permissions": SPEAKS, **fields}
    member = Member.objects.create(guild=guild, user=user, **fields)
    member.guild, member.user = guild, user
    return member


def make_game(host: Member | None = None, channel: Channel | None = None, **fields: Any) -> Game:
    """Make a game by the service; it starts tomorrow unless `starts_at` is given."""
    if host is None:
        guild = channel.guild if channel else make_guild()
        host = make_member(guild)
    channel = channel or make_channel(host.guild)
    starts_at: datetime = fields.pop("starts_at", timezone.now() + timedelta(days=1))
    repeat: str = fields.pop("repeat", "")
    new = NewGame(
        channel_id=channel.id,
        title=fields.pop("title", "Dungeon night"),
        starts_at=starts_at,
        timezone=fields.pop("timezone", "Europe/Berlin"),
        repeat=rule_of(repeat) if repeat else None,
        **fields,
    )
    return create_game(host=host, new=new, via=Via.BOT, request_key=f"t:{next(_numbers)}")
