"""The lines of a calendar file (RFC 5545, 3.1), gathered by event and read only when asked for.

Lines are unfolded as bytes, since some programs fold inside a character. A line that cannot be
read spoils its event only if the event needs it, and past events cost little.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from icalendar.parser import Contentline

from games.exchange.calendar import OWN_PREFIX
from guilds.errors import Refused

_NAME = re.compile(r"[A-Za-z0-9-]+(?=[;:])")
_TIMES = re.compile(r"[\dTZPHMSDWtzp,;/+-]*")
_TZID = re.compile(r";\s*TZID=(\"[^\"]*\"|.*?)(?=;[A-Z-]+=|$)", re.IGNORECASE)
_DATE = re.compile(r";\s*VALUE=\"?DATE\"?(?=;|$)", re.IGNORECASE)
# A definition longer than this is none of a time zone that people live in.
MOST_ZONE_LINES = 2000
DEEPEST = 20


@dataclass(frozen=True)
class Times:
    """The values of a line with dates or times, and the name of their zone, empty if none."""

    values: tuple[str, ...]
    zone: str
    parameters: str


@dataclass
class Component:
    """A VEVENT: its lines by property, in capitals, none read yet. `number` is its first line."""

    number: int
    lines: dict[str, list[str]] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.lines

    def text(self, name: str) -> str:
        """Return the last such property's text, empty if there is none. Raises `Refused`."""
        lines = self.lines.get(name)
        if not lines:
            return ""
        try:
            return str(Contentline(lines[-1]).parts()[2]).strip()  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise _unreadable() from error

    def texts(self, name: str) -> list[str]:
        """Return what follows the colon in each such line, as it stands. Raises `Refused`."""
        found = [line.partition(":") for line in self.lines.get(name, ())]
        return [value.strip() for _head, _colon, value in found]

    def times(self, name: str) -> list[Times]:
        """Return the values of each such line. Raises `Refused`.

        Names of zones may hold colons that should be quoted and are not: the values are what
        follows the last colon.
        """
        found = []
        for line in self.lines.get(name, ()):
            head, colon, value = line.rpartition(":")
            if not colon or not _TIMES.fullmatch(value.strip()):
                raise _unreadable()
            zone = _TZID.search(head)
            values = tuple(one.strip() for one in value.split(",") if one.strip())
            found.append(Times(values, zone[1].strip('"').strip() if zone else "", head))
        return found

    @cached_property
    def sequence(self) -> int:
        """The version of the event, 0 if it names none."""
        value = self.texts("SEQUENCE")[-1:] or ["0"]
        return int(value[0]) if re.fullmatch(r"\d{1,9}", value[0]) else 0

    def own(self) -> dict[str, str]:
        """Return the cells that our own export wrote, by column."""
        names = [name for name in self.lines if name.startswith(OWN_PREFIX)]
        columns = {name: name.removeprefix(OWN_PREFIX).lower().replace("-", "_") for name in names}
        return {columns[name]: self.text(name) for name in names}


def is_whole_day(times: Times) -> bool:
    return bool(_DATE.search(times.parameters)) or not any("T" in one for one in times.values)


@dataclass
class CalendarFile:
    """The events of a file, the zones it defines by their names, and the zone it is in."""

    events: list[Component] = field(default_factory=list)
    zones: dict[str, list[str]] = field(default_factory=dict)
    zone: str = ""
    is_guessed: bool = False


def read_calendar(data: bytes) -> CalendarFile:
    """Gather the lines of the file, without what is nested in its events, such as alarms."""
    file = CalendarFile()
    stack: list[str] = []
    event: Component | None = None
    zone: list[str] = []
    for number, raw in _unfolded(data):
        line, is_guessed = _decoded(raw)
        file.is_guessed |= is_guessed
        begins, ends = _tag(line, "BEGIN:"), _tag(line, "END:")
        if begins:
            _check_depth(stack)
            stack.append(begins)
            if begins == "VEVENT" and event is None:
                event, depth = Component(number), len(stack)
            elif begins == "VTIMEZONE":
                zone = []
        elif ends and ends in stack:
            while stack.pop() != ends:
                pass
            if event is not None and len(stack) < depth:
                file.events.append(event)
                event = None
        elif event is not None:
            if len(stack) == depth:
                _add(event, line)
        elif not stack[1:] and line[:14].upper() == "X-WR-TIMEZONE:":
            file.zone = line[14:].strip()
        if "VTIMEZONE" in stack or ends == "VTIMEZONE":
            _add_to_zone(file, zone, line, is_whole=ends == "VTIMEZONE")
    return file


def _check_depth(stack: list[str]) -> None:
    if len(stack) >= DEEPEST:
        raise Refused(_("That is neither a calendar (.ics) nor a table (CSV)."), field="file")


def _tag(line: str, word: str) -> str:
    return line[len(word) :].strip().upper() if line[: len(word)].upper() == word else ""


def _add(event: Component, line: str) -> None:
    if found := _NAME.match(line):
        event.lines.setdefault(found[0].upper(), []).append(line)
    elif found := re.match(r"[A-Za-z0-9-]+", line):
        # Without a colon, hence unreadable, which is told only if the line is needed.
        event.lines.setdefault(found[0].upper(), []).append(line)


def _add_to_zone(file: CalendarFile, zone: list[str], line: str, *, is_whole: bool) -> None:
    if len(zone) < MOST_ZONE_LINES:
        zone.append(line)
    if is_whole:
        names = [one[5:].strip() for one in zone if one[:5].upper() == "TZID:"]
        if names and len(zone) < MOST_ZONE_LINES:
            file.zones[names[0]] = list(zone)


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield unfolded lines, each with the number of its first. A leading blank continues a line."""
    begun, parts = 1, [b""]
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", data), 1):
        if line[:1] in {b" ", b"\t"}:
            parts.append(line[1:])
            continue
        yield begun, b"".join(parts)
        begun, parts = number, [line]
    yield begun, b"".join(parts)


def _decoded(line: bytes) -> tuple[str, bool]:
    """Decode as UTF-8, else as Western programs write, and tell whether that was guessed."""
    try:
        return line.decode(), False
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace"), True


def _unreadable() -> Refused:
    return Refused(_("A line of this event cannot be read."))
