"""A repetition as people type it: one of the offers, or a strict English form of the same kind.

weekly | every [other | N] week(s) [on tue, thu and fri] | every tue and thu
monthly | every [other | N] month(s) [on the 15th | on the last day | on the 2nd friday]
… [until 2027-03-01 | for 10 times]
"""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.text import clean_line
from guilds.errors import Refused
from when.repetitions import (
    LAST,
    BadRule,
    Frequency,
    Rule,
    monthly_by_date,
    monthly_by_weekday,
    weekly,
)

LONGEST = 80
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {name[:length]: day for day, name in enumerate(_NAMES) for length in (2, 3, len(name))} | {
    "tues": 1, "thur": 3, "thurs": 3,
}  # fmt: skip
_NTH = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4,
        "fourth": 4, "last": LAST}  # fmt: skip
_NTH_WRITTEN = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", LAST: "last"}
_NEVER = frozenset({"", "no", "never", "none", "once", "off"})
_PHRASE = re.compile(
    r"(?:(?P<adverb>weekly|monthly)"
    r"|every (?:(?P<n>other|[1-9][0-9]?) )?(?P<unit>weeks?|months?)"
    r"|every (?P<days>.+?))"
    r"(?: on (?P<on>.+?))?"
    r"(?:,? until (?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"|,? (?:for )?(?P<count>[1-9][0-9]{0,2}) (?:times?|sessions?|dates?))?",
    re.ASCII,
)
_DAY_OF_MONTH = re.compile(r"(?:the |day )*([0-9]{1,2})(?:st|nd|rd|th)?", re.ASCII)

# What is offered to choose from, and what it is called.
OFFERS: dict[str, Any] = {
    "weekly": gettext_lazy("Every week"),
    "every 2 weeks": gettext_lazy("Every 2 weeks"),
    "monthly on the same weekday": gettext_lazy("Every month on the same weekday"),
    "monthly on the same date": gettext_lazy("Every month on the same date"),
    "monthly on the last day": gettext_lazy("Every month on the last day"),
}


def read_repeat(text: str, *, first: date) -> Rule | None:
    """The rule, which what it does not say takes from the date of the first session.

    None for an empty text. Raises `Refused` with an example.
    """
    text = clean_line(text).casefold().rstrip(".")
    if text in _NEVER:
        return None
    match = _PHRASE.fullmatch(text) if len(text) <= LONGEST else None
    try:
        if match is None:
            raise BadRule(text)
        return _ended(_rule(match, first), match)
    except ValueError as error:
        raise Refused(
            _(
                "I do not understand that repetition. Try “weekly”, “every 2 weeks on tue, thu "
                "until 2027-03-01” or “monthly on the last friday”."
            ),
            field="repeat",
        ) from error


def write_repeat(rule: Rule | None) -> str:
    """As `read_repeat` reads it."""
    if rule is None:
        return ""
    unit = "week" if rule.frequency == Frequency.WEEKLY else "month"
    parts = [f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"]
    names = [_NAMES[day] for day in rule.weekdays]
    if rule.frequency == Frequency.WEEKLY:
        parts.append("on " + ", ".join(name[:3] for name in names))
    elif rule.month_day == LAST:
        parts.append("on the last day")
    elif rule.month_day:
        parts.append(f"on day {rule.month_day}")
    else:
        parts.append(f"on the {_NTH_WRITTEN[rule.nth]} {names[0]}")
    if rule.until:
        parts.append(f"until {rule.until.isoformat()}")
    if rule.count:
        parts.append(f"for {rule.count} times")
    return " ".join(parts)


def _rule(match: re.Match[str], first: date) -> Rule:
    if match["days"]:
        if match["on"]:
            raise BadRule(match["on"])
        return Rule(Frequency.WEEKLY, weekdays=_weekdays(match["days"]))
    n = match["n"] or "1"
    interval = 2 if n == "other" else int(n)
    on = match["on"]
    if (match["adverb"] or match["unit"]).startswith("month"):
        return _monthly(on, first, interval)
    if not on or on in {"the same weekday", "the same day"}:
        return weekly(first, interval)
    return Rule(Frequency.WEEKLY, interval, _weekdays(on))


def _monthly(on: str | None, first: date, interval: int) -> Rule:
    if not on or on == "the same date":
        return monthly_by_date(first, interval)
    if on == "the same weekday":
        return monthly_by_weekday(first, interval)
    if on == "the last day":
        return Rule(Frequency.MONTHLY, interval, month_day=LAST)
    if number := _DAY_OF_MONTH.fullmatch(on):
        day = int(number[1])
        return Rule(Frequency.MONTHLY, interval, month_day=LAST if day == 31 else day)
    nth, _space, weekday = on.removeprefix("the ").partition(" ")
    if nth not in _NTH:
        raise BadRule(on)
    return Rule(Frequency.MONTHLY, interval, _weekdays(weekday), nth=_NTH[nth])


def _weekdays(text: str) -> tuple[int, ...]:
    words = re.split(r", and |, | and |,", text)
    if not all(word.removesuffix("s") in _DAYS or word in _DAYS for word in words):
        raise BadRule(text)
    days = (_DAYS[word] if word in _DAYS else _DAYS[word.removesuffix("s")] for word in words)
    return tuple(sorted(set(days)))


def _ended(rule: Rule, match: re.Match[str]) -> Rule:
    until, count = match["until"], match["count"]
    return replace(
        rule,
        until=date.fromisoformat(until) if until else None,
        count=int(count) if count else None,
    )
