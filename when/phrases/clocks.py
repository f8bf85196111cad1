"""Reads clock times: "8pm", "20h30", "half past seven", "viertel vor neun", "午後8時"."""

from when.languages.table import Kind
from when.phrases.line import Line
from when.phrases.phrase import Clock, Sure
from when.reading import Reason, Refused

Found = tuple[Clock, int] | None  # a clock time and the place after it


def read_clock(line: Line, place: int) -> Found:
    """The clock time at a place; a bare number is one only after a word like "at"."""
    after_at = line.skip(place, Kind.AT)
    at = after_at > place
    place = after_at
    if line.has(place, Kind.AM, Kind.PM) and not line.has(place, Kind.ON):
        return _read_meridiem_first(line, place)
    for read in (_read_named, _read_colon, _read_relative, _read_half_to, _read_to_first):
        found = read(line, place)
        if found:
            return found
    return (
        _read_h_clock(line, place, at)
        or _read_dotted(line, place, at)
        or _read_hour(line, place, at)
    )


def read_bare_hour(line: Line, place: int) -> Found:
    """A number that only its place in a range makes an hour."""
    place = line.skip(place, Kind.AT)
    hour = line.whole(place)
    if hour is None or hour > 23 or line.has(place + 1, Kind.MONTH, Kind.ORDINAL_SUFFIX, Kind.OF):
        return None
    return Clock(hour, sure=_how_sure(hour)), place + 1


def _how_sure(hour: int) -> Sure:
    return Sure.ASK if 1 <= hour <= 12 else Sure.EXACT


def _check(line: Line, place: int, hour: int, minute: int, second: int = 0) -> None:
    if hour > 23 or minute > 59 or second > 59:
        raise Refused(Reason.BAD_NUMBER, line.text(place))


def _finish(line: Line, start: int, place: int, clock: Clock) -> tuple[Clock, int]:
    """Takes the am or pm and the "Uhr" that may follow."""
    if line.is_meridiem(place):
        clock = with_meridiem(clock, line.has(place, Kind.PM), line.text(start))
        place += 1
    elif line.has(place, Kind.OCLOCK):
        place += 1
        if line.is_meridiem(place):
            return _finish(line, start, place, clock)
    return clock, place


def with_meridiem(clock: Clock, is_pm: bool, said: str) -> Clock:
    """The clock time in the half of the day; raises Refused for 13pm and 0am."""
    if not 1 <= clock.hour <= 12 or clock.is_midnight:
        raise Refused(Reason.BAD_NUMBER, said)
    is_midnight = clock.hour == 12 and not is_pm and not clock.minute and not clock.second
    return Clock(clock.hour % 12 + 12 * is_pm, clock.minute, clock.second, is_midnight=is_midnight)


def _read_meridiem_first(line: Line, place: int) -> Found:
    found = read_clock(line, place + 1) or read_bare_hour(line, place + 1)
    if not found:
        return None
    clock, after = found
    if clock.hour == 0 and not clock.is_midnight:  # 午前0時
        return (Clock(0, clock.minute), after) if line.has(place, Kind.AM) else None
    return with_meridiem(clock, line.has(place, Kind.PM), line.text(place + 1)), after


def _read_named(line: Line, place: int) -> Found:
    after = place + 1 if line.whole(place) == 12 else place
    if line.has(after, Kind.NOON):
        return Clock(12), after + 1
    if line.has(after, Kind.MIDNIGHT):
        return Clock(0, is_midnight=True), after + 1
    return None


def _read_colon(line: Line, place: int) -> Found:
    if not line.has(place, Kind.COLON):
        return None
    hour, minute, second, digits = line.values(place, Kind.COLON)
    _check(line, place, hour, minute, second)
    written_in_full = digits == 2 and hour < 10
    sure = Sure.LIKELY if 1 <= hour <= 12 and not written_in_full else Sure.EXACT
    return _finish(line, place, place + 1, Clock(hour, minute, second, sure))


def _read_h_clock(line: Line, place: int, at: bool) -> Found:
    if line.has(place, Kind.KANJI_CLOCK):
        hour, minute, counted = line.values(place, Kind.KANJI_CLOCK)
        _check(line, place, hour, minute)
        sure = max(_how_sure(hour), Sure.LIKELY) if counted else _how_sure(hour)
        return _finish(line, place, place + 1, Clock(hour, minute, sure=sure))
    if not line.has(place, Kind.H_CLOCK):
        return None
    hour, minute = line.values(place, Kind.H_CLOCK)
    _check(line, place, hour, minute)
    clock = Clock(hour, minute, sure=max(_how_sure(hour), Sure.LIKELY), or_span=not at)
    return _finish(line, place, place + 1, clock)


def _read_dotted(line: Line, place: int, at: bool) -> Found:
    """20.30 is a clock time after "um" or before "Uhr"; alone the whole phrase decides."""
    if not line.has(place, Kind.DOTTED):
        return None
    hour, minute, digits = line.values(place, Kind.DOTTED)
    marked = line.is_meridiem(place + 1) or line.has(place + 1, Kind.OCLOCK)
    if digits != 2 or not (at or marked):
        return None
    _check(line, place, hour, minute)
    sure = max(_how_sure(hour), Sure.LIKELY) if marked else _how_sure(hour)
    return _finish(line, place, place + 1, Clock(hour, minute, sure=sure))


def _read_relative(line: Line, place: int) -> Found:
    """ "quarter past eight", "zehn vor acht", "half past 7 pm"."""
    place = place + 1 if line.has(place, Kind.A) and line.has(place + 1, Kind.QUARTER) else place
    minutes, after = _minutes(line, place)
    if minutes is None or not line.has(after, Kind.PAST, Kind.TO):
        return None
    is_past = line.has(after, Kind.PAST)
    counted = after > place + 1 or line.has(place, Kind.QUARTER, Kind.HALF)
    if not is_past and not counted and line.has(after, Kind.UNTIL):
        return None  # "8 to 10 pm" is a range
    return _from_hour(line, after + 1, minutes if is_past else -minutes)


def _minutes(line: Line, place: int) -> tuple[int | None, int]:
    if line.has(place, Kind.QUARTER):
        return 15, place + 1
    if line.has(place, Kind.HALF):
        return 30, place + 1
    number = line.whole(place)
    if number is None or not 1 <= number <= 29:
        return None, place
    is_minute = line.has(place + 1, Kind.UNIT) and line.value(place + 1, Kind.UNIT) == 1
    return number, place + 1 + is_minute


def _read_half_to(line: Line, place: int) -> Found:
    if not line.has(place, Kind.HALF_TO):
        return None
    return _from_hour(line, place + 1, -30)


def _read_to_first(line: Line, place: int) -> Found:
    """ "без четверти восемь", "za kwadrans ósma"."""
    if not line.has(place, Kind.TO):
        return None
    minutes, after = _minutes(line, place + 1)
    return _from_hour(line, after, -minutes) if minutes else None


def _from_hour(line: Line, place: int, minutes: int) -> Found:
    place = line.skip(place, Kind.AT)
    hour = _hour_word(line, place)
    if hour is None or not 1 <= hour <= 23 or (hour > 12 and minutes == -30):
        return None
    after = place + 1
    total = hour * 60 + minutes
    if line.has(after, Kind.OCLOCK):
        after += 1
    if line.is_meridiem(after):
        if hour == 12 and minutes < 0:
            return None  # a quarter to 12 pm: noon or midnight?
        noon_or_later = with_meridiem(Clock(hour), line.has(after, Kind.PM), line.text(place))
        total = (noon_or_later.hour * 60 + minutes) % (24 * 60)
        return Clock(total // 60, total % 60), after + 1
    if hour <= 12 and total < 60:
        total += 12 * 60
    return Clock(total // 60, total % 60, sure=_how_sure(hour)), after


def _hour_word(line: Line, place: int) -> int | None:
    number = line.whole(place)
    if number is None and line.has(place, Kind.ORDINAL):  # "o ósmej", "половина восьмого"
        return line.value(place, Kind.ORDINAL)
    return number


def _read_hour(line: Line, place: int, at: bool) -> Found:
    if line.has(place, Kind.INTEGER) and not line.is_digits(place, most=2):
        return _read_military(line, place, at)
    hour = _hour_word(line, place) if at else line.whole(place)
    if hour is None or line.has(place + 1, Kind.ORDINAL_SUFFIX, Kind.MONTH):
        return None
    oclock = line.has(place + 1, Kind.OCLOCK)
    or_span = oclock and not at and line.has(place + 1, Kind.UNIT)
    if or_span and hour > 23:
        return None
    after = place + 2 if oclock else place + 1
    tail = _read_tail(line, after, oclock)
    if tail:
        return _with_tail(line, place, hour, tail)
    if line.is_meridiem(after):
        return _finish(line, place, after, Clock(hour, sure=Sure.ASK))
    if not (at or oclock):
        return _read_spoken_minutes(line, place, hour, at)
    _check(line, place, hour, 0)
    spoken = None if oclock else _read_spoken_minutes(line, place, hour, at)
    return spoken or (Clock(hour, sure=_how_sure(hour), or_span=or_span), after)


def _with_tail(line: Line, place: int, hour: int, tail: tuple[int, bool, int]) -> Found:
    minutes, is_spelled_out, after = tail
    _check(line, place, hour, 0)
    total = hour * 60 + minutes
    if total < 60 and minutes < 0:
        total += 12 * 60
    sure = max(_how_sure(hour), Sure.LIKELY) if is_spelled_out else _how_sure(hour)
    return _finish(line, place, after, Clock(total // 60, total % 60, sure=sure))


def _read_tail(line: Line, place: int, oclock: bool) -> tuple[int, bool, int] | None:
    """The minutes after an hour, whether they were counted like 8:30, the place after."""
    for kind, minutes in (
        (Kind.AND_HALF, 30),
        (Kind.AND_QUARTER, 15),
        (Kind.LESS_QUARTER, -15),
    ):
        if line.has(place, kind):
            return minutes, False, place + 1
    if line.has(place, Kind.AND_MINUTES, Kind.MINUS):
        minutes_said = line.whole(place + 1)
        if minutes_said is None or not 1 <= minutes_said <= 59:
            return None
        is_spelled_out = line.has(place + 1, Kind.NUMBER)
        if minutes_said % 5 if is_spelled_out else minutes_said <= 12:
            return None  # "a las 8 y 9": two times
        sign = -1 if line.has(place, Kind.MINUS) else 1
        return sign * minutes_said, False, place + 2
    if not oclock or line.has(place - 1, Kind.AT):  # "alle 20 ore 21": two times
        return None
    return _read_counted_minutes(line, place)


def _read_counted_minutes(line: Line, place: int) -> tuple[int, bool, int] | None:
    """ "20 Uhr 30", "huit heures vingt"."""
    minutes = line.whole(place)
    if minutes is None or not 1 <= minutes <= 59 or line.has(place, Kind.A):
        return None
    if line.has(place, Kind.INTEGER) and line.values(place, Kind.INTEGER)[1] != 2:
        return None
    if line.has(place + 1, Kind.MONTH, Kind.ORDINAL_SUFFIX, Kind.OF, Kind.OCLOCK, Kind.UNIT):
        return None
    return minutes, True, place + 1


def _read_spoken_minutes(line: Line, place: int, hour: int, at: bool) -> Found:
    """ "seven thirty pm", "8 30 pm"."""
    found = _read_counted_minutes(line, place + 1)
    if not found or not 1 <= hour <= 23:
        return None
    minutes, _, after = found
    spelled = line.has(place, Kind.NUMBER) and line.has(place + 1, Kind.NUMBER)
    if not line.is_meridiem(after) and not (at and spelled and minutes >= 10):
        return None
    return _finish(line, place, after, Clock(hour, minutes, sure=_how_sure(hour)))


def _read_military(line: Line, place: int, at: bool) -> Found:
    """ "830pm", "at 1930", "1930 Uhr"."""
    value, digits = line.values(place, Kind.INTEGER)
    if digits > 4:
        return None
    clock = Clock(value // 100, value % 100)
    if line.is_meridiem(place + 1):
        _check(line, place, clock.hour, clock.minute)
        return _finish(line, place, place + 1, clock)
    if digits == 4 and (at or line.has(place + 1, Kind.OCLOCK)):
        _check(line, place, clock.hour, clock.minute)
        or_span = not at and line.has(place + 1, Kind.UNIT)
        return _finish(line, place, place + 1, Clock(clock.hour, clock.minute, or_span=or_span))
    return None
