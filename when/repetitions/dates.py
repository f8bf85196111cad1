"""The dates of a rule, and the moments they are on the clocks of a zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from when.repetitions.rule import MOST_COUNT, Frequency, Rule

MOST_DATES = 50
# With a start brought near, so many steps are many years.
_STEPS = MOST_COUNT + 2 * MOST_DATES
_NOTHING = timedelta(0)
_FREQUENCY = {Frequency.WEEKLY: rrule.WEEKLY, Frequency.MONTHLY: rrule.MONTHLY}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A rule counted from `first`, at a time of day on the clocks of a zone (IANA)."""

    rule: Rule
    first: date
    at: time
    zone: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One session that is due. `starts_at` is UTC.

    `shift`: how much later than wished, where the clocks skip that time. `is_twofold`: they
    show it twice, and the first is meant. `clock_change`: how far the clocks were moved since
    the session before.
    """

    date: date
    starts_at: datetime
    zone: str
    shift: timedelta = _NOTHING
    clock_change: timedelta = _NOTHING
    is_twofold: bool = False

    @property
    def local(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.zone))


def next_dates(
    pattern: Pattern, n: int = 5, *, after: date | None = None, now: datetime | None = None
) -> list[Occurrence]:
    """The first `n` (50 at most) after the date `after` that start later than `now`."""
    found = (one for one in _occurrences(pattern, after, now) if now is None or one.starts_at > now)
    return list(islice(found, min(n, MOST_DATES)))


def count_before(pattern: Pattern, day: date) -> int:
    """How many of the dates of a rule with a `count` come before `day`."""
    return sum(one < day for one in _dates(pattern, None)) if pattern.rule.count else 0


def localise(wall: datetime, zone: str) -> tuple[datetime, timedelta]:
    """The moment (UTC) of a wall time, and how much later the clocks show it where they skip it.

    Of a time they show twice it is the first.
    """
    # With fold=0 a time in a gap gets the offset from before it, which moves it behind the gap.
    moment = wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    return moment, moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) - wall


def _occurrences(
    pattern: Pattern, after: date | None, now: datetime | None
) -> Iterator[Occurrence]:
    make = partial(_occurrence, pattern)
    if now is not None:
        # The date on any clock and a shift over a whole day are less than three days away.
        passed = now.astimezone(UTC).date() - timedelta(days=3)
        after = passed if after is None else max(after, passed)
    before = make(after) if after is not None and after >= pattern.first else None
    for day in _dates(pattern, after):
        one = make(day, before)
        # A zone that leaves a day out puts two dates on one.
        if before is None or one.starts_at > before.starts_at:
            yield one
            before = one


def _occurrence(pattern: Pattern, day: date, before: Occurrence | None = None) -> Occurrence:
    wall = datetime.combine(day, pattern.at)
    moment, shift = localise(wall, pattern.zone)
    local = moment.astimezone(ZoneInfo(pattern.zone))
    offset = local.utcoffset() or _NOTHING
    again = local.replace(fold=1).utcoffset() or _NOTHING
    old = (before.local.utcoffset() or _NOTHING) if before else offset
    return Occurrence(day, moment, pattern.zone, shift, offset - old, again != offset)


def _dates(pattern: Pattern, after: date | None) -> Iterator[date]:
    """The rule's dates later than `after`, in a bounded number of steps."""
    rule, start = pattern.rule, pattern.first
    if after is not None and rule.count is None:
        start = _brought_near(rule, start, after)
    by_date = rule.month_day != 0
    dates = rrule.rrule(
        _FREQUENCY[rule.frequency],
        dtstart=datetime.combine(start, time()),
        interval=rule.interval,
        byweekday=None if by_date else [_weekday(day, rule.nth) for day in rule.weekdays],
        bymonthday=rule.month_days() if by_date else None,
        bysetpos=-1 if rule.month_day > 28 else None,
        count=rule.count,
        until=datetime.combine(rule.until, time()) if rule.until else None,
    )
    for moment in islice(dates, _STEPS):
        day = moment.date()
        if after is None or day > after:
            yield day


def _weekday(day: int, nth: int) -> rrule.weekday:
    return rrule.weekday(day, nth or None)


def _brought_near(rule: Rule, first: date, after: date) -> date:
    """A start as good as `first`, whole periods later: counting from 2020 takes too long."""
    if rule.frequency == Frequency.WEEKLY:
        monday = first - timedelta(days=first.weekday())
        periods = (after - monday).days // (7 * rule.interval)
        return monday + timedelta(weeks=periods * rule.interval) if periods > 0 else first
    months = (after.year - first.year) * 12 + after.month - first.month
    periods = months // rule.interval
    if periods <= 0:
        return first
    month = first.month - 1 + periods * rule.interval
    return date(first.year + month // 12, month % 12 + 1, 1)
