"""Turns typed text into values, using `when`, or refuses it with a sentence.

Commands, pages, the admin and imports all read typed text here, so the same words are accepted
everywhere and refused with the same sentence.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from guilds.errors import Refused
from guilds.languages import spoken_locale
from guilds.rules import GRACE
from when import (
    Reading,
    Reason,
    parse_clock,
    parse_clock_range,
    parse_duration,
    parse_reminders,
    parse_repetition,
    parse_when,
    parse_zone,
    write_repetition,
)
from when.repetitions import Rule
from when.switches import is_off

_SHORTEST = timedelta(minutes=1)
_AN_HOUR, _A_WEEK = timedelta(hours=1), timedelta(days=7)
_OUT_OF_RANGE = frozenset({Reason.BAD_NUMBER, Reason.TOO_FAR})


class SeveralReadings(Refused):
    """A time that may mean any of `alternatives`, soonest first, in `zone`."""

    def __init__(self, message: str, *, alternatives: tuple[datetime, ...], zone: str) -> None:
        super().__init__(message, field="when")
        self.alternatives = alternatives
        self.zone = zone


def read_when(text: str, *, zone: str, now: datetime) -> Reading:
    """Read a point in time; the result's `when` is set.

    Reads the writer's own language, even if it is none of ours. "now" and the present minute are
    taken. Raises `Refused` with an example, or `SeveralReadings`.
    """
    reading = _read_with_grace(text, zone, now)
    if reading.when is not None:
        return reading
    sentence = _why_no_time(reading)
    if reading.alternatives:
        raise SeveralReadings(
            _("%(why)s Did you mean %(readings)s?")
            % {"why": sentence, "readings": _listed(reading.alternatives, zone)},
            alternatives=reading.alternatives[:3],
            zone=zone,
        )
    raise Refused(
        _("%(why)s Try “friday 8pm”, “tomorrow 20:00” or “in 2 hours”.") % {"why": sentence},
        field="when",
    )


def _read_with_grace(text: str, zone: str, now: datetime) -> Reading:
    """Read it as one who looked at the clock up to `GRACE` ago, where that makes it the present."""
    locale = spoken_locale()
    reading = parse_when(text, now=now, zone=zone, locale=locale)
    if reading.reason is Reason.NOW:
        return Reading(now.astimezone(ZoneInfo(zone)), reading.zone, Reason.OK)
    is_missed = reading.reason is Reason.PAST or (
        reading.when is not None and reading.when - now > _AN_HOUR
    )
    if is_missed:
        earlier = parse_when(text, now=now - GRACE, zone=zone, locale=locale)
        if earlier.when is not None and earlier.when <= now:
            return earlier
    return reading


def read_length(
    text: str,
    *,
    field: str,
    out_of_range: str,
    shortest: timedelta = _SHORTEST,
    longest: timedelta = _A_WEEK,
) -> int:
    """Read a length in minutes. Raises `Refused` with an example, or with `out_of_range`."""
    reading = parse_duration(text, shortest=shortest, longest=longest)
    if reading.duration is not None:
        return round(reading.duration.total_seconds() / 60)
    if reading.reason in _OUT_OF_RANGE:
        raise Refused(out_of_range, field=field)
    raise Refused(_("I do not understand that length. Try “90”, “2h” or “1h 30m”."), field=field)


def read_reminders(text: str, *, field: str = "remind") -> tuple[int, ...]:
    """Read minutes before the start; empty for "off". Raises `Refused` with an example."""
    reading = parse_reminders(text)
    if reading.minutes is not None:
        return reading.minutes
    if reading.reason == Reason.SEVERAL:
        raise Refused(_("A game has at most 5 reminders."), field=field)
    if reading.reason in _OUT_OF_RANGE:
        raise Refused(_("A reminder comes 1 minute to 30 days before."), field=field)
    raise Refused(
        _("I do not understand those reminders. Try “1d, 2h, 15m”, or “off”."), field=field
    )


def read_zone(text: str, *, field: str = "timezone") -> str:
    """Read a zone by name, abbreviation, city or country; returns its IANA name.

    Raises `Refused`, with alternatives if there are several zones.
    """
    reading = parse_zone(text, now=timezone.now())
    if reading.key is not None:
        return reading.key
    if reading.alternatives:
        names = _(" or ").join(reading.alternatives)
        raise Refused(_("That may be several time zones. Try %(zones)s.") % {"zones": names},
                      field=field)  # fmt: skip
    raise Refused(_("I do not know that time zone. Try Europe/Berlin."), field=field)


def read_clock(text: str, *, field: str) -> time:
    """Read a time of day. Raises `Refused` with an example."""
    reading = parse_clock(text, locale=spoken_locale())
    if reading.at is None:
        raise Refused(_("Write a time of day like “22:00” or “10pm”."), field=field)
    return reading.at


def read_quiet_hours(text: str, *, field: str = "quiet_hours") -> tuple[time | None, time | None]:
    """Read start and end of quiet hours; both are None for "off".

    Raises `Refused` with an example.
    """
    if is_off(text):
        return None, None
    reading = parse_clock_range(text, locale=spoken_locale())
    if reading.start is None:
        raise Refused(_("Write quiet hours like “22:00-07:30”, or “off”."), field=field)
    return reading.start, reading.end


def read_repeat(text: str, *, first: date) -> Rule | None:
    """Read a repetition rule. The date of the first session supplies what the text leaves open.

    None for an empty text. Raises `Refused` with an example, or with the possible rules.
    """
    reading = parse_repetition(text, first=first, locale=spoken_locale())
    if reading.alternatives:
        rules = _(" or ").join(f"“{write_repetition(rule)}”" for rule in reading.alternatives)
        raise Refused(
            _("%(why)s Did you mean %(readings)s?")
            % {"why": _("That repetition can be read in more than one way."), "readings": rules},
            field="repeat",
        )
    if reading.reason is not Reason.OK:
        raise Refused(
            _(
                "I do not understand that repetition. Try “weekly”, “every 2 weeks on tue, thu "
                "until 2027-03-01” or “monthly on the last friday”."
            ),
            field="repeat",
        )
    return reading.rule


def _listed(moments: Sequence[datetime], zone: str) -> str:
    """List times with their offset, since a clock change may make one time occur twice."""
    return _(" or ").join(
        f"“{moment:%Y-%m-%d %H:%M} UTC{moment:%:z}”"
        for moment in (m.astimezone(ZoneInfo(zone)) for m in moments[:3])
    )


def _why_no_time(reading: Reading) -> str:
    sentences = {
        Reason.EMPTY: _("The time is missing."),
        Reason.TOO_LONG: _("That time is too long to read."),
        Reason.NO_TIME: _("That names a day but no time."),
        Reason.NO_DAY: _("That does not say which day."),
        Reason.NEEDS_AM_PM: _("That may be morning or evening."),
        Reason.AMBIGUOUS_DATE: _("Day and month can be read either way."),
        Reason.AMBIGUOUS_ZONE: _("That time zone has several meanings."),
        Reason.VAGUE: _("I need an exact time."),
        Reason.RECURRING: _("That is a repetition; I need the first date."),
        Reason.SEVERAL: _("That names more than one time."),
        Reason.CONTRADICTION: _("Weekday and date do not belong together."),
        Reason.BAD_NUMBER: _("There is no such time."),
        Reason.NOW: _("That time is already past."),
        Reason.PAST: _("That time is already past."),
        Reason.TOO_FAR: _("That is more than two years away."),
        Reason.NONEXISTENT: _("The clocks skip that time on that day."),
        Reason.TWOFOLD: _("The clocks show that time twice on that day."),
    }
    return sentences.get(reading.reason, _("I do not understand that time."))
