"""Events read from a file made elsewhere, line by line, before any game is made.

`import_file` reads a file by `tables.rows` or `ics.events`; `import_plan` plans the game of each
line. Nothing is ever fetched: an address in a file stays a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from guilds.errors import Refused
from when.repetitions import Rule

MOST_BYTES = 1_000_000
MOST_GAMES = 200
PAST_SHOWN = 20


@dataclass(frozen=True)
class Event:
    """A game as a file has it. `zone` is an IANA name.

    `channel` is a name or id as it was written. `values` are further fields by column; fields
    that the file leaves out take the server's defaults. `written` are fields as our own export
    writes them, which only the server's own names can read (`import_names`).
    """

    title: str
    starts_at: datetime
    zone: str
    channel: str = ""
    repeat: Rule | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[date, ...] = ()
    sessions: tuple["Session", ...] = ()
    is_cancelled: bool = False
    reason: str = ""
    own: "OwnSeries | None" = None


@dataclass(frozen=True)
class OwnSeries:
    """A game's series in our own export. `key` is the same for all its sessions.

    `day` and `starts_at` are the session's by the rule, wherever it was moved.
    """

    key: str
    day: date
    starts_at: datetime
    rule: Rule | None
    skipped: tuple[date, ...]
    carry_over: bool
    ask_host: bool


@dataclass(frozen=True)
class Session:
    """A session of a series that its rule does not give, on `day` of the series.

    `announced_at` is when the one before it starts, if the file says.
    """

    day: date
    event: Event
    announced_at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """An event with the number of its first line in the file, or the reason why there is none."""

    number: int
    title: str
    event: Event | None = None
    why: str = ""
    is_past: bool = False


@dataclass(frozen=True)
class Answers:
    """The person's answers about the file as a whole.

    `zones` are the zones meant by names in the file. `series_zone` is that of series in UTC.
    `is_day_first` says how 05/12/2026 is read.
    """

    zones: Mapping[str, str] = field(default_factory=dict)
    series_zone: str = ""
    is_day_first: bool | None = None


@dataclass
class Questions:
    """Questions that only the person can answer, and that lines yet to come depend on."""

    zones: list[str] = field(default_factory=list)
    asks_series_zone: bool = False
    asks_day_first: bool = False

    def __bool__(self) -> bool:
        return bool(self.zones) or self.asks_series_zone or self.asks_day_first


@dataclass(frozen=True)
class File:
    """`is_guessed` means that the text was not UTF-8 and may have wrong accents.

    `more_past` counts the past events that are not among the lines.
    """

    lines: Sequence[Line]
    is_guessed: bool
    questions: Questions = field(default_factory=Questions)
    more_past: int = 0


@dataclass
class Lines:
    """Collects the lines of a file within its limits. Past events do not count."""

    kept: list[Line] = field(default_factory=list)
    more_past: int = 0
    _games: int = 0
    _past: int = 0

    def add(self, line: Line) -> None:
        """Keep the line. Raises `Refused` if the file has too many games still to come."""
        if line.is_past:
            self._past += 1
            if self._past > PAST_SHOWN:
                self.more_past += 1
                return
        else:
            self._games += 1 + len(line.event.sessions if line.event else ())
            if self._games > MOST_GAMES:
                raise too_many()
        self.kept.append(line)


def too_many() -> Refused:
    return Refused(
        _("That file has more than %(most)d games. Split it into smaller files.")
        % {"most": MOST_GAMES},
        field="file",
    )


def is_past() -> Refused:
    return Refused(_("That time is already past."), field="when")
