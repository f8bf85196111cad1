"""Puts the parts of a phrase together; whatever does not fit refuses the whole phrase."""

from collections.abc import Sequence
from dataclasses import dataclass

from when.languages.table import Kind, Part, Unit
from when.phrases.clocks import read_bare_hour, read_clock
from when.phrases.days import read_day
from when.phrases.draft import Draft
from when.phrases.line import Line
from when.phrases.phrase import (
    Clock,
    DayOffset,
    Habits,
    Phrase,
    Span,
    Sure,
)
from when.phrases.spans import is_one_clock_word, read_span
from when.phrases.tokens import Token
from when.reading import Reason, Refused
from when.zones.zone import find_zone, is_letters, offset_zone

_REFUSALS = (
    (Kind.RECURRING, Reason.RECURRING),
    (Kind.GONE, Reason.PAST),
    (Kind.VAGUE, Reason.VAGUE),
    (Kind.NOW, Reason.PAST),
    (Kind.TWO_MEANINGS, Reason.AMBIGUOUS_DATE),
)
_MINUTES_TO = (5, 10, 20, 25)  # "ten to eight pm" is 7:50 or the start of a range
MOST_TOKENS = 30  # twice what anybody needs to name a time
_FILLERS = (Kind.AT, Kind.ON, Kind.ARTICLE)
_BEFORE_PLACES = (Kind.IN, Kind.AT, Kind.ON, Kind.OF)


def read_phrase(tokens: Sequence[Token], habits: Habits) -> Phrase:
    """The phrase that the tokens make; raises Refused."""
    line = Line(tokens[:MOST_TOKENS])
    for place in range(len(line)):
        if line.has(place, Kind.UNKNOWN):
            raise Refused(Reason.UNKNOWN_WORDS, line.text(place))
    if len(tokens) > MOST_TOKENS:
        raise Refused(Reason.TOO_LONG)
    if len(line) == 1 and line.has(0, Kind.NOW):
        raise Refused(Reason.NOW)
    reader = _Reader(line, habits.day_first, Draft())
    place = 0
    while place < len(line):
        place = reader.read_at(place)
    return reader.draft.finish(habits)


@dataclass
class _Reader:
    line: Line
    day_first: bool | None
    draft: Draft

    def read_at(self, place: int) -> int:
        """Reads one part of the phrase and returns the place after it."""
        if self.draft.clocks and self._is_day_or_zone(place):
            raise Refused(Reason.AMBIGUOUS_ZONE, self.line.text(place))
        for read in (
            self._read_place,
            self._read_week_after,
            self._read_span,
            self._read_range,
            self._read_day,
            self._read_clock,
            self._read_word,
            self._read_number,
        ):
            after = read(place)
            if after is not None:
                return after
        for kind, reason in _REFUSALS:
            if self.line.has(place, kind):
                raise Refused(reason, self.line.text(place))
        if self._is_filler(place):
            return place + 1
        if self.line.has(place, Kind.SUFFIX):
            return place + 1
        raise Refused(Reason.NOT_UNDERSTOOD, self.line.text(place))

    def _is_day_or_zone(self, place: int) -> bool:
        """The Polish "pt" is Friday; after a clock time it may be Pacific Time."""
        return self.line.has(place, Kind.WEEKDAY) and self.line.has(place, Kind.ZONE)

    def _is_filler(self, place: int) -> bool:
        line = self.line
        if line.has(place, Kind.DASH):  # "fri - 8pm", but not "-2h"
            return 0 < place < len(line) - 1 and not (
                line.is_glued(place + 1) and not line.is_glued(place)
            )
        return line.has(place, *_FILLERS) and place + 1 < len(line)

    def _read_span(self, place: int) -> int | None:
        found = read_span(self.line, place)
        if not found:
            return None
        span, after = found
        if not span.starts_now and self.line.has(after, Kind.PAST, Kind.TO):
            return None  # "twenty minutes to nine"
        if not span.starts_now and is_one_clock_word(self.line, place, after):
            value = self.line.whole(place)
            if value is not None and value <= 23:
                return None  # "20h": the clock decides
        if not span.starts_now and self.line.is_four_digits(place):
            return None  # "1930 hours"
        self.draft.spans.append(span)
        return after

    def _read_week_after(self, place: int) -> int | None:
        """ "friday week": a week after the coming Friday; "friday week 47" is a week's number."""
        line = self.line
        if not (line.has(place, Kind.WEEK_AFTER) and line.has(place - 1, Kind.WEEKDAY, Kind.DAY)):
            return None
        if line.has(place + 1, Kind.INTEGER) and not read_clock(line, place + 1):
            return None
        self.draft.spans.append(Span(days=7, counts_from=True))
        return place + 1

    def _read_range(self, place: int) -> int | None:
        """ "8pm-11pm", "von 20 bis 22 Uhr": the start counts, the end is kept."""
        line = self.line
        if line.has(place, Kind.DASHED):
            left, right = line.values(place, Kind.DASHED)
            if not (line.is_meridiem(place + 1) or line.has(place + 1, Kind.OCLOCK)):
                return None
            first = Clock(left, sure=Sure.ASK if 1 <= left <= 12 else Sure.EXACT)
            second, after = self._range_end(place, right)
            self.draft.add_range(first, second, has_meridiem=line.is_meridiem(place + 1))
            return after
        start = read_clock(line, place) or read_bare_hour(line, place)
        if not start or not line.has(start[1], Kind.DASH, Kind.UNTIL):
            return None
        is_bare = not read_clock(line, place)
        if line.has(start[1], Kind.AT) and not line.has(place, Kind.FROM):
            return None  # "lunes 23 a las 20:00" is no range, "de 20 a 22" is one
        if is_bare and line.has(place - 1, Kind.WEEKDAY) and line.has(start[1], Kind.DASH):
            raise Refused(Reason.SEVERAL, line.text(place))  # "sun 22 - 8pm": the 22nd?
        end = read_clock(line, start[1] + 1)
        if not end and not is_bare:
            end = read_bare_hour(line, start[1] + 1)
        if not end or (line.has(start[1], Kind.DASH) and line.has(end[1], Kind.MONTH)):
            return None
        if is_bare and line.has(start[1], Kind.TO) and start[0].hour in _MINUTES_TO:
            raise Refused(Reason.SEVERAL, line.text(place))
        self.draft.add_range(start[0], end[0], has_meridiem=line.is_meridiem(end[1] - 1))
        return end[1]

    def _range_end(self, place: int, hour: int) -> tuple[Clock, int]:
        if hour > 23:
            raise Refused(Reason.BAD_NUMBER, self.line.text(place))
        if self.line.has(place + 1, Kind.OCLOCK):
            return Clock(hour, sure=Sure.ASK if 1 <= hour <= 12 else Sure.EXACT), place + 2
        if not 1 <= hour <= 12:
            raise Refused(Reason.BAD_NUMBER, self.line.text(place))
        is_pm = self.line.has(place + 1, Kind.PM)
        return Clock(hour % 12 + 12 * is_pm), place + 2

    def _read_day(self, place: int) -> int | None:
        found = read_day(self.line, place, self.day_first)
        if not found:
            return None
        day, after = found
        self.draft.days.append(day)
        return after

    def _read_clock(self, place: int) -> int | None:
        found = read_clock(self.line, place)
        if not found:
            return None
        clock, after = found
        self.draft.clocks.append(clock)
        return after

    def _read_word(self, place: int) -> int | None:
        line = self.line
        if line.has(place, Kind.DAY_PART):
            days, part = line.values(place, Kind.DAY_PART)
            self.draft.days.append(DayOffset(days))
            self.draft.parts.append(Part(part))
        elif line.has(place, Kind.PART):
            self.draft.parts.append(Part(line.value(place, Kind.PART)))
        elif line.has(place, Kind.WEEK_AHEAD):
            self.draft.weeks.append(line.value(place, Kind.WEEK_AHEAD))
        elif line.has(place, Kind.ZONE) and (
            is_letters(line.text(place)) or "/" in line.text(place)
        ):
            self._add_zone(line.text(place))
        elif line.has(place, Kind.OFFSET):
            self._add_offset(place)
        elif line.has(place, Kind.INSTANT):
            self.draft.instants.append(line.value(place, Kind.INSTANT))
        else:
            return None
        return place + 1

    def _read_place(self, place: int) -> int | None:
        """ "8pm eastern", "8pm in london": a place after a time or a day, never before."""
        line = self.line
        if not (self.draft.clocks or self.draft.days):
            return None
        if line.has(place, *_BEFORE_PLACES) and line.is_only(place + 1, Kind.ZONE):
            place += 1
        if not line.is_only(place, Kind.ZONE):
            return None
        self._add_zone(line.text(place))
        return place + 1

    def _add_zone(self, name: str) -> None:
        zone = find_zone(name)
        if zone is None:
            raise Refused(Reason.UNKNOWN_WORDS, name)
        self.draft.zones.append(zone)

    def _add_offset(self, place: int) -> None:
        minutes, like_range = self.line.values(place, Kind.OFFSET)
        has_iso_date = any(self.line.has(before, Kind.ISO_DATE) for before in range(place))
        if like_range and not has_iso_date:
            raise Refused(Reason.AMBIGUOUS_ZONE, self.line.text(place))
        self.draft.zones.append(offset_zone(minutes))

    def _read_number(self, place: int) -> int | None:
        line = self.line
        whole = line.whole(place)
        if whole is not None:
            self.draft.bare.append(whole)
            self.draft.bare_follows_weekday = line.has(place - 1, Kind.WEEKDAY)
        elif line.has(place, Kind.INTEGER) and line.values(place, Kind.INTEGER)[1] in (3, 4):
            self.draft.military.append(line.values(place, Kind.INTEGER))
            is_hours = (
                line.has(place + 1, Kind.UNIT) and line.value(place + 1, Kind.UNIT) == Unit.HOUR
            )
            return place + 1 + is_hours
        elif line.has(place, Kind.DOTTED):
            self.draft.dotted.append(line.values(place, Kind.DOTTED))
        elif line.has(place, Kind.DASHED):
            self.draft.dashed.append(line.values(place, Kind.DASHED))
        else:
            return None
        return place + 1
