"""Games from a table: CSV as spreadsheets and other calendars write it.

The first line names the columns, in our words or in those of other programs. Columns with unknown
names are ignored.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from games.exchange.export_csv import unguarded
from games.exchange.imports import Answers, Event, File, Line, Lines, Questions, is_past
from games.exchange.own.cells import read_own_event
from games.exchange.own.series import joined
from games.exchange.tables.columns import is_our_own, read_header
from games.exchange.tables.days import DAY_FIELDS, day_first, in_order, is_unclear, iso_day
from games.fields import FIELDS, Field, Kind
from games.typed.fields import WORDS, read_value
from games.typed.values import read_duration
from guilds.errors import Refused
from guilds.typed_values import read_repeat, read_when, read_zone
from when import Reading, Reason, parse_when
from when.switches import is_off

# Fields that are read together with the start, or by the caller.
_APART = frozenset({"title", "starts_at", "timezone", "duration_minutes", "channel_id"})
_READ = WORDS | {Kind.COLOR, Kind.CHOICE}
DELIMITERS = (",", ";", "\t", "|")
_SEPARATOR = re.compile(r'\ufeff?"?sep=(.)"?[ \t]*(\r\n|\n|\r)', re.IGNORECASE)
# Lines of a file, past ones too, and of these those with times in words, which take longer.
MOST_ROWS = 20_000
MOST_IN_WORDS = 1000
type Cells = dict[str, str]


@dataclass
class _Reader:
    """`is_day_first` is how the file writes 05/12/2026, None if nothing says so."""

    zone: str
    now: datetime
    names: Mapping[str, str]
    is_own: bool
    is_day_first: bool | None
    questions: Questions = field(default_factory=Questions)
    _in_words: int = 0

    def read(self, number: int, cells: Cells) -> Line:
        title = cells.get("title", "")
        if self.is_day_first is not None:
            ordered = {name: in_order(cells[name], is_day_first=self.is_day_first)
                       for name in DAY_FIELDS if name in cells}  # fmt: skip
            cells = cells | ordered
        day = iso_day(cells.get("when") or cells.get("date", ""))
        if day and day < f"{self.now - timedelta(days=2):%Y-%m-%d}":
            return Line(number, title, why=self._told(is_past()), is_past=True)
        self._in_words += not day
        if self._in_words > MOST_IN_WORDS:
            raise Refused(
                _("The file has too many lines to look through. Take it in parts."), field="file"
            )
        try:
            return Line(number, title, self._event(cells))
        except Refused as refused:
            is_over = refused.message == is_past().message and refused.field == "when"
            return Line(number, title, why=self._told(refused), is_past=is_over)

    def _told(self, refused: Refused) -> str:
        # If the time stands in two columns, name the one with the date.
        is_apart = refused.field == "when" and "when" not in self.names
        shown = "date" if is_apart else refused.field
        name = self.names.get({"starts_at": "when"}.get(shown, shown))
        return f"{name}: {refused.message}" if name else refused.message

    def _event(self, cells: Cells) -> Event:
        event = _read_event(cells, self._checked(cells), self.now)
        if self.is_own:
            return read_own_event(event, cells, self.now)
        if cells.get("status", "").casefold() in {"cancelled", "canceled"}:
            raise Refused(_("It is cancelled."))
        return event

    def _checked(self, cells: Cells) -> str:
        """Return the line's zone. Raises `Refused` for what the person has to be asked."""
        if _is_yes(cells.get("all_day", "")):
            raise Refused(
                _("It lasts all day. A game has a time at which it starts."), field="when"
            )
        if self.is_day_first is None and any(is_unclear(cells.get(n, "")) for n in DAY_FIELDS):
            self.questions.asks_day_first = True
            raise Refused(_("Day and month can be read either way."), field="when")
        return read_zone(cells["timezone"]) if cells.get("timezone") else self.zone


def read_csv(text: str, *, zone: str, now: datetime, answers: Answers) -> File:
    """Return the table's lines. Raises `Refused` if it lacks titles or times, or is too long."""
    rows = _rows(text)
    header = next(rows, (1, []))[1]
    fields = read_header(header)
    names = {name: header[place].strip() for name, place in fields.items()}
    cells = [(number, _cells(row, fields)) for number, row in rows]
    order = answers.is_day_first
    if order is None:
        order = day_first(one for _number, one in cells)
    reader = _Reader(zone, now, names, is_our_own(fields), order)
    lines = Lines()
    found = (reader.read(number, one) for number, one in cells)
    for line in joined(list(found)) if reader.is_own else found:
        lines.add(line)
    return File(lines.kept, False, reader.questions, lines.more_past)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with the number of the line each begins on."""
    named = _SEPARATOR.match(text)
    skipped = 1 if named else 0
    text = text[named.end() :] if named else text
    head = text.lstrip().partition("\n")[0]
    delimiter = named[1] if named else max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for count in range(MOST_ROWS + 1):
        number = reader.line_num + 1 + skipped
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
        if count == MOST_ROWS:
            raise Refused(
                _("The file has too many lines to look through. Take it in parts."), field="file"
            )
        if any(cell.strip() for cell in row):
            yield number, row


def _cells(row: list[str], fields: Mapping[str, int]) -> Cells:
    """Return the cells by field, without what keeps spreadsheets from taking them for formulas."""
    return {
        name: unguarded(row[place].strip()) for name, place in fields.items() if place < len(row)
    }


def _is_yes(text: str) -> bool:
    return bool(text) and text.casefold() not in {"0", "false", "no"} and not is_off(text)


def read_cells(number: int, cells: Cells, *, now: datetime) -> Line:
    """Read a game that our own export wrote, in the zone it names itself."""
    names = list(cells)
    fields = read_header(names)
    named = {name: names[place] for name, place in fields.items()}
    reader = _Reader("UTC", now, named, is_own=True, is_day_first=None)
    return reader.read(number, {name: cells[names[place]] for name, place in fields.items()})


def _read_event(cells: Cells, zone: str, now: datetime) -> Event:
    start = _start(_moment(cells, "when", "date", "time"), zone, now)
    assert start.when is not None
    first = start.when.astimezone(ZoneInfo(start.zone)).date()
    values = {
        field.column: read_value(field, cells.get(field.name, ""))
        for field in FIELDS
        if field.table and field.is_chosen and field.kind in _READ and field.column not in _APART
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
        written={
            field.column: cells[field.name]
            for field in FIELDS
            if _is_read_later(field) and cells.get(field.name)
        },
    )


def _is_read_later(field: Field) -> bool:
    """Whether only the server's own names say what a cell means (`import_names`)."""
    is_apart = field.column in _APART or field.kind == Kind.MOMENT
    return bool(field.table) and not is_apart and not (field.is_chosen and field.kind in _READ)


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
