"""Finds the day a phrase means, given today and the clock time."""

from calendar import monthrange
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from when.phrases.phrase import (
    Day,
    DayOffset,
    EitherDate,
    OnDate,
    OnMonthDay,
    OnNthWeekday,
    OnWeekday,
    Phrase,
    Span,
    Which,
)
from when.reading import Note, Reason, Refused

_WEEK = timedelta(days=7)
_SLEEPS_UNTIL = 4  # o'clock: before that, "tomorrow" may be the day one wakes into


@dataclass(frozen=True, slots=True)
class Days:
    """The day meant and another one to offer."""

    main: date
    other: date | None = None
    note: Note | None = None


class SeveralDays(Exception):
    """The phrase means any of these days; never leaves this package."""

    def __init__(self, *days: date) -> None:
        super().__init__(*days)
        self.days = days


def find_days(phrase: Phrase, clock: time, local_now: datetime) -> Days:
    """The day of the phrase; raises SeveralDays or Refused."""
    today = local_now.date()
    has_passed = clock <= local_now.time()
    if phrase.span:
        return _after_span(phrase.span, phrase.day, today)
    if phrase.day is None:
        return Days(today + timedelta(days=has_passed))
    days = _find(phrase, phrase.day, local_now, has_passed)
    if phrase.weekday is not None and days.main.weekday() != phrase.weekday:
        raise Refused(Reason.CONTRADICTION, days.main.isoformat())
    return days


def _find(phrase: Phrase, day: Day, local_now: datetime, has_passed: bool) -> Days:
    today = local_now.date()
    match day:
        case DayOffset():
            return _from_offset(day.days, local_now)
        case OnWeekday():
            return _from_weekday(day, phrase.weeks_ahead, today, has_passed)
        case OnDate():
            return Days(_from_date(day, today))
        case EitherDate():
            raise _either(day, today)
        case OnMonthDay():
            return Days(_from_month_day(day.day, today, has_passed))
        case OnNthWeekday():
            return Days(_from_nth(day, today, has_passed))


def _from_offset(days: int, local_now: datetime) -> Days:
    main = local_now.date() + timedelta(days=days)
    if days == 1 and local_now.hour < _SLEEPS_UNTIL:
        return Days(main, local_now.date(), Note.AFTER_MIDNIGHT)
    return Days(main)


def _from_weekday(day: OnWeekday, weeks: int | None, today: date, has_passed: bool) -> Days:
    this_week = today - timedelta(days=today.weekday()) + timedelta(days=day.weekday)
    if weeks is not None:
        if day.which is not Which.ANY:
            raise Refused(Reason.NOT_UNDERSTOOD)
        return Days(this_week + weeks * _WEEK)
    coming = this_week if this_week > today else this_week + _WEEK
    if day.which is Which.ANY:
        if this_week == today and not has_passed:
            return Days(today, coming, Note.LATER_DAY)
        return Days(coming)
    following = this_week + _WEEK
    if coming == following:
        return Days(following)
    if day.which is Which.NEXT_OR_COMING:
        raise SeveralDays(coming, following)
    return Days(following, coming, Note.NEARER_DAY)


def _after_span(span: Span, day: Day | None, today: date) -> Days:
    if isinstance(day, OnWeekday):
        return _weeks_after(span, day, today)
    if isinstance(day, DayOffset):
        return Days(today + timedelta(days=day.days + span.days))
    return Days(add_months(today, span.months) + timedelta(days=span.days))


def _weeks_after(span: Span, day: OnWeekday, today: date) -> Days:
    """ "a week from friday" counts from that Friday; "in 2 weeks on saturday" may not."""
    if day.which is not Which.ANY:
        raise Refused(Reason.AMBIGUOUS_DATE)
    if day.weekday == today.weekday():
        counted_from_today = today + timedelta(days=span.days)
        raise SeveralDays(counted_from_today, counted_from_today + _WEEK)
    this_week = today - timedelta(days=today.weekday()) + timedelta(days=day.weekday)
    weeks = timedelta(days=span.days)
    counted = (this_week if this_week > today else this_week + _WEEK) + weeks
    if span.counts_from:
        return Days(counted)
    if counted != this_week + weeks:
        raise SeveralDays(this_week + weeks, counted)
    return Days(counted, counted - _WEEK, Note.NEARER_DAY)


def _from_date(day: OnDate, today: date) -> date:
    """A date without a year is the next one, today included."""
    if day.year is not None:
        return _date(day.year, day.month, day.day)
    is_over = (day.month, day.day) < (today.month, today.day)
    return _date(today.year + is_over, day.month, day.day)


def _either(day: EitherDate, today: date) -> SeveralDays:
    found = []
    for reading in (day.first, day.second):
        with suppress(Refused):
            found.append(_from_date(reading, today))
    return SeveralDays(*found)


def _from_month_day(day: int, today: date, has_passed: bool) -> date:
    """The next month that has such a day: "the 31st" in November is in December."""
    if not 1 <= day <= 31:
        raise Refused(Reason.BAD_NUMBER, str(day))
    first = today.replace(day=1)
    for months in range(3):
        month = add_months(first, months)
        found = month.replace(day=min(day, monthrange(month.year, month.month)[1]))
        if found.day == day and (found > today or (found == today and not has_passed)):
            return found
    raise Refused(Reason.BAD_NUMBER, str(day))


def _from_nth(day: OnNthWeekday, today: date, has_passed: bool) -> date:
    found = _nth(day, day.year or today.year)
    if day.year is None and (found < today or (found == today and has_passed)):
        return _nth(day, today.year + 1)
    return found


def _nth(day: OnNthWeekday, year: int) -> date:
    length = monthrange(year, day.month)[1]
    matching = [
        found
        for found in (date(year, day.month, number) for number in range(1, length + 1))
        if found.weekday() == day.weekday
    ]
    if day.nth > len(matching):
        raise Refused(Reason.BAD_NUMBER, str(day.nth))
    return matching[day.nth if day.nth < 0 else day.nth - 1]


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Refused(Reason.BAD_NUMBER, f"{year:04}-{month:02}-{day:02}") from None


def add_months(start: date, months: int) -> date:
    """The same day that many months on; raises Refused where that month has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > start.year + 100:
        raise Refused(Reason.TOO_FAR)
    return _date(year, month + 1, start.day)
