"""The defaults of a server and its channels as a table of values and their sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from guilds.models import Channel, Guild, Member
from guilds.permissions import permission_names
from guilds.rules import (
    DEFAULT_DURATION_MINUTES,
    DEFAULT_MAX_PLAYERS,
    DEFAULT_REMINDER_MINUTES,
    Setting,
    inherit,
)
from guilds.selectors import (
    duration_minutes_of,
    max_players_of,
    missing_bot_permissions,
    reminder_minutes_of,
    rules_of,
)

NAMES = ("max_players", "reminder_minutes", "duration_minutes", "default_rules")
BUILT_IN: dict[str, Any] = {
    "max_players": DEFAULT_MAX_PLAYERS,
    "reminder_minutes": list(DEFAULT_REMINDER_MINUTES),
    "duration_minutes": DEFAULT_DURATION_MINUTES,
    "default_rules": "",
}


@dataclass(frozen=True)
class Cell:
    """One setting of a server or channel. `source` is `here`, `guild` or `default`."""

    name: str
    value: Any
    source: str

    @property
    def is_own(self) -> bool:
        return self.source == "here"


@dataclass(frozen=True)
class Row:
    """The settings of a channel or, if `channel` is None, of the server.

    `missing` names the permissions that the bot lacks to announce there; None while unknown.
    """

    key: str
    cells: tuple[Cell, ...]
    channel: Channel | None = None
    missing: str | None = ""


def built_in() -> tuple[Cell, ...]:
    return tuple(Cell(name, BUILT_IN[name], "default") for name in NAMES)


def guild_row(guild: Guild) -> Row:
    cells = [
        Cell(name, *_value_and_source(inherit(BUILT_IN[name], here=getattr(guild, name))))
        for name in NAMES
    ]
    return Row("server", tuple(cells))


def channel_rows(guild: Guild, channels: Sequence[Channel], bot: Member | None) -> list[Row]:
    rows = []
    for channel in channels:
        channel.guild = guild
        settings: tuple[Setting[Any], ...] = (
            max_players_of(channel),
            reminder_minutes_of(channel),
            duration_minutes_of(channel),
            rules_of(channel),
        )
        cells = tuple(Cell(n, *_value_and_source(s)) for n, s in zip(NAMES, settings, strict=True))
        missing = None if bot is None else permission_names(missing_bot_permissions(channel, bot))
        rows.append(Row(str(channel.id), cells, channel, missing))
    return rows


def _value_and_source(setting: Setting[Any]) -> tuple[Any, str]:
    return setting.value, "here" if setting.source == "channel" else setting.source


def inherited(guild: Guild, channel: Channel | None) -> dict[str, Cell]:
    """Return the values that apply if the place sets none: the placeholders of its form."""
    if channel is None:
        return {cell.name: cell for cell in built_in()}
    cells = [
        Cell(name, *_value_and_source(inherit(BUILT_IN[name], guild=getattr(guild, name))))
        for name in NAMES
    ]
    return {cell.name: cell for cell in cells}
