"""Convert a calendar's RRULE (RFC 5545, 3.3.10) to a rule that series can have."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDDDTypes

from guilds.errors import Refused
from when.repetitions import BadRule, Frequency, Pattern, Rule, count_before, next_dates
from when.repetitions.rule import DAYS, LAST

_KNOWN = frozenset(
    {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
)
_NTH = re.compile(r"([+-]?\d)(MO|TU|WE|TH|FR|SA|SU)")


def next_session(rule: Rule, start: datetime, *, now: datetime) -> tuple[datetime, Rule]:
    """Return the event's next start, and its rule from there on. `start` is in the event's zone.

    Raises `Refused` if the last date has passed.
    """
    zone = start.tzinfo
    assert isinstance(zone, ZoneInfo) and zone.key
    pattern = Pattern(rule, start.date(), start.time(), zone.key)
    found = next_dates(pattern, 1, now=now)
    if not found:
        raise Refused(_("Its last date is already past."), field="repeat")
    if rule.count is not None:
        rule = replace(rule, count=rule.count - count_before(pattern, found[0].date))
    return found[0].starts_at, rule


def read_rrule(text: str, start: datetime) -> Rule:
    """Read the RRULE of an event. Raises `Refused` for rules that series cannot have."""
    parts = [part.partition("=") for part in text.upper().strip(";").split(";")]
    values = {name.strip(): value.strip() for name, _sign, value in parts}
    try:
        if len(values) < len(parts) or not values.keys() <= _KNOWN:
            raise BadRule(text)
        rule = _rule(values, start)
        _check_weeks(values, rule)
    except (ValueError, KeyError, OverflowError) as error:
        raise Refused(
            _("It repeats in a way that games here cannot: they repeat on days of the week, on a"
              " date of the month up to the 28th or its last day, or on the first to fourth or"
              " last of a weekday."),
            field="repeat",
        ) from error  # fmt: skip
    return rule


def in_zone(rule: Rule, start: datetime, local: datetime) -> Rule:
    """Return the rule of an event in UTC as the clocks of the zone of `local` have it.

    `start` and `local` are the same moment. Raises `Refused` if its dates change with its days.
    """
    days = (local.date() - start.date()).days
    if not days:
        return rule
    if rule.frequency is not Frequency.WEEKLY or rule.until:
        raise Refused(
            _("Its dates are others in that time zone. Make the series here."), field="repeat"
        )
    return replace(rule, weekdays=tuple(sorted((day + days) % 7 for day in rule.weekdays)))


def _rule(values: Mapping[str, str], start: datetime) -> Rule:
    interval = int(values.get("INTERVAL", "1"))
    until = _until(values["UNTIL"], start) if "UNTIL" in values else None
    count = int(values["COUNT"]) if "COUNT" in values else None
    places = values.get("BYSETPOS")
    if (
        values["FREQ"] == "DAILY"
        and interval == 1
        and not values.keys() & {"BYMONTHDAY", "BYSETPOS"}
    ):
        days = _weekdays(values.get("BYDAY") or ",".join(DAYS))
        return Rule(Frequency.WEEKLY, 1, days, until=until, count=count)
    if values["FREQ"] == "WEEKLY" and places is None and "BYMONTHDAY" not in values:
        days = _weekdays(values.get("BYDAY") or DAYS[start.weekday()])
        return Rule(Frequency.WEEKLY, interval, days, until=until, count=count)
    if values["FREQ"] != "MONTHLY":
        raise BadRule(values["FREQ"])
    if "BYDAY" in values:
        if "BYMONTHDAY" in values:
            raise BadRule("both")
        nth, day = _nth(values["BYDAY"], places)
        return Rule(Frequency.MONTHLY, interval, (day,), nth=nth, until=until, count=count)
    month_day = int(values.get("BYMONTHDAY") or start.day)
    # In months that have no 29th, 30th or 31st, the RFC skips the date; a series does not.
    if places is not None or not (month_day == LAST or 1 <= month_day <= 28):
        raise BadRule("day")
    return Rule(Frequency.MONTHLY, interval, month_day=month_day, until=until, count=count)


def _weekdays(text: str) -> tuple[int, ...]:
    return tuple(sorted({DAYS.index(day.strip()) for day in text.split(",")}))


def _nth(text: str, places: str | None) -> tuple[int, int]:
    """Read "2TU", or "TU" with its place in BYSETPOS, as the place and the weekday."""
    if found := _NTH.fullmatch(text):
        if places is not None:
            raise BadRule(text)
        return int(found[1]), DAYS.index(found[2])
    return int(places or "0"), DAYS.index(text)


def _until(text: str, start: datetime) -> date:
    """Return the last date. If UNTIL is before the games' time of day, that is the day before."""
    end = vDDDTypes.from_ical(text)  # type: ignore[no-untyped-call]
    if not isinstance(end, datetime):
        return date.fromordinal(end.toordinal())
    local = end.astimezone(start.tzinfo) if end.tzinfo else end
    is_reached = local.time() >= start.time()
    return local.date() if is_reached else local.date() - timedelta(days=1)


def _check_weeks(values: Mapping[str, str], rule: Rule) -> None:
    """Raise `BadRule` for a WKST that matters: several days a week, and weeks left out."""
    if rule.interval > 1 and len(rule.weekdays) > 1 and values.get("WKST", "MO") != "MO":
        raise BadRule("WKST")
