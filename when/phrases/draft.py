"""Collects what a phrase says and decides what its loose numbers are."""

from dataclasses import dataclass, field, replace

from when.languages.table import Part
from when.phrases.days import order_date
from when.phrases.phrase import (
    Clock,
    Day,
    DayOffset,
    Habits,
    OnDate,
    OnMonthDay,
    OnWeekday,
    Phrase,
    Span,
    Sure,
    Which,
)
from when.reading import Reason, Refused
from when.zones.zone import Zone


@dataclass
class Draft:
    """The parts read so far; a number that fits several places waits for the rest."""

    days: list[Day] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    until: Clock | None = None
    spans: list[Span] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)
    instants: list[int] = field(default_factory=list)
    weeks: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)  # numbers that may be an hour or a day
    bare_follows_weekday: bool = False
    military: list[tuple[int, ...]] = field(default_factory=list)  # (1930, digits written)
    dotted: list[tuple[int, ...]] = field(default_factory=list)
    dashed: list[tuple[int, ...]] = field(default_factory=list)

    def add_range(self, start: Clock, end: Clock, *, has_meridiem: bool = False) -> None:
        """Takes the half of the day that makes the range shorter than half a day."""
        if start.hour > 23:
            raise Refused(Reason.BAD_NUMBER, str(start.hour))
        is_open = start.sure is Sure.ASK or (start.sure is Sure.LIKELY and has_meridiem)
        if is_open and end.sure is Sure.EXACT:
            length = (end.hour - start.hour) % 24
            if length in (0, 12) or (length > 12 and not has_meridiem):
                raise Refused(Reason.NEEDS_AM_PM, str(start.hour))  # "8-23 Uhr"
            hour = start.hour % 24 if length < 12 else (start.hour + 12) % 24
            start = replace(start, hour=hour, sure=Sure.EXACT)
        self.clocks.append(replace(start, or_span=False))
        self.until = end

    def finish(self, habits: Habits) -> Phrase:
        """The phrase, once all of it is known; raises Refused."""
        self._place_dotted(habits)
        self._place_dashed(habits.day_first)
        self._place_bare(habits)
        day, weekday = self._one_day()
        clock = self._one(self.clocks, "clock")
        span = self._one(self.spans, "span")
        if clock and clock.or_span:
            clock, span = self._clock_or_span(clock, span, day, habits.hour_word_tells_clock)
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
        check_phrase(phrase, has_time=habits.has_time)
        return phrase

    def _one[T](self, found: list[T], what: str) -> T | None:
        if len(set(found)) > 1 or (len(found) > 1 and what in ("clock", "span")):
            raise Refused(Reason.SEVERAL)
        return found[0] if found else None

    def _place_dotted(self, habits: Habits) -> None:
        """ "20.30" and "25.12": a day if there is a clock time besides, else a clock time."""
        for left, right, digits in self.dotted:
            is_day = bool(self.clocks) or (habits.has_time and left > 23)
            if is_day and 1 <= right <= 12 and 1 <= left <= 31:
                self.days.append(OnDate(right, left))
            elif digits == 2 and left <= 23 and (right == 0 or 12 < right <= 59):
                sure = Sure.ASK if 1 <= left <= 12 else Sure.EXACT
                self.clocks.append(Clock(left, right, sure=sure))
            else:
                raise Refused(Reason.NO_TIME, f"{left}.{right:0{digits}}")

    def _place_dashed(self, day_first: bool | None) -> None:
        """ "20-11" with a clock time besides is a date, "20-23" without one a range."""
        for left, right in self.dashed:
            if self.clocks:
                self.days.append(order_date(left, right, None, day_first))
            elif 12 < left <= 23 and 12 < right <= 23 and self.days:
                self.add_range(Clock(left), Clock(right))
            else:
                raise Refused(Reason.NEEDS_AM_PM, f"{left}-{right}")

    def _place_bare(self, habits: Habits) -> None:
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
            self.clocks.append(self._hour(number, habits))

    def _hour(self, number: int, habits: Habits) -> Clock:
        if self.military:
            return _military_clock(*self.military[0])
        if number > 23 or number == 0:
            raise Refused(Reason.BAD_NUMBER, str(number))
        if number > 12 and not self.parts and not isinstance(self.days[0], DayOffset):
            if not (habits.has_24_hours and self.bare_follows_weekday and len(self.days) == 1):
                raise Refused(Reason.AMBIGUOUS_DATE, str(number))  # the 20th, 2020, or at 20:00?
            return Clock(number, or_day=habits.day_needs_no_mark)
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
        self, clock: Clock, span: Span | None, day: Day | None, hour_word_tells_clock: bool
    ) -> tuple[Clock | None, Span | None]:
        """ "21h" is a clock time, "2h" two hours from now, unless a day is said."""
        settled = replace(clock, or_span=False)
        if day or self.parts or span or self.zones or clock.hour > 12 or clock.hour == 0:
            return settled, span
        if hour_word_tells_clock or clock.minute:
            raise Refused(Reason.NEEDS_AM_PM, str(clock.hour))
        return None, Span(seconds=clock.hour * 3600)


def _military_clock(number: int, digits: int) -> Clock:
    hour, minute = divmod(number, 100)
    if hour > 23 or minute > 59:
        raise Refused(Reason.BAD_NUMBER, str(number))
    if 2020 <= number < 2040:
        raise Refused(Reason.AMBIGUOUS_DATE, str(number))  # a year?
    return Clock(hour, minute, sure=Sure.EXACT if digits == 4 else Sure.ASK)


def check_phrase(phrase: Phrase, *, has_time: bool) -> None:
    """Refuses parts that do not go together; `has_time` is that of `Habits`."""
    if phrase.instant is not None:
        if phrase != Phrase(instant=phrase.instant):
            raise Refused(Reason.SEVERAL)
        return
    if phrase.span:
        _check_span(phrase, phrase.span, has_time=has_time)
    elif not phrase.clock and not (has_time and _is_day_alone(phrase)):
        raise Refused(Reason.NO_TIME)
    if phrase.weeks_ahead is not None and not isinstance(phrase.day, OnWeekday):
        raise Refused(Reason.NO_DAY)


def _is_day_alone(phrase: Phrase) -> bool:
    return phrase.day is not None and phrase.part is None and phrase.zone is None


def _check_span(phrase: Phrase, span: Span, *, has_time: bool) -> None:
    if span.shift and not span.starts_now and not has_time:
        raise Refused(Reason.VAGUE)  # later than what?
    said = span.starts_now or span.counts_from or bool(span.shift)
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
    is_whole = phrase.clock or (has_time and _is_day_alone(phrase))
    if not is_whole and (phrase.day or phrase.part or phrase.zone):
        raise Refused(Reason.NO_TIME)
    if phrase.clock and not said:
        raise Refused(Reason.NOT_UNDERSTOOD)
