"""Says a rule to people, and the oddities of a date."""

from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from when.repetitions.dates import Occurrence
from when.repetitions.rule import LAST, Frequency, Rule
from when.repetitions.weekdays import (
    EVERY_WEEKDAY,
    ON_WEEKDAY,
    SATURDAY,
    WEEKEND_DAYS,
    WORKING_DAYS,
)


def describe(
    rule: Rule, *, at: time | None = None, zone: str = "", locale: str | None = None
) -> str:
    """ "Every 2 weeks on Tuesday and Thursday, 19:00 (Europe/Berlin), until 1 March 2027".

    In the language that is active, or in `locale` (one that Django knows).
    """
    with translation.override(locale or translation.get_language()):
        parts = [_days(rule)]
        if at is not None:
            parts.append(f"{at:%H:%M} ({zone})" if zone else f"{at:%H:%M}")
        if rule.until:
            until = format_date(rule.until, _date_format(rule.until))
            parts.append(_("until %(date)s") % {"date": until})
        if rule.count:
            parts.append(
                ngettext("%(count)d time", "%(count)d times", rule.count) % {"count": rule.count}
            )
        return ", ".join(parts)


def _date_format(day: date) -> str:
    if day.day == 1:
        return pgettext("date format of the first of a month", "j F Y")
    return pgettext("date format", "j F Y")


def marks(occurrence: Occurrence) -> list[str]:
    """The oddities of this date's clocks: a sentence each, mostly none."""
    said = []
    if occurrence.shift:
        said.append(
            _("The clocks skip that time on this day, so it starts at %(time)s.")
            % {"time": f"{occurrence.local:%H:%M}"}
        )
    elif occurrence.clock_change > timedelta(0):
        said.append(_("The clocks have gone forward; the time of day stays."))
    elif occurrence.clock_change < timedelta(0):
        said.append(_("The clocks have gone back; the time of day stays."))
    if occurrence.is_twofold:
        said.append(_("The clocks show that time twice on this day; the first is meant."))
    return said


def _days(rule: Rule) -> str:
    if rule.frequency == Frequency.WEEKLY:
        if rule.interval == 1:
            listed = _listed(EVERY_WEEKDAY, rule.weekdays)
            return capfirst(_("Every %(weekdays)s") % {"weekdays": listed})
        every = ngettext("Every %(count)d week", "Every %(count)d weeks", rule.interval)
        return _on(every % {"count": rule.interval}, _listed(ON_WEEKDAY, rule.weekdays))
    every = ngettext("Every month", "Every %(count)d months", rule.interval)
    return _on(every % {"count": rule.interval}, _day_of_month(rule))


def _listed(names: Sequence[Any], weekdays: Iterable[int]) -> str:
    return get_text_list([str(names[day]) for day in weekdays], _("and"))


def _on(every: str, days: str) -> str:
    return _("%(every)s on %(days)s") % {"every": every, "days": days}


def _day_of_month(rule: Rule) -> str:
    if rule.month_day == LAST:
        return _("the last day")
    if rule.month_day > 28:
        return _("day %(day)d, or the last") % {"day": rule.month_day}
    if rule.month_day == 1:
        return _("day 1")
    if rule.month_day:
        return _("day %(day)d") % {"day": rule.month_day}
    (day,) = rule.weekdays
    words = WEEKEND_DAYS if day >= SATURDAY else WORKING_DAYS
    return words[rule.nth] % {"weekday": WEEKDAYS[day]}
