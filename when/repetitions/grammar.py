"""Puts the parts of a repetition together; whatever does not fit refuses the whole phrase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from when.languages.table import Kind, Unit
from when.phrases.days import read_day
from when.phrases.line import Line
from when.phrases.phrase import Day, EitherDate, OnDate
from when.phrases.tokens import Token
from when.reading import Reason, Refused
from when.repetitions.draft import Draft, TwoMeanings
from when.repetitions.rule import (
    LAST,
    BadRule,
    Frequency,
    Rule,
    weekly,
)

_WEEKDAYS = (Kind.WEEKDAY, Kind.EACH_WEEKDAY)
_FILLERS = (Kind.ON, Kind.ARTICLE, Kind.OF)
_BEFORE_DATES = (Kind.ON, Kind.ARTICLE)
_IN_WEEKS = {Unit.WEEK: 1, Unit.FORTNIGHT: 2}


def read_tokens(tokens: Sequence[Token], first: date) -> Rule:
    """The rule, which what it does not say takes from `first`; raises Refused and TwoMeanings."""
    line = Line(tokens)
    for place in range(len(line)):
        if line.has(place, Kind.UNKNOWN):
            raise Refused(Reason.UNKNOWN_WORDS, line.text(place))
    reader = _Reader(line, Draft(first))
    place = 0
    while place < len(line):
        place = reader.read_at(place)
    try:
        return reader.said.finish()
    except BadRule as bad:
        raise Refused(Reason.BAD_NUMBER, str(bad)) from bad


@dataclass
class _Reader:
    line: Line
    said: Draft

    def read_at(self, place: int) -> int:
        """Reads one part of the phrase and returns the place after it."""
        for read in (
            self._read_until,
            self._read_count,
            self._read_adverb,
            self._read_every,
            self._read_alternate,
            self._read_nth,
            self._read_month_day,
            self._read_weekdays,
        ):
            after = read(place)
            if after is not None:
                return after
        if self.line.has(place, Kind.BIWEEKLY):
            raise TwoMeanings(weekly(self.said.first, 2))
        if self.line.has(place, *_FILLERS) and place + 1 < len(self.line):
            return place + 1
        if self.line.has(place, Kind.SUFFIX):
            return place + 1
        raise Refused(Reason.NOT_UNDERSTOOD, self.line.text(place))

    # --- How often -------------------------------------------------------------------------------

    def _read_adverb(self, place: int) -> int | None:
        line = self.line
        if line.has(place, Kind.WEEKLY):
            return self._set(Frequency.WEEKLY, 1, place + 1)
        if line.has(place, Kind.FORTNIGHTLY):
            return self._set(Frequency.WEEKLY, 2, place + 1)
        if line.has(place, Kind.MONTHLY):
            return self._set(Frequency.MONTHLY, 1, place + 1)
        if line.has(place, Kind.OF_MONTH):
            self.said.of_month = True
            return place + 1
        number = line.whole(place)
        each = place if number is None else place + 1
        for kind, frequency in (
            (Kind.WEEK_EACH, Frequency.WEEKLY),
            (Kind.MONTH_EACH, Frequency.MONTHLY),
        ):
            if line.has(each, kind):
                return self._set(frequency, 1 if number is None else number, each + 1)
        return None

    def _read_every(self, place: int) -> int | None:
        """ "every week", "every 2 weeks", "jede zweite Woche", "every other friday"."""
        line = self.line
        if line.has(place, Kind.EVERY_OTHER):
            return self._read_interval(place + 1, 2)
        if not line.has(place, Kind.EVERY, Kind.EVERY_NUMBER):
            return None
        after = line.skip(place + 1, Kind.EVERY, Kind.ARTICLE)
        if line.has(after, Kind.OTHER):
            return self._read_interval(after + 1, 2)
        number = line.whole(after)
        if number is not None and line.has(after + 1, Kind.UNIT):
            return self._read_unit(after + 1, number)
        if not line.has(place, Kind.EVERY):
            return None
        ordinal = self._ordinal(after)
        if ordinal and line.has(ordinal[1], Kind.UNIT):
            return self._read_unit(ordinal[1], ordinal[0])
        if line.has(after, Kind.UNIT) and not line.has(after, Kind.ORDINAL, Kind.DAY_NUMBER):
            return self._read_unit(after, 1)
        self.said.is_every = True
        return after if after < len(line) else None

    def _read_interval(self, place: int, interval: int) -> int | None:
        if self.line.has(place, Kind.UNIT):
            return self._read_unit(place, interval)
        if not self.line.has(place, *_WEEKDAYS):
            return None
        return self._set(Frequency.WEEKLY, interval, place)

    def _read_unit(self, place: int, number: int) -> int:
        unit = Unit(self.line.value(place, Kind.UNIT))
        if unit in _IN_WEEKS:
            return self._set(Frequency.WEEKLY, number * _IN_WEEKS[unit], place + 1)
        if unit is Unit.MONTH:
            return self._set(Frequency.MONTHLY, number, place + 1)
        if unit is Unit.DAY and number and number % 7 == 0:
            return self._set(Frequency.WEEKLY, number // 7, place + 1)
        raise Refused(Reason.NOT_UNDERSTOOD, self.line.text(place))

    def _read_alternate(self, place: int) -> int | None:
        """ "une semaine sur deux", "un viernes sí y otro no"."""
        line = self.line
        after = line.skip(place, Kind.A, Kind.ARTICLE)
        if line.has(place, Kind.ALTERNATE) and self.said.weekdays and self.said.is_every:
            return self._set(Frequency.WEEKLY, 2, place + 1)
        if after == place or not line.has(after + 1, Kind.ALTERNATE):
            return None
        if line.has(after, *_WEEKDAYS):
            self._add_weekday(after)
        elif not (line.has(after, Kind.UNIT) and line.value(after, Kind.UNIT) == Unit.WEEK):
            return None
        return self._set(Frequency.WEEKLY, 2, after + 2)

    def _set(self, frequency: Frequency, interval: int, after: int) -> int:
        if self.said.frequency is not None:
            raise Refused(Reason.SEVERAL)
        self.said.frequency, self.said.interval = frequency, interval
        return after

    # --- Which days ------------------------------------------------------------------------------

    def _ordinal(self, place: int) -> tuple[int, int] | None:
        """ "third", "3rd", "第3", "last", and the place after it."""
        line = self.line
        if line.has(place, Kind.LAST):
            return LAST, place + 1
        if line.has(place, Kind.ORDINAL):
            return line.value(place, Kind.ORDINAL), place + 1
        if line.has(place, Kind.NTH_MARK) and line.whole(place + 1) is not None:
            return line.value(place + 1, Kind.INTEGER), place + 2
        if line.is_digits(place, most=2) and line.has(place + 1, Kind.ORDINAL_SUFFIX):
            return line.value(place, Kind.INTEGER), place + 2
        return None

    def _read_nth(self, place: int) -> int | None:
        ordinal = self._ordinal(place)
        if not ordinal or not self.line.has(ordinal[1], *_WEEKDAYS):
            return None
        if self.said.nth or self.said.weekdays:
            raise Refused(Reason.SEVERAL, self.line.text(place))
        self.said.nth = ordinal[0]
        self._add_weekday(ordinal[1])
        return ordinal[1] + 1

    def _read_month_day(self, place: int) -> int | None:
        line = self.line
        for kind in (Kind.SAME_WEEKDAY, Kind.SAME_DATE):
            if line.has(place, kind):
                if self.said.same:
                    raise Refused(Reason.SEVERAL)
                self.said.same = kind
                return place + 1
        if line.has(place, Kind.LAST_DAY):
            return self._set_month_day(LAST, place + 1)
        if line.has(place, Kind.MONTH_DAY):
            return self._set_month_day(line.value(place, Kind.MONTH_DAY), place + 1)
        is_marked = line.has(place, Kind.DAY_NUMBER)
        self.said.is_day_named = is_marked or line.has(place - 1, Kind.DAY_NUMBER)
        start = line.skip(place, Kind.DAY_NUMBER)
        ordinal = self._ordinal(start)
        if ordinal and ordinal[0] != LAST and not line.has(start, *_WEEKDAYS):
            return self._set_month_day(ordinal[0], line.skip(ordinal[1], Kind.DAY_NUMBER))
        number = line.whole(start)
        if number is None or line.has(start + 1, Kind.UNIT, *_WEEKDAYS):
            return None
        after = line.skip(start + 1, Kind.DAY_NUMBER)
        is_marked = is_marked or after > start + 1 or line.has(after, Kind.OF_MONTH)
        if not is_marked and not line.has(place - 1, Kind.ARTICLE, Kind.ON):
            return None
        return self._set_month_day(number, after)

    def _set_month_day(self, day: int, after: int) -> int:
        if self.said.month_day:
            raise Refused(Reason.SEVERAL)
        if not 1 <= day <= 31 and day != LAST:
            raise Refused(Reason.BAD_NUMBER, str(day))
        self.said.month_day = day if day < 31 else LAST
        return after

    def _read_weekdays(self, place: int) -> int | None:
        """A list such as "tue, thu and fri"; "every tue on thu" is none."""
        line = self.line
        if not line.has(place, *_WEEKDAYS):
            return None
        if self.said.weekdays:
            raise Refused(Reason.SEVERAL, line.text(place))
        while line.has(place, *_WEEKDAYS):
            self._add_weekday(place)
            place += 1
            joint = line.skip(place, Kind.AND)
            if joint > place:
                joint = line.skip(joint, Kind.ON, Kind.ARTICLE, Kind.EVERY)
            place = joint if line.has(joint, *_WEEKDAYS) else place
        return place

    def _add_weekday(self, place: int) -> None:
        line = self.line
        if line.has(place, Kind.WEEKDAY):
            self.said.weekdays.append(line.value(place, Kind.WEEKDAY))
        else:
            self.said.is_every = True
            self.said.weekdays.append(line.value(place, Kind.EACH_WEEKDAY))

    # --- Until when ------------------------------------------------------------------------------

    def _read_until(self, place: int) -> int | None:
        line = self.line
        if line.has(place, Kind.UNTIL):
            found = self._read_last_day(line.skip(place, Kind.UNTIL, *_BEFORE_DATES))
            after = found[1] if found else place
        else:
            found = read_day(line, place, None)
            after = line.skip(found[1], Kind.SUFFIX) if found else place
            if not line.has(after, Kind.UNTIL_AFTER):
                return None
            after += 1
        if found is None:
            return None
        if isinstance(found[0], EitherDate):
            raise Refused(Reason.AMBIGUOUS_DATE)
        if not isinstance(found[0], OnDate) or self.said.until:
            raise Refused(Reason.NOT_UNDERSTOOD, line.text(place))
        self.said.until = self._date(found[0])
        return after

    def _read_last_day(self, place: int) -> tuple[Day, int] | None:
        line = self.line
        if line.has(place, Kind.DOTTED):  # "1.3.", whose last dot ends the phrase
            day, month, _ = line.values(place, Kind.DOTTED)
            return OnDate(month, day), place + 1
        return read_day(line, place, None)

    def _date(self, day: OnDate) -> date:
        """A date without a year is the next one, counted from the first session."""
        first = self.said.first
        year = day.year or first.year + ((day.month, day.day) < (first.month, first.day))
        try:
            return date(year, day.month, day.day)
        except ValueError:
            raise Refused(Reason.BAD_NUMBER, f"{year}-{day.month}-{day.day}") from None

    def _read_count(self, place: int) -> int | None:
        line = self.line
        start = line.skip(place, Kind.FOR)
        if line.is_digits(start, most=3):
            count = line.value(start, Kind.INTEGER)
        else:
            found = line.whole(start)
            if found is None:
                return None
            count = found
        if not line.has(start + 1, Kind.TIMES) or self.said.count is not None:
            return None
        self.said.count = count
        return start + 2
