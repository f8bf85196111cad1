"""Times of day without a date, and the hours between two of them: "22:00-7:00", "10pm to 7am"."""

from dataclasses import dataclass
from datetime import time

from when.dictionaries import own_lexicon
from when.languages.table import Kind
from when.phrases.clocks import read_bare_hour, read_clock
from when.phrases.line import Line
from when.phrases.phrase import Clock, Sure
from when.phrases.tokens import tokenize
from when.reading import Reason, Refused
from when.spelling import normalize

MOST_CHARACTERS = 60
_BEFORE = (Kind.AT, Kind.FROM, Kind.ON)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A time of day, or None and why."""

    at: time | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class ClockRangeReading:
    """Where the range begins and ends, maybe on the day after; or None and why."""

    start: time | None
    end: time | None
    reason: Reason


def parse_clock(text: str, *, locale: str = "en") -> ClockReading:
    """A time such as "22:00", "10pm" or "22"; without am or pm it is on the 24-hour clock."""
    try:
        line = _line(text, locale)
        clock, after = _read_one(line, 0)
        if after < len(line):
            raise Refused(Reason.NOT_UNDERSTOOD, line.text(after))
        return ClockReading(_time(clock), Reason.OK)
    except Refused as refused:
        return ClockReading(None, refused.reason)


def parse_clock_range(text: str, *, locale: str = "en") -> ClockRangeReading:
    """Two times with a dash or a word between them, both with am or pm or neither."""
    try:
        line = _line(text, locale)
        start, between = _read_one(line, 0)
        if not line.has(between, Kind.DASH, Kind.UNTIL):
            raise Refused(Reason.NOT_UNDERSTOOD, line.text(between))
        end, after = _read_one(line, between + 1)
        if after < len(line):
            raise Refused(Reason.NOT_UNDERSTOOD, line.text(after))
        is_open = Sure.ASK in (start.sure, end.sure)
        if is_open and any(line.is_meridiem(place) for place in range(len(line))):
            raise Refused(Reason.NEEDS_AM_PM)  # "10-7am"
        return ClockRangeReading(_time(start), _time(end), Reason.OK)
    except Refused as refused:
        return ClockRangeReading(None, None, refused.reason)


def write_clock_range(start: time, end: time) -> str:
    """ "22:00–07:00", as `parse_clock_range` reads it."""
    return f"{start:%H:%M}–{end:%H:%M}"


def _line(text: str, locale: str) -> Line:
    if len(text) > MOST_CHARACTERS:
        raise Refused(Reason.TOO_LONG)
    # With room around it no dash is a minus: "22:00-07:00" names no offset.
    normal = normalize(text).replace("-", " - ")
    if not normal:
        raise Refused(Reason.EMPTY)
    line = Line(tokenize(normal, own_lexicon(locale)))
    for place in range(len(line)):
        if line.has(place, Kind.UNKNOWN):
            raise Refused(Reason.UNKNOWN_WORDS, line.text(place))
    return line


def _read_one(line: Line, place: int) -> tuple[Clock, int]:
    place = line.skip(place, *_BEFORE)
    found = read_clock(line, place) or read_bare_hour(line, place)
    if found is None:
        raise Refused(Reason.NOT_UNDERSTOOD, line.text(place))
    return found


def _time(clock: Clock) -> time:
    return time(clock.hour, clock.minute, clock.second)
