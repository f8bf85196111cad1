"""Games from a calendar (RFC 5545). Properties that games do not have are ignored.

Events are read one by one, so that a bad one spoils no other and keeps its line's number.
`ics.lines` gathers their lines, `ics.zones` finds their zones, `ics.series` and `ics.dates` the
dates of those that repeat.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDDDTypes, vDuration

from games.exchange.ics.dates import Budget
from games.exchange.ics.lines import CalendarFile, Component, Times, is_whole_day
from games.exchange.ics.series import is_cancelled, pattern, read_series
from games.exchange.ics.zones import Zones
from games.exchange.imports import Answers, Event, File, Line, Lines, Questions, is_past
from games.exchange.own.series import joined
from games.exchange.tables.rows import read_cells
from games.fields import FIELDS
from guilds.errors import Refused
from when.repetitions import Rule, next_dates


def read_ics(file: CalendarFile, *, zone: str, now: datetime, answers: Answers) -> File:
    """Return the calendar's events, in its order. Raises `Refused` if there are too many."""
    reader = Reader(file, zone, now, answers)
    lines = Lines()
    found = [line for events in _groups(file.events) for line in reader.read(events)]
    for line in joined(sorted(found, key=lambda line: line.number)):
        lines.add(line)
    reader.questions.zones = reader.zones.unknown
    return File(lines.kept, file.is_guessed, reader.questions, lines.more_past)


def _groups(events: Iterable[Component]) -> Iterable[list[Component]]:
    """Gather the versions and changed dates of one event, which share its UID."""
    groups: dict[object, list[Component]] = {}
    for event in events:
        uid = "".join(event.texts("UID")[-1:])
        groups.setdefault(uid or id(event), []).append(event)
    return groups.values()


@dataclass
class Reader:
    file: CalendarFile
    zone: str
    now: datetime
    answers: Answers
    questions: Questions = field(default_factory=Questions)

    def __post_init__(self) -> None:
        self.zones = Zones(self.now, self.zone, self.file.zones, self.answers.zones)
        self.budget = Budget()
        # Times without a zone are in the file's, if it names one.
        self.floating = self.zone
        if self.file.zone:
            try:
                self.floating = self.zones.find(self.file.zone)
            except Refused:
                # Asked for only if some time is in it.
                self.floating = ""
                self.zones.unknown.clear()

    def read(self, events: Sequence[Component]) -> Iterable[Line]:
        """Return the lines of one event, its older versions left out."""
        masters = [one for one in events if "RECURRENCE-ID" not in one]
        latest = max((one.sequence for one in masters), default=0)
        masters = [one for one in masters if one.sequence == latest]
        changes = [one for one in events if "RECURRENCE-ID" in one]
        repeating = [one for one in masters if "RRULE" in one or "RDATE" in one]
        for master in masters:
            own = changes if repeating and master is repeating[0] else []
            yield from self._lines(master, own)
        if not repeating:
            for change in changes:
                yield from self._lines(change, [])

    def _lines(self, event: Component, changes: Sequence[Component]) -> Iterable[Line]:
        title = ""
        try:
            if self._is_over(event):
                yield Line(event.number, self._title(event), why=is_past().message, is_past=True)
                return
            title = event.text("SUMMARY")
            if own := event.own():
                yield read_cells(event.number, own, now=self.now)
                return
            yield from self._read(event, title, changes)
        except Refused as refused:
            yield Line(event.number, title, why=refused.message)
        except (ValueError, OverflowError, TypeError):
            yield Line(event.number, title, why=_("Its dates or times cannot be read."))

    def _is_over(self, event: Component) -> bool:
        """Whether an event is long past that happens once; most of many calendars are."""
        if event.lines.keys() & {"RRULE", "RDATE"} or "DTSTART" not in event:
            return False
        value = "".join(event.times("DTSTART")[-1].values)
        passed = (self.now - timedelta(days=2)).date()
        return value[:8].isdigit() and len(value) >= 8 and value[:8] < f"{passed:%Y%m%d}"

    def _title(self, event: Component) -> str:
        try:
            return event.text("SUMMARY")
        except Refused:
            return ""

    # --- One event -------------------------------------------------------------------------------

    def _read(self, event: Component, title: str, changes: Sequence[Component]) -> Iterable[Line]:
        _check_is_game(event, title)
        start, game_zone = self.moment(event.times("DTSTART")[-1])
        if event.lines.keys() & {"RRULE", "RDATE"}:
            yield from read_series(self, event, title, start, changes)
        elif start <= self.now:
            yield Line(event.number, title, why=is_past().message, is_past=True)
        else:
            yield Line(event.number, title, self.event(event, title, start, game_zone))

    def event(self, event: Component, title: str, start: datetime, zone: str) -> Event:
        minutes = self._minutes(event)
        length = {"duration_minutes": minutes} if minutes else {}
        return Event(title, start, zone, values=_texts(event) | length)

    def local(self, start: datetime, rules: Sequence[Rule]) -> datetime:
        """Return a series' start in the zone whose clocks it follows. Raises `Refused` to ask."""
        if str(start.tzinfo) != "UTC" or not rules:
            return start
        here = self.floating if self.file.zone and self.floating != "UTC" else ""
        if zone := self.answers.series_zone or here:
            return start.astimezone(ZoneInfo(zone))
        if any(next_dates(pattern(rule, start), 1, now=self.now) for rule in rules):
            self.questions.asks_series_zone = True
        raise Refused(_("It repeats in UTC. Say whether a local time zone is meant."))

    def moment(self, times: Times) -> tuple[datetime, str]:
        """Return the first of the moments in its own zone, and the zone of the game."""
        if is_whole_day(times):
            vDDDTypes.from_ical(times.values[0])  # type: ignore[no-untyped-call]
            raise Refused(
                _("It lasts all day. A game has a time at which it starts."), field="when"
            )
        return self.moments(times)[0], self.zone_of(times)

    def moments(self, times: Times) -> list[datetime]:
        """Return the moments of the line, those of periods their starts."""
        return [self._moment(one.partition("/")[0], times) for one in times.values]

    def _moment(self, value: str, times: Times) -> datetime:
        moment = vDDDTypes.from_ical(value)  # type: ignore[no-untyped-call]
        if not isinstance(moment, datetime):
            raise ValueError(value)
        if value.upper().endswith("Z"):
            return moment.astimezone(ZoneInfo("UTC"))
        return moment.replace(tzinfo=ZoneInfo(self.zone_of(times)))

    def zone_of(self, times: Times) -> str:
        if times.zone and not times.values[0].upper().endswith("Z"):
            return self.zones.find(times.zone)
        if self.floating:
            return self.floating
        return self.zones.find(self.file.zone)

    def _minutes(self, event: Component) -> int | None:
        """Return the length in minutes, None if the file gives none, or zero."""
        if "DTEND" in event:
            start, end = (self.moment(event.times(name)[-1])[0] for name in ("DTSTART", "DTEND"))
            # Subtracted in UTC, since within one zone Python ignores changes of the clocks.
            length = end.astimezone(UTC) - start.astimezone(UTC)
        elif "DURATION" in event:
            length = vDuration.from_ical(event.texts("DURATION")[-1])  # type: ignore[no-untyped-call]
        else:
            return None
        if length < timedelta():
            raise Refused(_("It ends before it starts."), field="duration")
        return round(length.total_seconds() / 60) or None


def _texts(event: Component) -> dict[str, str]:
    """Return the event's texts but its title; of several categories the first."""
    found = {f.column: event.text(f.calendar) for f in FIELDS if f.calendar and f.longest}
    found["category"] = found["category"].partition(",")[0].strip()
    found["description"] = event.text("DESCRIPTION")
    del found["title"]
    return {column: text for column, text in found.items() if text}


def _check_is_game(event: Component, title: str) -> None:
    if is_cancelled(event):
        raise Refused(_("It is cancelled."))
    if "DTSTART" not in event:
        raise Refused(_("It does not say when it starts."), field="when")
    if not title:
        raise Refused(_("The title is empty."), field="title")
