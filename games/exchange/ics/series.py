"""A calendar's event that repeats, with its changed and cancelled dates, as series and games."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDDDTypes

from games.checks import HORIZON
from games.exchange.ics.dates import (
    MOST_NAMED,
    Budget,
    Dates,
    OwnDate,
    Repeating,
    dates_of,
    is_plain,
    listed,
)
from games.exchange.ics.lines import Component, Times, is_whole_day
from games.exchange.ics.repeats import in_zone, next_session, read_rrule
from games.exchange.imports import Event, Line, Session
from guilds.errors import Refused
from when.repetitions import Pattern, Rule, count_before, next_dates


class EventReader(Protocol):
    """The reading of single events (`ics.events`), as a series needs it."""

    now: datetime
    budget: Budget

    def event(self, event: Component, title: str, start: datetime, zone: str) -> Event: ...
    def moment(self, times: Times) -> tuple[datetime, str]: ...
    def moments(self, times: Times) -> list[datetime]: ...
    def local(self, start: datetime, rules: Sequence[Rule]) -> datetime: ...


@dataclass
class _Changes:
    """A file's single dates: other starts and values, cancelled dates, and breaks.

    A break is a date from which on the event goes on differently.
    """

    events: dict[datetime, Event] = field(default_factory=dict)
    gone: list[datetime] = field(default_factory=list)
    breaks: list[tuple[datetime, Component]] = field(default_factory=list)


def is_cancelled(event: Component) -> bool:
    return event.text("STATUS").upper() == "CANCELLED"


def pattern(rule: Rule, start: datetime) -> Pattern:
    assert isinstance(start.tzinfo, ZoneInfo)
    return Pattern(rule, start.date(), start.time(), start.tzinfo.key)


def read_series(
    reader: EventReader,
    event: Component,
    title: str,
    start: datetime,
    changes: Sequence[Component],
) -> Iterator[Line]:
    """Yield the series, and what of the event cannot be part of it. Raises `Refused`."""
    rules = [read_rrule(text, start) for text in dict.fromkeys(event.texts("RRULE"))]
    local = reader.local(start, rules)
    rules = [in_zone(rule, start, local) for rule in rules]
    base = reader.event(event, title, local, str(local.tzinfo))
    found = _read_changes(reader, base, changes)
    rules = [_ended(rule, local, found.breaks) for rule in rules]
    repeating = Repeating(
        local,
        rules,
        left_out=[*found.gone, *_left_out(reader, event, local)],
        added=_added(reader, event),
        changed={old: one.starts_at for old, one in found.events.items()},
    )
    yield from _lines(reader, event.number, base, repeating, found.events)
    for moment, change in found.breaks:
        why = _("From %(date)s on it goes on differently. Make that a series of its own.")
        yield Line(change.number, title, why=why % {"date": listed([moment.date()])})


def _lines(
    reader: EventReader,
    number: int,
    base: Event,
    repeating: Repeating,
    changed: Mapping[datetime, Event],
) -> Iterator[Line]:
    now = reader.now
    if repeating.rules and is_plain(repeating, now):
        rule = repeating.rules[0]
        if not next_dates(repeating.pattern(rule), 1, now=now):
            yield Line(number, base.title, why=_("Its last date is already past."), is_past=True)
            return
        first, rule = next_session(rule, repeating.start, now=now)
        local = first.astimezone(repeating.start.tzinfo)
        yield Line(number, base.title, replace(base, starts_at=local, repeat=rule))
        return
    series, alone = dates_of(repeating, now=now, budget=reader.budget)
    if not series and not alone:
        yield Line(number, base.title, why=_("Its last date is already past."), is_past=True)
    for dates in series:
        yield Line(number, base.title, _with_dates(base, dates, changed))
    for one in alone:
        yield Line(number, base.title, _own_event(base, one, changed))


def _with_dates(base: Event, dates: Dates, changed: Mapping[datetime, Event]) -> Event:
    sessions = tuple(
        Session(one.day, _own_event(base, one, changed), one.announced_at) for one in dates.own
    )
    return replace(
        base, starts_at=dates.first, repeat=dates.rule, skipped=dates.skipped, sessions=sessions
    )


def _own_event(base: Event, one: OwnDate, changed: Mapping[datetime, Event]) -> Event:
    zone = ZoneInfo(base.zone)
    event = changed[one.was] if one.was else base
    return replace(event, starts_at=one.starts_at.astimezone(zone))


# --- Single dates --------------------------------------------------------------------------------


def _read_changes(reader: EventReader, base: Event, changes: Iterable[Component]) -> _Changes:
    """Read the changed dates, of several versions of one the last; those as before are none."""
    latest: dict[datetime, Component] = {}
    zone = ZoneInfo(base.zone)
    for change in changes:
        old = _replaced(reader, base, change).astimezone(UTC)
        if old not in latest or latest[old].sequence <= change.sequence:
            latest[old] = change
    found = _Changes()
    for old, change in latest.items():
        if "RANGE=THISANDFUTURE" in change.times("RECURRENCE-ID")[-1].parameters.upper():
            found.breaks.append((old.astimezone(zone), change))
        elif is_cancelled(change):
            found.gone.append(old)
        else:
            start = reader.moment(change.times("DTSTART")[-1])[0] if "DTSTART" in change else old
            title = change.text("SUMMARY") or base.title
            event = reader.event(change, title, start.astimezone(zone), base.zone)
            if start != old or event != replace(base, starts_at=event.starts_at):
                found.events[old] = event
    _check_number(found.events)
    return found


def _replaced(reader: EventReader, base: Event, change: Component) -> datetime:
    """Return the start that a change is of. A date alone means the event's own time on it."""
    times = change.times("RECURRENCE-ID")[-1]
    return next(iter(_on_dates(reader, base.starts_at, times)))


def _on_dates(reader: EventReader, start: datetime, times: Times) -> Iterable[datetime]:
    if not is_whole_day(times):
        return reader.moments(times)
    days = [vDDDTypes.from_ical(one) for one in times.values]  # type: ignore[no-untyped-call]
    return [datetime.combine(day, start.time(), start.tzinfo) for day in days if _is_date(day)]


def _is_date(value: object) -> bool:
    return isinstance(value, date)


def _left_out(reader: EventReader, event: Component, start: datetime) -> list[datetime]:
    """Return the dates still to come that EXDATE and EXRULE leave out."""
    found = [
        moment
        for times in event.times("EXDATE")
        for moment in _on_dates(reader, start, times)
        if moment > reader.now
    ]
    for text in dict.fromkeys(event.texts("EXRULE")):
        rule = in_zone(read_rrule(text, start), start, start)
        found += _dates_until_horizon(reader, pattern(rule, start))
    _check_number(found)
    return found


def _dates_until_horizon(reader: EventReader, left_out: Pattern) -> Iterator[datetime]:
    after, end = None, reader.now + HORIZON - timedelta(days=2)
    while batch := next_dates(left_out, 50, after=after, now=reader.now):
        reader.budget.take(len(batch))
        yield from (one.starts_at for one in batch if one.starts_at < end)
        if batch[-1].starts_at >= end:
            return
        after = batch[-1].date


def _added(reader: EventReader, event: Component) -> list[datetime]:
    found = [
        moment
        for times in event.times("RDATE")
        for moment in reader.moments(times)
        if moment > reader.now
    ]
    _check_number(found)
    return found


def _check_number(moments: Iterable[datetime]) -> None:
    ordered = sorted(moments)
    if len(ordered) > MOST_NAMED:
        raise Refused(
            _("It names more than %(most)d dates; those from %(date)s on are too many.")
            % {"most": MOST_NAMED, "date": listed([ordered[MOST_NAMED].date()])}
        )


def _ended(rule: Rule, start: datetime, breaks: Sequence[tuple[datetime, Component]]) -> Rule:
    """Return the rule up to the first break."""
    if not breaks:
        return rule
    last = min(moment for moment, _change in breaks).date() - timedelta(days=1)
    if rule.count is not None:
        count = count_before(pattern(rule, start), last + timedelta(days=1))
        return replace(rule, count=max(count, 1))
    if rule.until and rule.until <= last:
        return rule
    return replace(rule, until=max(last, start.date()))
