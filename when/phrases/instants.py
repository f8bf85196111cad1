"""Turns what was said into an instant: zones, clock changes, the past and the horizon."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from when.phrases.calendar import SeveralDays, add_months, find_days
from when.phrases.halves import NIGHTS, SMALL_HOURS, both_halves, settle_half
from when.phrases.phrase import Clock, Day, DayOffset, OnWeekday, Phrase, Span, Sure
from when.reading import Note, Reading, Reason, Refused
from when.zones.iana import get_zone
from when.zones.zone import Zone

HORIZON_YEARS = 2
_WAKES = 5  # o'clock: before that, "tonight" is the night that has begun


def resolve(phrase: Phrase, *, now: datetime, zone: str) -> Reading:
    """The instant a phrase means for somebody in the zone; raises Refused."""
    named = phrase.zone or Zone(get_zone(zone), zone)
    if named.is_unclear_to(zone):
        meant = _in_each(named, phrase, now, zone)
        raise Refused(Reason.AMBIGUOUS_ZONE, named.name.upper(), meant)
    scene = Scene(now.astimezone(UTC), named.tz)
    if phrase.instant is not None:
        when, other, note = scene.check(_from_timestamp(phrase.instant)), None, None
    elif phrase.clock is None:
        when, other, note = scene.check(scene.add(phrase.span or Span())), None, None
    else:
        when, other, note = scene.find(phrase, phrase.clock)
        if phrase.zone and isinstance(phrase.day, OnWeekday):
            _check_weekday(when, scene, get_zone(zone))
        if phrase.zone and note in (None, Note.AFTER_MIDNIGHT):
            other, note = _other_zone_reading(phrase, phrase.clock, when, scene, zone)
    shown = get_zone(named.key or zone)
    return Reading(
        when=when.astimezone(shown),
        zone=named.key or zone,
        reason=Reason.OK,
        alternatives=(other.astimezone(shown),) if other else (),
        note=note,
        until=_find_end(phrase.until, when.astimezone(shown)),
        is_local=phrase.zone is None and phrase.clock is not None,
    )


def _in_each(named: Zone, phrase: Phrase, now: datetime, zone: str) -> tuple[datetime, ...]:
    """The instant in each of the zones that an unclear name may mean."""
    found = set()
    for key in (named.key, *named.others):
        clear = Zone(get_zone(key or zone), key)
        with suppress(Refused):
            found.add(resolve(replace(phrase, zone=clear), now=now, zone=zone).when)
    return tuple(sorted(when for when in found if when))


class Scene:
    """Now, and the zone whose calendar counts."""

    def __init__(self, now: datetime, tz: tzinfo) -> None:
        self.now = now
        self.tz = tz
        self.local_now = now.astimezone(tz).replace(tzinfo=None)

    def find(self, phrase: Phrase, said: Clock) -> tuple[datetime, datetime | None, Note | None]:
        """The instant meant, another one to offer, and why there are two."""
        clock = settle_half(said, phrase.part)
        if clock.is_midnight:
            return self._find_midnight(phrase), None, None
        if clock.sure is Sure.ASK:
            readings = [replace(phrase, clock=half) for half in both_halves(clock)]
            raise Refused(Reason.NEEDS_AM_PM, str(said.hour), self._offer(readings))
        phrase = replace(phrase, clock=clock)
        if clock.or_day and self._may_be_a_date(phrase.day, clock.hour):
            raise Refused(Reason.AMBIGUOUS_DATE, str(clock.hour), self._offer([phrase]))
        if clock.hour in SMALL_HOURS and phrase.part in NIGHTS and phrase.day:
            return self._find_small_hour(phrase, said, clock), None, None
        try:
            days = find_days(phrase, _time(clock), self.local_now)
        except SeveralDays as several:
            raise Refused(
                Reason.AMBIGUOUS_DATE, alternatives=self._at_each(several.days, clock)
            ) from None
        when = self.at(days.main, clock)
        other = self._at_each((days.other,), clock) if days.other else ()
        return (when, other[0], days.note) if other else (when, None, None)

    def _may_be_a_date(self, day: Day | None, number: int) -> bool:
        """Whether such a weekday is the month's day of that number, this month or next."""
        today = self.local_now.date()
        months = (add_months(today.replace(day=1), ahead) for ahead in (0, 1))
        dates = (month.replace(day=number) for month in months)
        return isinstance(day, OnWeekday) and any(
            one >= today and one.weekday() == day.weekday for one in dates
        )

    def at(self, day: date, clock: Clock) -> datetime:
        """The instant of a wall time; raises Refused if it is skipped, repeated, past, too far."""
        wall = datetime.combine(day, _time(clock))
        when = self._settle(wall)
        if when <= self.now:
            raise Refused(Reason.PAST, alternatives=self._later(wall))
        return self.check(when)

    def _later(self, wall: datetime) -> tuple[datetime, ...]:
        """The later readings of a time gone by: tomorrow or in a week; of a date, next year."""
        today = self.local_now.date()
        if wall.date() == today:
            return self._ahead([lambda: _add_days(today, 1), lambda: _add_days(today, 7)], wall)
        ahead = self._ahead(
            [
                lambda: add_months(wall.date(), 12 * (today.year - wall.year)),
                lambda: add_months(wall.date(), 12 * (today.year + 1 - wall.year)),
            ],
            wall,
        )
        return ahead[:1]

    def _ahead(self, days: list[Callable[[], date]], wall: datetime) -> tuple[datetime, ...]:
        """Those of the days that exist on which the wall's time is still to come."""
        offered = []
        for find_day in days:
            try:
                when = self._settle(datetime.combine(find_day(), wall.time()))
            except Refused:
                continue
            if self._is_ahead(when):
                offered.append(when)
        return tuple(offered)

    def add(self, span: Span) -> datetime:
        """Months and days on the wall clock, then hours as elapsed time."""
        start = self.now
        if span.months or span.days:
            day = _add_days(add_months(self.local_now.date(), span.months), span.days)
            start = self._settle(datetime.combine(day, self.local_now.time()))
        if span.seconds > timedelta(days=10_000).total_seconds():
            raise Refused(Reason.TOO_FAR)
        return start + timedelta(seconds=span.seconds)

    def check(self, when: datetime) -> datetime:
        """The instant itself if it is ahead and within the horizon."""
        if when <= self.now:
            raise Refused(Reason.PAST)
        if when > _horizon(self.now):
            raise Refused(Reason.TOO_FAR)
        return when

    def _settle(self, wall: datetime) -> datetime:
        if not self.now.year - 1 <= wall.year <= self.now.year + HORIZON_YEARS + 1:
            raise Refused(Reason.TOO_FAR if wall > self.local_now else Reason.PAST)
        earlier, later = (
            wall.replace(tzinfo=self.tz, fold=fold).astimezone(UTC) for fold in (0, 1)
        )
        if earlier == later:
            return earlier
        is_gap = earlier.astimezone(self.tz).replace(tzinfo=None) != wall
        raise Refused(
            Reason.NONEXISTENT if is_gap else Reason.TWOFOLD,
            f"{wall:%H:%M}",
            tuple(sorted(when for when in (earlier, later) if self._is_ahead(when))),
        )

    def _is_ahead(self, when: datetime) -> bool:
        return self.now < when <= _horizon(self.now)

    def _find_midnight(self, phrase: Phrase) -> datetime:
        """Midnight tonight is clear, the midnight of a day is not."""
        tomorrow = self.local_now.date() + timedelta(days=1)
        clock = Clock(0)
        if not phrase.span and phrase.day in (None, DayOffset(0)):
            return self.at(tomorrow, clock)
        try:
            day = find_days(replace(phrase, clock=clock), time(12), self.local_now).main
        except SeveralDays:
            raise Refused(Reason.AMBIGUOUS_DATE) from None
        raise Refused(
            Reason.AMBIGUOUS_DATE,
            "00:00",
            self._at_each((day, _add_days(day, 1)), clock),
        )

    def _find_small_hour(self, phrase: Phrase, said: Clock, clock: Clock) -> datetime:
        """ "tonight 1am" is in the night ahead; of "friday night 1am" nobody knows the day."""
        today = self.local_now.date()
        if phrase.day == DayOffset(0) and not phrase.span:
            if said.sure is Sure.ASK:
                raise Refused(Reason.NEEDS_AM_PM, str(said.hour))
            is_evening = self.local_now.hour >= _WAKES
            return self.at(today + timedelta(days=is_evening), clock)
        try:
            day = find_days(phrase, _time(clock), self.local_now).main
        except SeveralDays:
            raise Refused(Reason.AMBIGUOUS_DATE) from None
        alternatives = self._at_each((day, _add_days(day, 1)), clock)
        raise Refused(Reason.AMBIGUOUS_DATE, alternatives=alternatives)

    def _offer(self, phrases: list[Phrase]) -> tuple[datetime, ...]:
        offered = []
        for phrase in phrases:
            try:
                clock = phrase.clock or Clock(0)
                offered.append(self.at(find_days(phrase, _time(clock), self.local_now).main, clock))
            except (Refused, SeveralDays):
                continue
        return tuple(sorted(offered))

    def _at_each(self, days: tuple[date, ...], clock: Clock) -> tuple[datetime, ...]:
        """Those of the days on which the clock time can be offered."""
        offered = []
        for day in days:
            try:
                offered.append(self.at(day, clock))
            except Refused:
                continue
        return tuple(sorted(offered))


def _check_weekday(when: datetime, scene: Scene, writers: tzinfo) -> None:
    """Where it is another day already, "fri 9pm PST" may mean the Friday of here or of there."""
    here, there = when.astimezone(writers).date(), _wall(when, scene.tz).date()
    if scene.now.astimezone(writers).date() == scene.local_now.date() or here == there:
        return
    other = (_wall(when, scene.tz) + (there - here)).replace(tzinfo=scene.tz).astimezone(UTC)
    ahead = (each for each in (when, other) if each > scene.now)
    raise Refused(Reason.AMBIGUOUS_DATE, alternatives=tuple(sorted(ahead)))


def _other_zone_reading(
    phrase: Phrase, clock: Clock, when: datetime, scene: Scene, zone: str
) -> tuple[datetime | None, Note | None]:
    """The letters taken word for word, or the day counted where the writer is."""
    literal = phrase.zone.literal if phrase.zone else None
    if literal:
        other = _try(Scene(scene.now, literal), phrase, clock)
        if other and other != when and _wall(other, literal) == _wall(when, scene.tz):
            return other, Note.ZONE_LETTERS
    if phrase.day is None and phrase.span is None:
        return None, None
    there = Scene(scene.now, scene.tz)
    there.local_now = scene.now.astimezone(get_zone(zone)).replace(tzinfo=None)
    other = _try(there, phrase, clock)
    return (other, Note.ZONE_DAY) if other and other != when else (None, None)


def _try(scene: Scene, phrase: Phrase, clock: Clock) -> datetime | None:
    try:
        return scene.find(phrase, clock)[0]
    except Refused:
        return None


def _wall(when: datetime, tz: tzinfo) -> datetime:
    return when.astimezone(tz).replace(tzinfo=None)


def _time(clock: Clock) -> time:
    return time(clock.hour, clock.minute, clock.second)


def _add_days(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise Refused(Reason.TOO_FAR) from None


def _horizon(now: datetime) -> datetime:
    day = min(now.day, 28) if now.month == 2 else now.day
    return now.replace(year=now.year + HORIZON_YEARS, day=day)


def _from_timestamp(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise Refused(Reason.TOO_FAR, str(seconds)) from None


def _find_end(until: Clock | None, start: datetime) -> datetime | None:
    """The end of a range, within half a day after its start where that is left open."""
    if until is None:
        return None
    hours = [until.hour] if until.sure is Sure.EXACT else [until.hour % 12, until.hour % 12 + 12]
    ends = []
    for hour in hours:
        end = start.replace(hour=hour, minute=until.minute, second=until.second)
        ends.append(end if end > start else end + timedelta(days=1))
    return min(ends)
