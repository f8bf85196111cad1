"""The rules a series may have, and their RRULE text (RFC 5545, 3.3.10).

Every rule that can be made has a date in every period, so looking for the next one always ends.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

MOST_INTERVAL = {"WEEKLY": 52, "MONTHLY": 12}
MOST_COUNT = 500
LAST = -1

WEEKDAY_NAMES = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NTH = re.compile(r"(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)")
_KEYS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL"})


class BadRule(ValueError):
    """Not a rule that a series may have."""


class Frequency(StrEnum):
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """Weekly on some weekdays (0 is Monday), monthly on a date or on the nth of a weekday.

    `month_day` is 1 to 30 or `LAST`; in shorter months the 29th and 30th are the last day.
    `nth` is 1 to 4 or `LAST`. It ends after `until`, or after `count` dates, or never.
    Raises `BadRule` for anything else.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nth: int = 0
    month_day: int = 0
    until: date | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.interval <= MOST_INTERVAL[self.frequency]:
            raise BadRule("interval")
        if self.count is not None and (self.until or not 1 <= self.count <= MOST_COUNT):
            raise BadRule("count")
        if list(self.weekdays) != sorted(set(self.weekdays) & set(range(7))):
            raise BadRule("weekdays")
        is_weekly = self.frequency == Frequency.WEEKLY
        if not (self._is_weekly_set() if is_weekly else self._is_monthly_set()):
            raise BadRule("days")

    def _is_weekly_set(self) -> bool:
        return bool(self.weekdays) and not self.nth and not self.month_day

    def _is_monthly_set(self) -> bool:
        if self.month_day:
            is_date = self.month_day == LAST or 1 <= self.month_day <= 30
            return is_date and not self.weekdays and not self.nth
        return len(self.weekdays) == 1 and self.nth in {1, 2, 3, 4, LAST}

    def __str__(self) -> str:
        """The RRULE text, which `read_rule` reads."""
        parts = [f"FREQ={self.frequency}"]
        if self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.weekdays:
            nth = str(self.nth) if self.nth else ""
            parts.append("BYDAY=" + ",".join(f"{nth}{DAYS[day]}" for day in self.weekdays))
        elif self.month_day > 28:
            days = ",".join(str(day) for day in range(28, self.month_day + 1))
            parts.append(f"BYMONTHDAY={days};BYSETPOS=-1")
        else:
            parts.append(f"BYMONTHDAY={self.month_day}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        return ";".join(parts)

    def month_days(self) -> tuple[int, ...]:
        """The days of the month, of which the last that the month has is meant."""
        if self.month_day > 28:
            return tuple(range(28, self.month_day + 1))
        return (self.month_day,)


def weekly(first: date, interval: int = 1) -> Rule:
    """On the weekday of `first`."""
    return Rule(Frequency.WEEKLY, interval, (first.weekday(),))


def monthly_by_date(first: date, interval: int = 1) -> Rule:
    """On the date of `first`; the 31st is the last day of every month."""
    return Rule(Frequency.MONTHLY, interval, month_day=first.day if first.day < 31 else LAST)


def monthly_by_weekday(first: date, interval: int = 1) -> Rule:
    """On the same weekday, counted from the month's start; a fifth is the last."""
    nth = (first.day - 1) // 7 + 1
    return Rule(Frequency.MONTHLY, interval, (first.weekday(),), nth=nth if nth < 5 else LAST)


def moved(rule: Rule, old: date, new: date) -> Rule:
    """The rule when its session of `old` and all later ones are moved to the day of `new`."""
    if old == new:
        return rule
    if rule.frequency == Frequency.WEEKLY:
        others = set(rule.weekdays) - {old.weekday()}
        return replace(rule, weekdays=tuple(sorted(others | {new.weekday()})))
    if rule.month_day == LAST and (new + timedelta(days=1)).day == 1:
        return rule
    again = monthly_by_date(new) if rule.month_day else monthly_by_weekday(new)
    return replace(rule, month_day=again.month_day, nth=again.nth, weekdays=again.weekdays)


def read_rule(text: str) -> Rule:
    """The rule of an RRULE text. Raises `BadRule` for all that `Rule` does not know."""
    parts = [part.partition("=") for part in text.split(";")]
    values = {key: value for key, _, value in parts}
    if len(values) < len(parts) or not values.keys() <= _KEYS or len(text) > 120:
        raise BadRule(text)
    try:
        weekdays, nth = _read_weekdays(values.get("BYDAY", ""))
        return Rule(
            Frequency(values["FREQ"]),
            int(values.get("INTERVAL", "1")),
            weekdays,
            nth,
            _read_month_day(values.get("BYMONTHDAY", ""), values.get("BYSETPOS")),
            _read_date(values["UNTIL"]) if "UNTIL" in values else None,
            int(values["COUNT"]) if "COUNT" in values else None,
        )
    except (KeyError, ValueError) as error:
        raise BadRule(text) from error


def _read_weekdays(text: str) -> tuple[tuple[int, ...], int]:
    if match := _NTH.fullmatch(text):
        return (DAYS.index(match[2]),), int(match[1])
    days = [DAYS.index(day) for day in text.split(",")] if text else []
    return tuple(sorted(days)), 0


def _read_month_day(text: str, setpos: str | None) -> int:
    if not text:
        if setpos is not None:
            raise BadRule("BYSETPOS")
        return 0
    days = [int(day) for day in text.split(",")]
    if len(days) == 1 and setpos is None and days[0] <= 28:
        return days[0]
    if setpos == "-1" and len(days) > 1 and days == list(range(28, days[-1] + 1)):
        return days[-1] if days[-1] < 31 else LAST
    raise BadRule("BYMONTHDAY")


def _read_date(text: str) -> date:
    return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 -- a date has no zone
