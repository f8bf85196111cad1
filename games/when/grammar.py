"""Puts the parts of a phrase together; whatever does not fit refuses the whole phrase."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from games.when.clocks import read_bare_hour, read_clock
from games.when.days import order_date, read_day
from games.when.lexicon import Kind, Part, Unit
from games.when.line import Line
from games.when.phrase import (
    Clock,
    Day,
    DayOffset,
    OnDate,
    OnMonthDay,
    OnWeekday,
    Phrase,
    Span,
    Sure,
    Which,
)
from games.when.reading import Reason, Refused
from games.when.spans import is_one_clock_word, read_span
from games.when.tokens import Token
from games.when.zones import AMBIGUOUS, Zone, find_zone, offset_zone

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


def read_phrase(
    tokens: Sequence[Token], *, day_first: bool | None, hour_word_tells_clock: bool
) -> Phrase:
    """What the tokens say together; raises Refused."""
    line = Line(tokens[:MOST_TOKENS])
    for place in range(len(line)):
        if line.has(place, Kind.UNKNOWN):
            raise Refused(Reason.UNKNOWN_WORDS, line.text(place))
    if len(tokens) > MOST_TOKENS:
        raise Refused(Reason.TOO_LONG)
    reader = _Reader(line, day_first, hour_word_tells_clock)
    place = 0
    while place < len(line):
        place = reader.read_at(place)
    return reader.finish()


@dataclass
class _Reader:
    line: Line
    day_first: bool | None
    hour_word_tells_clock: bool
    days: list[Day] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    until: Clock | None = None
    spans: list[Span] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    instants: list[int] = field(default_factory=list)
    weeks: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)  # numbers that may be an hour or a day
    military: list[tuple[int, ...]] = field(default_factory=list)  # (1930, digits written)
    dotted: list[tuple[int, ...]] = field(default_factory=list)
    dashed: list[tuple[int, ...]] = field(default_factory=list)

    def read_at(self, place: int) -> int:
        """Reads one part of the phrase and returns the place after it."""
        if self.clocks and self.line.has(place, Kind.WEEKDAY) and self.line.has(place, Kind.ZONE):
            raise Refused(Reason.AMBIGUOUS_ZONE, self.line.text(place))  # "8pm pt" in Polish
        for read in (
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
        self.spans.append(span)
        return after

    def _read_range(self, place: int) -> int | None:
        """ "8pm-11pm", "von 20 bis 22 Uhr": the start counts, the end is kept."""
        line = self.line
        if line.has(place, Kind.DASHED):
            left, right = line.values(place, Kind.DASHED)
            if not (line.is_meridiem(place + 1) or line.has(place + 1, Kind.OCLOCK)):
                return None
            first = Clock(left, sure=Sure.ASK if 1 <= left <= 12 else Sure.EXACT)
            second, after = self._range_end(place, right)
            self._add_range(first, second, has_meridiem=line.is_meridiem(place + 1))
            return after
        start = read_clock(line, place) or read_bare_hour(line, place)
        if not start or not line.has(start[1], Kind.DASH, Kind.UNTIL):
            return None
        is_bare = not read_clock(line, place)
        if is_bare and line.has(start[1], Kind.AT):
            return None  # "lunes 23 a las 20:00"
        if is_bare and line.has(place - 1, Kind.WEEKDAY) and line.has(start[1], Kind.DASH):
            raise Refused(Reason.SEVERAL, line.text(place))  # "sun 22 - 8pm": the 22nd?
        end = read_clock(line, start[1] + 1)
        if not end and not is_bare:
            end = read_bare_hour(line, start[1] + 1)
        if not end or (line.has(start[1], Kind.DASH) and line.has(end[1], Kind.MONTH)):
            return None
        if is_bare and line.has(start[1], Kind.TO) and start[0].hour in _MINUTES_TO:
            raise Refused(Reason.SEVERAL, line.text(place))
        self._add_range(start[0], end[0], has_meridiem=line.is_meridiem(end[1] - 1))
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

    def _add_range(self, start: Clock, end: Clock, *, has_meridiem: bool = False) -> None:
        """Takes the half of the day that makes the range shorter than half a day."""
        if start.hour > 23:
            raise Refused(Reason.BAD_NUMBER, str(start.hour))
        is_open = start.sure is Sure.ASK or (start.sure is Sure.LIKELY and has_meridiem)
        if is_open and end.sure is Sure.EXACT:
            length = (end.hour - start.hour) % 24
            if length in (0, 12):
                raise Refused(Reason.NEEDS_AM_PM)
            hour = start.hour % 24 if length < 12 else (start.hour + 12) % 24
            start = replace(start, hour=hour, sure=Sure.EXACT)
        self.clocks.append(replace(start, or_span=False))
        self.until = end

    def _read_day(self, place: int) -> int | None:
        found = read_day(self.line, place, self.day_first)
        if not found:
            return None
        day, after = found
        self.days.append(day)
        return after

    def _read_clock(self, place: int) -> int | None:
        found = read_clock(self.line, place)
        if not found:
            return None
        clock, after = found
        self.clocks.append(clock)
        return after

    def _read_word(self, place: int) -> int | None:
        line = self.line
        if line.has(place, Kind.DAY_PART):
            days, part = line.values(place, Kind.DAY_PART)
            self.days.append(DayOffset(days))
            self.parts.append(Part(part))
        elif line.has(place, Kind.PART):
            self.parts.append(Part(line.value(place, Kind.PART)))
        elif line.has(place, Kind.WEEK_AHEAD):
            self.weeks.append(line.value(place, Kind.WEEK_AHEAD))
        elif line.has(place, Kind.ZONE):
            self.zones.append(self._zone(line.text(place)))
        elif line.has(place, Kind.OFFSET):
            self._add_offset(place)
        elif line.has(place, Kind.INSTANT):
            self.instants.append(line.value(place, Kind.INSTANT))
        else:
            return None
        return place + 1

    def _zone(self, name: str) -> Zone:
        if name in AMBIGUOUS:
            raise Refused(Reason.AMBIGUOUS_ZONE, name.upper())
        zone = find_zone(name)
        if zone is None:
            raise Refused(Reason.UNKNOWN_WORDS, name)
        return zone

    def _add_offset(self, place: int) -> None:
        minutes, like_range = self.line.values(place, Kind.OFFSET)
        has_iso_date = any(self.line.has(before, Kind.ISO_DATE) for before in range(place))
        if like_range and not has_iso_date:
            raise Refused(Reason.AMBIGUOUS_ZONE, self.line.text(place))
        self.zones.append(offset_zone(minutes))

    def _read_number(self, place: int) -> int | None:
        line = self.line
        whole = line.whole(place)
        if whole is not None:
            self.bare.append(whole)
        elif line.has(place, Kind.INTEGER) and line.values(place, Kind.INTEGER)[1] in (3, 4):
            self.military.append(line.values(place, Kind.INTEGER))
            is_hours = (
                line.has(place + 1, Kind.UNIT) and line.value(place + 1, Kind.UNIT) == Unit.HOUR
            )
            return place + 1 + is_hours
        elif line.has(place, Kind.DOTTED):
            self.dotted.append(line.values(place, Kind.DOTTED))
        elif line.has(place, Kind.DASHED):
            self.dashed.append(line.values(place, Kind.DASHED))
        else:
            return None
        return place + 1

    def finish(self) -> Phrase:
        """The phrase, once all of it is known; raises Refused."""
        self._place_dotted()
        self._place_dashed()
        self._place_bare()
        day, weekday = self._one_day()
        clock = self._one(self.clocks, "clock")
        span = self._one(self.spans, "span")
        if clock and clock.or_span:
            clock, span = self._clock_or_span(clock, span, day)
        phrase = Phrase(
            day=day,
            weekday=weekday,
            weeks_ahead=self._one(self.weeks, "week"),
            clock=clock,
            until=self.until,
            part=self._one(self.parts, "part"),
            span=span,
            zone=self._one(self.zones, "zone"),
            instant=self._one(self.instants, "instant"),
        )
        check_phrase(phrase)
        return phrase

    def _one[T](self, found: list[T], what: str) -> T | None:
        if len(set(found)) > 1 or (len(found) > 1 and what in ("clock", "span")):
            raise Refused(Reason.SEVERAL)
        return found[0] if found else None

    def _place_dotted(self) -> None:
        """ "20.30" and "25.12": a day if there is a clock time besides, else a clock time."""
        for left, right, digits in self.dotted:
            if self.clocks and 1 <= right <= 12 and 1 <= left <= 31:
                self.days.append(OnDate(right, left))
            elif digits == 2 and left <= 23 and (right == 0 or 12 < right <= 59):
                sure = Sure.ASK if 1 <= left <= 12 else Sure.EXACT
                self.clocks.append(Clock(left, right, sure=sure))
            else:
                raise Refused(Reason.NO_TIME, f"{left}.{right:0{digits}}")

    def _place_dashed(self) -> None:
        """ "20-11" with a clock time besides is a date, "20-23" without one a range."""
        for left, right in self.dashed:
            if self.clocks:
                self.days.append(order_date(left, right, None, self.day_first))
            elif 12 < left <= 23 and 12 < right <= 23 and self.days:
                self._add_range(Clock(left), Clock(right))
            else:
                raise Refused(Reason.NEEDS_AM_PM, f"{left}-{right}")

    def _place_bare(self) -> None:
        """A number on its own: "lunes 23 a las 20:00", "tomorrow 20", "tonight 8"."""
        numbers = [*self.bare, *(value for value, _ in self.military)]
        if not numbers:
            return
        if len(numbers) > 1:
            raise Refused(Reason.NOT_UNDERSTOOD, str(numbers[1]))
        number = numbers[0]
        is_weekday = any(isinstance(day, OnWeekday) for day in self.days)
        if self.bare and is_weekday and self.clocks and 1 <= number <= 31:
            self.days.append(OnMonthDay(number))
        elif self.clocks or not (self.days or self.parts):
            raise Refused(Reason.NOT_UNDERSTOOD, str(number))
        else:
            self.clocks.append(self._hour(number))

    def _hour(self, number: int) -> Clock:
        if self.military:
            return _military_clock(*self.military[0])
        if number > 23 or number == 0:
            raise Refused(Reason.BAD_NUMBER, str(number))
        if number > 12 and not self.parts and not isinstance(self.days[0], DayOffset):
            raise Refused(Reason.AMBIGUOUS_DATE, str(number))  # the 20th, 2020, or at 20:00?
        return Clock(number, sure=Sure.ASK if number <= 12 else Sure.EXACT)

    def _one_day(self) -> tuple[Day | None, int | None]:
        """The day said, and the weekday said besides that it has to be."""
        weekdays = [day for day in self.days if isinstance(day, OnWeekday)]
        others = [day for day in self.days if not isinstance(day, OnWeekday)]
        if len(set(weekdays)) > 1 or len(set(others)) > 1:
            raise Refused(Reason.SEVERAL)
        if not others:
            return (weekdays[0] if weekdays else None), None
        if weekdays and weekdays[0].which is not Which.ANY and isinstance(others[0], DayOffset):
            raise Refused(Reason.CONTRADICTION)
        return others[0], (weekdays[0].weekday if weekdays else None)

    def _clock_or_span(
        self, clock: Clock, span: Span | None, day: Day | None
    ) -> tuple[Clock | None, Span | None]:
        """ "21h" is a clock time, "2h" two hours from now, unless a day is said."""
        settled = replace(clock, or_span=False)
        if day or self.parts or span or self.zones or clock.hour > 12 or clock.hour == 0:
            return settled, span
        if self.hour_word_tells_clock or clock.minute:
            raise Refused(Reason.NEEDS_AM_PM, str(clock.hour))
        return None, Span(seconds=clock.hour * 3600)


def _military_clock(number: int, digits: int) -> Clock:
    hour, minute = divmod(number, 100)
    if hour > 23 or minute > 59:
        raise Refused(Reason.BAD_NUMBER, str(number))
    if 2020 <= number < 2040:
        raise Refused(Reason.AMBIGUOUS_DATE, str(number))  # a year?
    return Clock(hour, minute, sure=Sure.EXACT if digits == 4 else Sure.ASK)


def check_phrase(phrase: Phrase) -> None:
    """Refuses parts that do not go together."""
    if phrase.instant is not None:
        if phrase != Phrase(instant=phrase.instant):
            raise Refused(Reason.SEVERAL)
        return
    if phrase.span:
        _check_span(phrase, phrase.span)
    elif not phrase.clock:
        raise Refused(Reason.NO_TIME)
    if phrase.weeks_ahead is not None and not isinstance(phrase.day, OnWeekday):
        raise Refused(Reason.NO_DAY)


def _check_span(phrase: Phrase, span: Span) -> None:
    said = span.starts_now or span.counts_from
    if phrase.day and not (
        said and span.is_weeks and isinstance(phrase.day, OnWeekday | DayOffset)
    ):
        raise Refused(Reason.CONTRADICTION)
    if span.counts_from and not phrase.day:
        raise Refused(Reason.NOT_UNDERSTOOD)
    if span.seconds and (phrase.clock or phrase.part or phrase.zone):
        raise Refused(Reason.CONTRADICTION)
    if phrase.weeks_ahead is not None:
        raise Refused(Reason.CONTRADICTION)
    if not phrase.clock and (phrase.day or phrase.part or phrase.zone):
        raise Refused(Reason.NO_TIME)
    if phrase.clock and not said:
        raise Refused(Reason.NOT_UNDERSTOOD)
