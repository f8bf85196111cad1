"""The world: users, guilds, channels, messages and the application's commands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.world.snowflakes import Snowflakes

type Json = dict[str, Any]

TEXT, DM, VOICE, CATEGORY, NEWS, NEWS_THREAD, THREAD, PRIVATE_THREAD, STAGE, FORUM = (
    0, 1, 2, 4, 5, 10, 11, 12, 13, 15,
)  # fmt: skip
MEDIA = 16
FORUMS = frozenset({FORUM, MEDIA})
THREADS = frozenset({NEWS_THREAD, THREAD, PRIVATE_THREAD})
MESSAGEABLE = frozenset({TEXT, DM, VOICE, NEWS, NEWS_THREAD, THREAD, PRIVATE_THREAD, STAGE})


@dataclass
class User:
    id: int
    username: str
    global_name: str | None = None
    avatar: str | None = None
    bot: bool = False
    locale: str = "en-US"
    dms_open: bool = True


@dataclass
class Role:
    id: int
    guild_id: int
    name: str
    permissions: int = 0
    color: int = 0
    position: int = 1
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False
    bot_id: int = 0  # of the bot whose own role it is


@dataclass
class Overwrite:
    """Permissions that a channel grants or takes: type 0 is a role, 1 a member."""

    id: int
    type: int = 0
    allow: int = 0
    deny: int = 0


@dataclass
class Channel:
    id: int
    type: int = TEXT
    guild_id: int | None = None
    name: str = ""
    topic: str | None = None
    position: int = 0
    parent_id: int | None = None
    nsfw: bool = False
    overwrites: list[Overwrite] = field(default_factory=list)
    recipients: list[int] = field(default_factory=list)
    owner_id: int | None = None
    last_message_id: int | None = None
    archived: bool = False
    locked: bool = False
    auto_archive_duration: int = 1440
    created: float = field(default_factory=time.time)

    @property
    def is_thread(self) -> bool:
        return self.type in THREADS


@dataclass
class Member:
    guild_id: int
    user_id: int
    nick: str | None = None
    roles: list[int] = field(default_factory=list)
    avatar: str | None = None
    joined: float = field(default_factory=time.time)


@dataclass
class Guild:
    id: int
    name: str
    owner_id: int
    icon: str | None = None
    locale: str = "en-US"
    unavailable: bool = False


@dataclass
class Message:
    """One message. `pings` are the users who were really notified, whatever the text says."""

    id: int
    channel_id: int
    author_id: int
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    created: float = field(default_factory=time.time)
    edited: float | None = None
    edits: int = 0
    nonce: str | int | None = None
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    pings: list[int] = field(default_factory=list)
    tts: bool = False
    pinned: bool = False
    reference: Json | None = None
    thread_id: int | None = None
    webhook: bool = False
    interaction: Json | None = None
    ephemeral_for: int | None = None
    interaction_token: str | None = None


@dataclass
class Command:
    """A registered application command; `body` is as it was sent, completed with defaults."""

    id: int
    guild_id: int | None
    body: Json
    version: int

    @property
    def name(self) -> str:
        return str(self.body["name"])

    @property
    def type(self) -> int:
        return int(self.body.get("type", 1))


@dataclass
class Grant:
    """A person's consent to some scopes, as an OAuth code or a pair of tokens."""

    user_id: int
    scopes: list[str]
    expires: float
    code: str | None = None
    access_token: str | None = None
    refresh_token: str | None = None
    redirect_uri: str | None = None
    code_challenge: str | None = None


@dataclass
class ScheduledEvent:
    id: int
    guild_id: int
    body: Json
    creator_id: int
    status: int = 1


@dataclass
class World:
    """All rows by id. The code that changes them announces it; this class does not."""

    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, dict[int, Member]] = field(default_factory=dict)
    messages: dict[int, dict[int, Message]] = field(default_factory=dict)
    commands: dict[int, Command] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    events: dict[int, ScheduledEvent] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    dms: dict[frozenset[int], int] = field(default_factory=dict)
    # The newest message a user has seen, by user and channel.
    read: dict[tuple[int, int], int] = field(default_factory=dict)
    snowflakes: Snowflakes = field(default_factory=Snowflakes)

    def clear(self, *, keep_user: int) -> None:
        """Forget everything but one user and the global commands."""
        self.users = {keep_user: self.users[keep_user]}
        self.commands = {key: one for key, one in self.commands.items() if one.guild_id is None}
        self.grants.clear()
        tables = (self.guilds, self.roles, self.channels, self.members, self.messages, self.events)
        for table in (*tables, self.files, self.dms, self.read):
            table.clear()

    def member(self, guild_id: int, user_id: int) -> Member | None:
        return self.members.get(guild_id, {}).get(user_id)

    def guild_roles(self, guild_id: int) -> list[Role]:
        found = [role for role in self.roles.values() if role.guild_id == guild_id]
        return sorted(found, key=lambda role: (role.position, role.id))

    def guild_channels(self, guild_id: int, *, threads: bool = False) -> list[Channel]:
        found = [
            channel
            for channel in self.channels.values()
            if channel.guild_id == guild_id and channel.is_thread is threads
        ]
        return sorted(found, key=lambda channel: (channel.position, channel.id))

    def find_message(self, channel_id: int, message_id: int) -> Message | None:
        return self.messages.get(channel_id, {}).get(message_id)

    def all_messages(self) -> Iterator[Message]:
        for channel in self.messages.values():
            yield from channel.values()

    def dm_between(self, first: int, second: int) -> Channel | None:
        return self.channels.get(self.dms.get(frozenset((first, second)), 0))

    def shared_guilds(self, first: int, second: int) -> list[Guild]:
        return [
            guild
            for guild in self.guilds.values()
            if self.member(guild.id, first) and self.member(guild.id, second)
        ]

    def guild_events(self, guild_id: int) -> list[ScheduledEvent]:
        return [event for event in self.events.values() if event.guild_id == guild_id]
