"""Collects the parts of a repetition, and makes a rule of them."""

from dataclasses import dataclass, field, replace
from datetime import date

from when.languages.table import Kind
from when.reading import Reason, Refused
from when.repetitions.rule import (
    LAST,
    Frequency,
    Rule,
    monthly_by_date,
    monthly_by_weekday,
    weekly,
)

_HIGHEST_NTH = 5  # of a weekday in a month


class TwoMeanings(Exception):
    """The phrase means any of these rules; never leaves this package."""

    def __init__(self, *rules: Rule) -> None:
        super().__init__(*rules)
        self.rules = rules


@dataclass
class Draft:
    """The parts read so far of a repetition that begins on `first`."""

    first: date
    frequency: Frequency | None = None
    interval: int = 1
    is_every: bool = False  # said: "every", or weekdays in the plural
    of_month: bool = False
    weekdays: list[int] = field(default_factory=list)
    nth: int = 0
    month_day: int = 0
    is_day_named: bool = False  # "day 15": "every day 8" may name an hour
    same: Kind | None = None
    until: date | None = None
    count: int | None = None

    def finish(self) -> Rule:
        """The rule that the parts make; raises Refused, BadRule and TwoMeanings."""
        is_monthly = self.frequency is Frequency.MONTHLY or self.of_month
        if self.frequency is Frequency.WEEKLY and is_monthly:
            raise Refused(Reason.CONTRADICTION)
        if self.nth and self.frequency is None and not is_monthly:
            is_monthly = self._is_nth_of_month()
        rule = self._monthly() if is_monthly or self._says_date() else self._weekly()
        return replace(rule, until=self.until, count=self.count)

    def _says_date(self) -> bool:
        """ "every 15th", without a word of months; "every 2nd" leaves open of what."""
        is_alone = self.frequency is None and self.is_every and not self.is_day_named
        return is_alone and self.month_day > _HIGHEST_NTH

    def _is_nth_of_month(self) -> bool:
        """ "every first friday" has no other meaning; "every second friday" has two."""
        if not self.is_every:
            raise Refused(Reason.NOT_UNDERSTOOD)
        if self.nth in (1, LAST):
            return True
        days = tuple(self.weekdays)
        rules = [Rule(Frequency.WEEKLY, self.nth, days)]
        if self.nth <= 4:
            rules.append(Rule(Frequency.MONTHLY, 1, days, nth=self.nth))
        raise TwoMeanings(*(replace(rule, until=self.until, count=self.count) for rule in rules))

    def _weekly(self) -> Rule:
        if self.nth or self.month_day or self.same is Kind.SAME_DATE:
            raise Refused(Reason.CONTRADICTION)
        if self.frequency is None and not (self.is_every and self.weekdays):
            raise Refused(Reason.NOT_UNDERSTOOD)
        if not self.weekdays:
            return weekly(self.first, self.interval)
        if self.same:
            raise Refused(Reason.SEVERAL)
        return Rule(Frequency.WEEKLY, self.interval, tuple(sorted(set(self.weekdays))))

    def _monthly(self) -> Rule:
        if bool(self.nth) != bool(self.weekdays):
            raise Refused(Reason.NOT_UNDERSTOOD)
        if bool(self.nth) + bool(self.month_day) + bool(self.same) > 1:
            raise Refused(Reason.SEVERAL)
        if self.nth:
            days = tuple(self.weekdays)
            return Rule(Frequency.MONTHLY, self.interval, days, nth=self.nth)
        if self.month_day:
            return Rule(Frequency.MONTHLY, self.interval, month_day=self.month_day)
        if self.same is Kind.SAME_WEEKDAY:
            return monthly_by_weekday(self.first, self.interval)
        if self.frequency is None and not self.same:
            raise Refused(Reason.NOT_UNDERSTOOD)  # "of the month" and no day
        return monthly_by_date(self.first, self.interval)
