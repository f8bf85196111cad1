"""The world on disk: one JSON file, written whole and atomically, soon after a change."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

from sandbox.world.state import (
    DM,
    Channel,
    Command,
    Grant,
    Guild,
    Json,
    Member,
    Message,
    Overwrite,
    Role,
    ScheduledEvent,
    User,
    World,
)

log = logging.getLogger(__name__)
DELAY = 0.3


class Store:
    """Writes the world shortly after it was touched; without a path it does nothing."""

    def __init__(self, path: Path | None, world: World) -> None:
        self.path = path
        self.world = world
        self._task: asyncio.Task[None] | None = None

    def touch(self) -> None:
        """Remember that something changed."""
        if self.path is None or (self._task and not self._task.done()):
            return
        self._task = asyncio.get_running_loop().create_task(self._write_later())

    def flush(self) -> None:
        """Write now."""
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(self.path.name + ".new")
        with temporary.open("w", encoding="utf-8") as stream:
            stream.write(dump_world(self.world))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(self.path)

    async def _write_later(self) -> None:
        await asyncio.sleep(DELAY)
        try:
            self.flush()
        except OSError:
            log.exception("Could not keep the world in %s", self.path)


def dump_world(world: World) -> str:
    """Write the world as JSON text."""
    tables: dict[str, list[Any]] = {
        "users": list(world.users.values()),
        "guilds": list(world.guilds.values()),
        "roles": list(world.roles.values()),
        "channels": list(world.channels.values()),
        "members": [member for rows in world.members.values() for member in rows.values()],
        "messages": list(world.all_messages()),
        "commands": list(world.commands.values()),
        "grants": world.grants,
        "events": list(world.events.values()),
        "read": [[*place, message_id] for place, message_id in world.read.items()],
    }
    return json.dumps({**tables, "files": world.files}, default=lambda row: row.__dict__)


def load_world(path: Path | None) -> World:
    """Read the saved world, or start an empty one."""
    world = World()
    if path is None or not path.exists():
        return world
    data: Json = json.loads(path.read_text(encoding="utf-8"))
    world.users = {row["id"]: _row(User, row) for row in data["users"]}
    world.guilds = {row["id"]: _row(Guild, row) for row in data["guilds"]}
    world.roles = {row["id"]: _row(Role, row) for row in data["roles"]}
    world.channels = {row["id"]: _channel(row) for row in data["channels"]}
    world.dms = {
        frozenset(channel.recipients): channel.id
        for channel in world.channels.values()
        if channel.type == DM
    }
    world.commands = {row["id"]: _row(Command, row) for row in data["commands"]}
    world.events = {row["id"]: _row(ScheduledEvent, row) for row in data["events"]}
    world.grants = [_row(Grant, row) for row in data["grants"]]
    world.files = data["files"]
    world.read = {(user, channel): newest for user, channel, newest in data.get("read", [])}
    for row in data["members"]:
        world.members.setdefault(row["guild_id"], {})[row["user_id"]] = _row(Member, row)
    for row in data["messages"]:
        world.messages.setdefault(row["channel_id"], {})[row["id"]] = _row(Message, row)
        world.snowflakes.seen(row["id"])
    return world


def _channel(row: Json) -> Channel:
    channel = _row(Channel, row)
    channel.overwrites = [_row(Overwrite, overwrite) for overwrite in row["overwrites"]]
    return channel


def _row[T](kind: type[T], row: Json) -> T:
    """Read a dataclass from saved fields; those of another version are dropped or defaulted."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # always a dataclass
    return kind(**{name: value for name, value in row.items() if name in known})
