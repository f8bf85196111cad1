"""Reads lengths of time: "in 2 hours", "2h30m", "anderthalb Stunden", "через час"."""

from dataclasses import replace

from when.languages.table import Kind, Unit
from when.phrases.line import Line
from when.phrases.phrase import Span
from when.reading import Reason, Refused

_SECONDS = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7, Unit.FORTNIGHT: 14}
_MONTHS = {Unit.MONTH: 1, Unit.YEAR: 12}
_QUARTERS = (25, 50, 75)  # hundredths
_MOST = 100_000  # of any unit; beyond two years in any case once added up


def read_span(line: Line, place: int) -> tuple[Span, int] | None:
    """The length of time at a place, and the place after it."""
    shift, after = _sign(line, place)
    after = line.skip(after, Kind.IN, Kind.PLUS)
    starts_now = after > place and shift >= 0
    place = after
    span = Span()
    found = _read_amount(line, place, starts_now)
    first = place
    smallest: Unit | None = None
    while found:
        part, place = found
        unit = _unit_of(part)
        if smallest is not None and unit >= smallest:
            raise Refused(Reason.SEVERAL, line.text(place - 1))  # "20h 21h"
        span, smallest = _add(span, part), unit
        after_and = place + line.has(place, Kind.AND)
        found = _read_amount(line, after_and, starts_now=False)
    if place == first:
        return None
    if starts_now and smallest is Unit.HOUR and _ends_in_minutes(line, place):
        span = _add(span, Span(seconds=60 * line.value(place, Kind.INTEGER)))
        place += 1
    if line.has(place, Kind.FROM_NOW):
        starts_now, place = True, place + 1
    shift, is_before_start, place = _direction(line, place, shift)
    joint = line.skip(place, Kind.ARTICLE)
    counts_from = line.has(joint, Kind.FROM) and line.has(
        joint + 1, Kind.WEEKDAY, Kind.DAY, Kind.THIS
    )
    if counts_from:
        place = joint + 1
    read = replace(
        span,
        starts_now=starts_now,
        counts_from=counts_from,
        shift=shift,
        is_before_start=is_before_start,
    )
    return read, place


def _sign(line: Line, place: int) -> tuple[int, int]:
    """ "+1h" is 1; "-1h" is -1, where nothing before it makes the dash a range's."""
    if line.has(place, Kind.PLUS):
        return 1, place
    if place == 0 and line.has(0, Kind.DASH):
        return -1, 1
    return 0, place


def _direction(line: Line, place: int, shift: int) -> tuple[int, bool, int]:
    """ "later", "earlier" or "before" after a length, whether the start is meant, and the place.

    "After" and "before" may join a clock time as well, and are taken at the end alone.
    """
    joins = line.has(place, Kind.PAST, Kind.TO, Kind.FROM, Kind.UNTIL, Kind.ON)
    if shift or (joins and place + 1 < len(line)):
        return shift, False, place
    if line.has(place, Kind.LATER):
        return 1, False, place + 1
    if line.has(place, Kind.EARLIER):
        return -1, False, place + 1
    if line.has(place, Kind.BEFORE):
        return -1, True, place + 1
    return shift, False, place


def is_one_clock_word(line: Line, place: int, after: int) -> bool:
    """Whether what was read is only a number with a word that also means o'clock: "20h"."""
    return after == place + 2 and line.has(place + 1, Kind.OCLOCK)


def _ends_in_minutes(line: Line, place: int) -> bool:
    """ "in 1h 30": two digits after the hours that nothing follows."""
    if place + 1 != len(line) or not line.is_digits(place, most=2):
        return False
    minutes, digits = line.values(place, Kind.INTEGER)
    return digits == 2 and minutes < 60


def _add(span: Span, more: Span) -> Span:
    return Span(span.months + more.months, span.days + more.days, span.seconds + more.seconds)


def _unit_of(span: Span) -> Unit:
    """The size a single amount was given in; minutes where hours came as a fraction."""
    if span.months:
        return Unit.YEAR if span.months % 12 == 0 else Unit.MONTH
    if span.days:
        return Unit.WEEK if span.days % 7 == 0 else Unit.DAY
    return Unit.HOUR if span.seconds % 3600 == 0 else Unit.MINUTE


def _read_amount(line: Line, place: int, starts_now: bool) -> tuple[Span, int] | None:
    start = line.skip(place, Kind.A)
    if line.has(start, Kind.SPAN):
        return Span(seconds=line.value(start, Kind.SPAN) * 60), start + 1
    fraction = _read_fraction(line, start)
    if fraction:
        return fraction
    if starts_now and line.has(place, Kind.LONE_UNIT):
        return _times(line, 1, line.value(place, Kind.LONE_UNIT), place), place + 1
    if starts_now and line.has(place, Kind.H_CLOCK):
        hours, minutes = line.values(place, Kind.H_CLOCK)
        return Span(seconds=hours * 3600 + minutes * 60), place + 1
    amount = _amount(line, place)
    if amount is None:
        return None
    return _read_counted(line, place + 1, amount)


def _read_fraction(line: Line, place: int) -> tuple[Span, int] | None:
    """ "half an hour", "a quarter of an hour"."""
    for kind, amount in ((Kind.HALF, 0.5), (Kind.QUARTER, 0.25)):
        unit = line.skip(place + 1, Kind.OF, Kind.A)
        if line.has(place, kind) and line.has(unit, Kind.UNIT):
            return _times(line, amount, line.value(unit, Kind.UNIT), place), unit + 1
    return None


def _read_counted(line: Line, place: int, amount: float) -> tuple[Span, int] | None:
    if line.has(place, Kind.AND_HALF):
        amount, place = amount + 0.5, place + 1
    if amount < 1:  # "three quarters of an hour"
        place = line.skip(place, Kind.OF, Kind.A)
    if not line.has(place, Kind.UNIT):
        return None
    unit = line.value(place, Kind.UNIT)
    if line.has(place + 1, Kind.AND_HALF):
        amount, place = amount + 0.5, place + 1
    return _times(line, amount, unit, place), place + 1


def _amount(line: Line, place: int) -> float | None:
    if line.has(place, Kind.NUMBER):
        return line.amount(place, Kind.NUMBER)
    if line.has(place, Kind.INTEGER):
        return line.amount(place, Kind.INTEGER)
    if line.has(place, Kind.DOTTED):
        left, right, digits = line.values(place, Kind.DOTTED)
        if digits == 2 and right not in _QUARTERS:
            return None  # "8.30 h" is a clock time
        return left + right / float(10**digits)
    return 1 if line.has(place, Kind.A) else None


def _times(line: Line, amount: float, unit_number: int, place: int) -> Span:
    unit = Unit(unit_number)
    if amount > _MOST:
        raise Refused(Reason.TOO_FAR, line.text(place))
    if unit in _SECONDS:
        return Span(seconds=round(amount * _SECONDS[unit]))
    if amount % 1:
        raise Refused(Reason.BAD_NUMBER, line.text(place))
    if unit in _DAYS:
        return Span(days=int(amount) * _DAYS[unit])
    return Span(months=int(amount) * _MONTHS[unit])
