"""Games from a table: CSV as spreadsheets and other calendars write it.

The first line names the columns, in our words or in those of other programs. Columns with unknown
names are ignored.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from games.exchange.export_csv import is_formula
from games.exchange.imports import MOST_GAMES, Event, Line, is_past, too_many
from games.fields import FIELDS
from games.typed.fields import read_value
from games.typed.values import read_duration
from guilds.errors import Refused
from guilds.typed_values import read_repeat, read_when, read_zone
from when import Reading, Reason, parse_when

# The columns of each field of a game, by its name, and what else a line may say. `_OWN` are the
# names that `games.exchange.export_csv` writes, `_OTHERS` those of people and other programs.
_OWN = {field.name: field.table.replace("_", " ") for field in FIELDS if field.table} | {
    "date": "date",
    "time": "time",
    "end": "ends at",
    "end_date": "end date",
    "end_time": "end time",
    "repeat": "repeat",
}
# What tables call the limit, earlier exports included.
_MAXIMUM = ("maximum players", "most players")
_OTHERS: Mapping[str, Sequence[str]] = {
    "title": ("name", "event", "event name", "game", "subject", "summary", "session"),
    "when": ("start", "starts", "when", "date time", "datetime", "start date time"),
    "date": ("start date", "day"),
    "time": ("start time",),
    "end": ("end", "ends", "until", "end date time"),
    "timezone": ("time zone", "tz", "zone"),
    "duration": ("length", "how long"),
    "max_players": ("players", "seats", "capacity", "limit", *_MAXIMUM, "max"),
    "min_players": ("minimum players", "fewest players", "min"),
    "description": ("details", "notes", "text", "body"),
    "location": ("place", "where"),
    "category": ("type", "system"),
    "channel": ("channel name",),
    "repeat": ("repeats", "recurrence"),
    "remind": ("remind",),
    "color": ("colour",),
}
COLUMNS = {name: (own, *_OTHERS.get(name, ())) for name, own in _OWN.items()}
_FIELDS = {column: name for name, columns in COLUMNS.items() for column in columns}
# Fields that are read together with the start, or by the caller.
_APART = frozenset({"title", "starts_at", "timezone", "duration_minutes", "channel_id"})
DELIMITERS = (",", ";", "\t", "|")
type Cells = dict[str, str]


def read_csv(text: str, *, zone: str, now: datetime) -> list[Line]:
    """Return the table's lines. Raises `Refused` if it lacks titles or times, or is too long."""
    rows = _rows(text)
    header = next(rows, (1, []))[1]
    fields = _read_header(header)
    lines: list[Line] = []
    for number, row in rows:
        if len(lines) == MOST_GAMES:
            raise too_many()
        cells = {field: row[place] for field, place in fields.items() if place < len(row)}
        names = {field: header[place].strip() for field, place in fields.items()}
        lines.append(_read_line(number, cells, names, zone, now))
    return lines


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with the number of the line each begins on."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(
                _("Line %(number)d cannot be read: its quotation marks do not belong together.")
                % {"number": number},
                field="file",
            ) from error
        if any(cell.strip() for cell in row):
            yield number, row


def _read_header(header: Sequence[str]) -> dict[str, int]:
    """Return the column of each field. Of two columns for one field the first counts."""
    fields: dict[str, int] = {}
    for place, name in enumerate(header):
        plain = " ".join(re.split(r"[\W_]+", name.casefold())).strip()
        if field := _FIELDS.get(plain):
            fields.setdefault(field, place)
    if "title" not in fields:
        raise Refused(
            _("The first line has to name the columns, and one has to be “title”."), field="file"
        )
    if not fields.keys() & {"when", "date"}:
        raise Refused(_("One column has to say when games start: “starts_at”."), field="file")
    return fields


def _read_line(
    number: int, cells: Cells, names: Mapping[str, str], zone: str, now: datetime
) -> Line:
    cells = {field: _plain(cell) for field, cell in cells.items()}
    try:
        return Line(number, cells.get("title", ""), _read_event(cells, zone, now))
    except Refused as refused:
        # If the time stands in two columns, name the one with the date.
        shown = "date" if refused.field == "when" and "when" not in names else refused.field
        name = names.get({"starts_at": "when"}.get(shown, shown))
        why = f"{name}: {refused.message}" if name else refused.message
        return Line(number, cells.get("title", ""), why=why)


def _plain(cell: str) -> str:
    """Remove the apostrophe that keeps spreadsheets from taking a text for a formula."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and is_formula(cell[1:]) else cell


def _read_event(cells: Cells, zone: str, now: datetime) -> Event:
    if name := cells.get("timezone"):
        zone = read_zone(name)
    start = _start(_moment(cells, "when", "date", "time"), zone, now)
    assert start.when is not None
    first = start.when.astimezone(ZoneInfo(start.zone)).date()
    values = {
        field.column: read_value(field, cells.get(field.name, ""))
        for field in FIELDS
        if field.table and field.column not in _APART
    }
    repeat = read_repeat(cells.get("repeat", ""), first=first)
    values["duration_minutes"] = _duration(cells, start.zone, start.when, start.until)
    return Event(
        title=cells.get("title", ""),
        starts_at=start.when,
        zone=start.zone,
        channel=cells.get("channel", ""),
        repeat=repeat,
        values={name: value for name, value in values.items() if value is not None},
    )


def _start(text: str, zone: str, now: datetime) -> Reading:
    if parse_when(text, now=now, zone=zone, locale="en").reason == Reason.PAST:
        raise is_past()
    return read_when(text, zone=zone, now=now)


def _moment(cells: Cells, whole: str, date: str, time: str) -> str:
    return cells.get(whole) or f"{cells.get(date, '')} {cells.get(time, '')}".strip()


def _duration(cells: Cells, zone: str, start: datetime, until: datetime | None) -> int | None:
    if cells.get("duration"):
        return read_duration(cells["duration"])
    if end := _end(cells):
        try:
            until = read_when(end, zone=zone, now=start).when
        except Refused as refused:
            raise Refused(
                refused.message, field="end" if cells.get("end") else "end_time"
            ) from None
    return round((until - start).total_seconds() / 60) if until else None


def _end(cells: Cells) -> str:
    """Return the end in words. A time alone is on the day of the start, or on the one after."""
    if cells.get("end_time") and not cells.get("end_date"):
        return cells["end_time"]
    return _moment(cells, "end", "end_date", "end_time")
