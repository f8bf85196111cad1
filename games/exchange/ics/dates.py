"""The dates on which a repeating event takes place, and how a series here has the same ones.

recurring-ical-events says when the event takes place. Dates that the rule alone would have too
are left to the rule; those it would have in vain are skipped, and all others become sessions of
their own. Nothing is expanded but rules that series can have, and those for two years at most.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar import Calendar, vRecur
from icalendar import Event as Vevent

from games.checks import HORIZON
from games.services.imports import MOST_SESSIONS
from games.services.series.edits import MOST_SKIPPED
from guilds.errors import Refused
from when.repetitions import Occurrence, Pattern, Rule, count_before, next_dates

# Of all events of a file together. Each takes some hundred microseconds.
MOST_DATES = 8000
MOST_NAMED = 500  # dates named by one event: left out, added or changed
_BATCH = 50


@dataclass
class Budget:
    """How many dates of a file may still be looked through."""

    left: int = MOST_DATES

    def take(self, count: int) -> None:
        """Raise `Refused` if the file's events have more dates than that together."""
        self.left -= count
        if self.left < 0:
            raise Refused(_("The file has too many dates to look through. Take it in parts."))


@dataclass(frozen=True)
class Repeating:
    """An event that repeats. `start` is in its own zone.

    `changed` are the starts of changed dates by their old starts.
    """

    start: datetime
    rules: Sequence[Rule]
    left_out: Sequence[datetime]
    added: Sequence[datetime]
    changed: Mapping[datetime, datetime]

    @property
    def zone(self) -> str:
        assert isinstance(self.start.tzinfo, ZoneInfo)
        return self.start.tzinfo.key

    def pattern(self, rule: Rule) -> Pattern:
        return Pattern(rule, self.start.date(), self.start.time(), self.zone)


@dataclass(frozen=True)
class OwnDate:
    """A date that the rule does not give. `was` is the start that it is a change of, if any.

    `announced_at` is the start of the date before it, when sessions are announced.
    """

    day: date
    starts_at: datetime
    was: datetime | None
    announced_at: datetime | None


@dataclass(frozen=True)
class Dates:
    """A series: its first date by the rule, the rule from there on, and what differs from it."""

    first: datetime
    rule: Rule
    skipped: tuple[date, ...] = ()
    own: tuple[OwnDate, ...] = ()


def dates_of(
    event: Repeating, *, now: datetime, budget: Budget
) -> tuple[list[Dates], list[OwnDate]]:
    """Return the series that have the event's dates, and the dates that belong to none of them.

    Raises `Refused`, naming the date from which on it cannot be kept.
    """
    event = replace(event, rules=[_counted(event, rule) for rule in event.rules])
    until = _looked_at(event, now)
    taking_place = list(_taking_place(event, now, until, budget))
    series: list[Dates] = []
    covered: set[datetime] = set()
    for rule in event.rules:
        found, expected = _series(event, rule, taking_place, covered, now, until)
        covered |= expected
        if found:
            series.append(found)
    rest = list(_own(event, taking_place, covered))
    if not series:
        return [], rest
    series, rest = _with_own(series, rest)
    for one in series:
        _check_skipped(one)
    return series, rest


def _counted(event: Repeating, rule: Rule) -> Rule:
    """Count the first date as one of `rule.count`, even if the rule would not give it."""
    if rule.count is None or rule.count == 1 or _is_on(event, rule):
        return rule
    return replace(rule, count=rule.count - 1)


def _is_on(event: Repeating, rule: Rule) -> bool:
    first = next_dates(event.pattern(rule), 1)
    return bool(first) and first[0].date == event.start.date()


def is_plain(event: Repeating, now: datetime) -> bool:
    """Whether the rule alone says all that is still to come."""
    named = (*event.left_out, *event.added, *event.changed, *event.changed.values())
    is_begun_well = event.start <= now or _is_on(event, event.rules[0])
    is_counted_well = event.rules[0].count is None or _is_on(event, event.rules[0])
    return (
        len(event.rules) == 1
        and is_begun_well
        and is_counted_well
        and all(moment <= now for moment in named)
    )


def _looked_at(event: Repeating, now: datetime) -> datetime:
    """Return how far ahead dates are compared: to the next after the last that is named.

    Raises `Refused` for dates that are named and more than two years ahead.
    """
    latest = now + HORIZON
    if len(event.rules) > 1:
        return latest
    named = (event.start, *event.left_out, *event.added, *event.changed, *event.changed.values())
    late = [moment for moment in named if moment > latest]
    if late:
        raise Refused(
            _("It names dates more than two years ahead: %(dates)s.")
            % {"dates": listed(moment.date() for moment in late)}
        )
    last = max([now, *named])
    following = [next_dates(event.pattern(rule), 1, now=last) for rule in event.rules]
    return max([last, *(dates[0].starts_at for dates in following if dates)]) + timedelta(days=1)


def _taking_place(
    event: Repeating, now: datetime, until: datetime, budget: Budget
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when the event takes place, each with the start it is a change of or its own."""
    weeks = max((until - now).days, 0) // 7 + 1
    budget.take(sum(weeks * max(len(rule.weekdays), 1) for rule in event.rules) + 10)
    calendar = Calendar()
    master = Vevent()
    master.add("uid", "event")
    master.add("dtstart", event.start)
    for rule in event.rules:
        master.add("rrule", _as_recur(rule, event.start))
    for moment in event.left_out:
        master.add("exdate", moment)
    for moment in event.added:
        master.add("rdate", moment)
    calendar.add_component(master)
    for old, new in event.changed.items():
        change = Vevent()
        change.add("uid", "event")
        change.add("recurrence-id", old)
        change.add("dtstart", new)
        calendar.add_component(change)
    found = recurring_ical_events.of(calendar).between(now, until)
    # In UTC, since moments of zones whose clocks skip or repeat them equal no others.
    times = {(_in_utc(one["DTSTART"].dt), _in_utc(one["RECURRENCE-ID"].dt)) for one in found}
    yield from sorted((new, old) for new, old in times if new > now)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _as_recur(rule: Rule, start: datetime) -> vRecur:
    """Return the rule with its end as a moment, as the library compares it."""
    text = str(replace(rule, until=None))
    if rule.until:
        end = datetime.combine(rule.until, time(23, 59, 59), start.tzinfo).astimezone(UTC)
        text += f";UNTIL={end:%Y%m%dT%H%M%SZ}"
    recur: vRecur = vRecur.from_ical(text)
    return recur


def _series(
    event: Repeating,
    rule: Rule,
    taking_place: Sequence[tuple[datetime, datetime]],
    covered: set[datetime],
    now: datetime,
    until: datetime,
) -> tuple[Dates | None, set[datetime]]:
    """Return the series of one rule without own dates, and the starts that it covers."""
    pattern = event.pattern(rule)
    changed = {_in_utc(old) for old in event.changed}
    kept = {new for new, old in taking_place if old not in changed} - covered
    expected = list(_expected(pattern, now, until))
    regular = [one for one in expected if one.starts_at in kept]
    if not regular:
        return None, set()
    first = regular[0]
    skipped = [one.date for one in expected if one.date > first.date and one.starts_at not in kept]
    if rule.count is not None:
        rule = replace(rule, count=rule.count - count_before(pattern, first.date))
    return Dates(first.local, rule, tuple(skipped)), {one.starts_at for one in regular}


def _expected(pattern: Pattern, now: datetime, until: datetime) -> Iterator[Occurrence]:
    after = None
    while batch := next_dates(pattern, _BATCH, after=after, now=now):
        yield from (one for one in batch if one.starts_at <= until)
        after = batch[-1].date
        if batch[-1].starts_at > until:
            return


def _own(
    event: Repeating,
    taking_place: Sequence[tuple[datetime, datetime]],
    covered: set[datetime],
) -> Iterator[OwnDate]:
    before: datetime | None = None
    zone = ZoneInfo(event.zone)
    changed = {_in_utc(old) for old in event.changed}
    for new, old in taking_place:
        if old in changed or new not in covered:
            day = old.astimezone(zone).date()
            yield OwnDate(day, new, old if old in changed else None, before)
        before = new


def _with_own(series: list[Dates], rest: Sequence[OwnDate]) -> tuple[list[Dates], list[OwnDate]]:
    """Give the first series the own dates, but for those on a day that it has a session on."""
    main, zone = series[0], series[0].first.tzinfo
    assert isinstance(zone, ZoneInfo)
    pattern = Pattern(main.rule, main.first.date(), main.first.time(), zone.key)
    last = max((one.day for one in rest), default=main.first.date())
    days = {main.first.date()}
    after = main.first.date()
    while after < last and (batch := next_dates(pattern, _BATCH, after=after)):
        days |= {one.date for one in batch}
        after = batch[-1].date
    days -= set(main.skipped)
    own: list[OwnDate] = []
    alone: list[OwnDate] = []
    for one in rest:
        (alone if one.day in days else own).append(one)
        days.add(one.day)
    if len(own) > MOST_SESSIONS:
        raise Refused(
            _("A series has at most %(most)d dates of their own; this one has more from"
              " %(date)s on.")
            % {"most": MOST_SESSIONS, "date": listed([own[MOST_SESSIONS].day])}
        )  # fmt: skip
    own_days = {one.day for one in own}
    skipped = tuple(day for day in main.skipped if day not in own_days)
    return [replace(main, own=tuple(own), skipped=skipped), *series[1:]], alone


def _check_skipped(series: Dates) -> None:
    if len(series.skipped) > MOST_SKIPPED:
        raise Refused(
            _("A series skips at most %(most)d dates; this one skips more from"
              " %(date)s on.")
            % {"most": MOST_SKIPPED, "date": listed([series.skipped[MOST_SKIPPED]])}
        )  # fmt: skip


def listed(days: Iterable[date]) -> str:
    """Return at most ten dates in words."""
    ordered = sorted(set(days))
    texts = [format_date(day, pgettext("date format", "j F Y")) for day in ordered[:10]]
    return ", ".join([*texts, *(["…"] if len(ordered) > 10 else [])])
