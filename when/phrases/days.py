"""Reads days: "next friday", "20 Nov", "the 25th", "first saturday of december"."""

from when.languages.table import Kind
from when.phrases.line import Line
from when.phrases.phrase import (
    Day,
    DayOffset,
    EitherDate,
    OnDate,
    OnMonthDay,
    OnNthWeekday,
    OnWeekday,
    Which,
)
from when.reading import Reason, Refused

Found = tuple[Day, int] | None  # a day and the place after it
_JOINTS = (Kind.OF, Kind.ARTICLE, Kind.ON)


def read_day(line: Line, place: int, day_first: bool | None) -> Found:
    for read in (_read_nth, _read_day_month, _read_month_day, _read_offset, _read_weekday):
        found = read(line, place)
        if found:
            return found
    return _read_numeric(line, place, day_first) or _read_day_of_month(line, place)


def order_date(left: int, right: int, year: int | None, day_first: bool | None) -> Day:
    """05/12 as the day it is, or both days where the order is not known."""
    day_month, month_day = OnDate(right, left, year), OnDate(left, right, year)
    if left > 12 or left == right or (day_first and right <= 12):
        return day_month
    if right > 12 or day_first is False:
        return month_day
    return EitherDate(day_month, month_day)


def _read_offset(line: Line, place: int) -> Found:
    if line.has(place, Kind.HOLIDAY):
        month, day = line.values(place, Kind.HOLIDAY)
        year, after = _read_year(line, place + 1)
        return OnDate(month, day, year), after
    return (DayOffset(line.value(place, Kind.DAY)), place + 1) if _is_day(line, place) else None


def _is_day(line: Line, place: int) -> bool:
    """Whether it says today or tomorrow; "Freitag Morgen" is a morning."""
    if not line.has(place, Kind.DAY):
        return False
    follows_day = line.has(place - 1, Kind.WEEKDAY, Kind.DAY)
    return not (
        line.has(place, Kind.PART) and follows_day and line.text(place) != line.text(place - 1)
    )


def _read_weekday(line: Line, place: int) -> Found:
    which = Which.ANY
    if line.has(place, Kind.NEXT):
        which, place = Which.NEXT, place + 1
    elif line.has(place, Kind.NEXT_OR_COMING):
        which, place = Which.NEXT_OR_COMING, place + 1
    else:
        place = line.skip(place, Kind.THIS, Kind.COMING)
    if not line.has(place, Kind.WEEKDAY):
        return None
    weekday = line.value(place, Kind.WEEKDAY)
    if line.has(place + 1, Kind.NEXT_OR_COMING):
        return OnWeekday(weekday, Which.NEXT_OR_COMING), place + 2
    return OnWeekday(weekday, which), place + 1


def _read_nth(line: Line, place: int) -> Found:
    weekday = place + 1
    if line.has(place, Kind.ORDINAL):
        nth = line.value(place, Kind.ORDINAL)
    elif line.has(place, Kind.LAST):
        nth = -1
    elif line.is_digits(place, most=1) and line.has(place + 1, Kind.ORDINAL_SUFFIX):
        nth, weekday = line.value(place, Kind.INTEGER), place + 2
    else:
        return None
    month = line.skip(weekday + 1, *_JOINTS)
    if not line.has(weekday, Kind.WEEKDAY) or not line.has(month, Kind.MONTH):
        return None
    if nth > 5 or month == weekday + 1:
        return None
    year, after = _read_year(line, month + 1)
    day = OnNthWeekday(nth, line.value(weekday, Kind.WEEKDAY), line.value(month, Kind.MONTH), year)
    return day, after


def _read_day_number(line: Line, place: int) -> tuple[int, bool, int] | None:
    """A day of a month, whether it is marked as one, and the place after it."""
    for kind in (Kind.ORDINAL, Kind.MONTH_DAY):
        if line.has(place, kind):
            return line.value(place, kind), True, place + 1
    number = line.whole(place)
    if number is None:
        return None
    suffixed = line.has(place + 1, Kind.ORDINAL_SUFFIX) and (
        line.is_glued(place + 1) or line.text(place + 1) == "числа"
    )
    after = place + 2 if suffixed else place + 1
    if suffixed and line.text(after) == "числа":
        after += 1
    return number, suffixed, after


def _read_day_month(line: Line, place: int) -> Found:
    found = _read_day_number(line, line.skip(place, Kind.ARTICLE))
    if not found:
        return None
    number, _, after = found
    month = line.skip(after, *_JOINTS)
    if not line.has(month, Kind.MONTH):
        return None
    year, end = _read_year(line, month + 1)
    return OnDate(line.value(month, Kind.MONTH), number, year), end


def _read_month_day(line: Line, place: int) -> Found:
    if not line.has(place, Kind.MONTH):
        return None
    found = _read_day_number(line, line.skip(place + 1, *_JOINTS))
    if not found:
        return None
    number, _, after = found
    if line.has(place + 1, Kind.MONTH_DAY):
        return OnDate(line.value(place, Kind.MONTH), number), after
    if line.is_meridiem(after) or line.has(after, Kind.OCLOCK):
        return None
    if line.has(after, Kind.MONTH):
        return None  # "may 5 june"
    year, end = _read_year(line, after)
    return OnDate(line.value(place, Kind.MONTH), number, year), end


def _read_year(line: Line, place: int) -> tuple[int | None, int]:
    joint = line.skip(place, Kind.OF)
    if line.has(joint, Kind.INTEGER) and not line.has(joint + 1, Kind.OCLOCK):
        value, digits = line.values(joint, Kind.INTEGER)
        if digits == 4 and 2000 <= value < 2200 and not line.is_meridiem(joint + 1):
            return value, line.skip(joint + 1, Kind.OF)
    return None, place


def _read_numeric(line: Line, place: int, day_first: bool | None) -> Found:
    if line.has(place, Kind.ISO_DATE):
        year, month, day = line.values(place, Kind.ISO_DATE)
        return OnDate(month, day, year), place + 1
    if line.has(place, Kind.DAY_MONTH):
        day, month, year = line.values(place, Kind.DAY_MONTH)
        if year:
            return OnDate(month, day, year), place + 1
        said, after = _read_year(line, place + 1)
        return OnDate(month, day, said), after
    if line.has(place, Kind.SLASHED):
        left, right, year = line.values(place, Kind.SLASHED)
        return order_date(left, right, year or None, day_first), place + 1
    return None


def _read_day_of_month(line: Line, place: int) -> Found:
    """ "the 25th", "25.", "25日", "el 25", "dia 25"."""
    start = line.skip(place, Kind.ARTICLE)
    found = _read_day_number(line, start)
    if not found:
        return None
    number, is_marked, after = found
    if is_marked and not (line.has(start, Kind.ORDINAL) and start == place):
        return OnMonthDay(number), after
    if start == place or line.has(after, Kind.OCLOCK, Kind.UNIT) or line.is_meridiem(after):
        return None
    if not 1 <= number <= 31:
        raise Refused(Reason.BAD_NUMBER, line.text(start))
    return OnMonthDay(number), after
