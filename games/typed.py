"""A game as people type it: words for times, lengths and numbers, read or refused in a sentence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from games.when import Reading, Reason, parse_duration, parse_reminders, parse_when
from guilds.errors import Refused
from guilds.languages import spoken_locale


class SeveralReadings(Refused):
    """The time may mean one of `alternatives`, soonest first, on the clocks of `zone`."""

    def __init__(self, message: str, *, alternatives: tuple[datetime, ...], zone: str) -> None:
        super().__init__(message, field="when")
        self.alternatives = alternatives
        self.zone = zone


def read_when(text: str, *, zone: str, now: datetime) -> Reading:
    """A reading with its `when`. Raises `Refused` with an example, or with the readings.

    Read in the writer's own language, which may be none that we speak.
    """
    reading = parse_when(text, now=now, zone=zone, locale=spoken_locale())
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


def read_duration(text: str) -> int:
    """Minutes. Raises `Refused` with an example."""
    return read_length(text, out_of_range=_("A game lasts from 1 minute to 7 days."))


def read_length(text: str, *, out_of_range: str) -> int:
    """Minutes, 1 to 7 days of them. Raises `Refused` with an example, or with `out_of_range`."""
    reading = parse_duration(text)
    if reading.duration is not None:
        return round(reading.duration.total_seconds() / 60)
    if reading.reason in {Reason.BAD_NUMBER, Reason.TOO_FAR}:
        raise Refused(out_of_range, field="duration")
    raise Refused(
        _("I do not understand that length. Try “90”, “2h” or “1h 30m”."), field="duration"
    )


def read_reminders(text: str) -> tuple[int, ...]:
    """Minutes before the start, none for "off". Raises `Refused` with an example."""
    reading = parse_reminders(text)
    if reading.minutes is not None:
        return reading.minutes
    if reading.reason == Reason.SEVERAL:
        raise Refused(_("A game has at most 5 reminders."), field="remind")
    if reading.reason in {Reason.BAD_NUMBER, Reason.TOO_FAR}:
        raise Refused(_("A reminder comes 1 minute to 30 days before."), field="remind")
    raise Refused(
        _("I do not understand those reminders. Try “1d, 2h, 15m”, or “off”."), field="remind"
    )


def spell_out(moment: datetime, zone: str) -> str:
    """ "Friday 27 November 2026, 20:00" on the clocks of `zone`."""
    return format_date(moment.astimezone(ZoneInfo(zone)), pgettext("date format", "l j F Y, H:i"))


def write_when(moment: datetime, zone: str) -> str:
    """A phrase that `read_when` reads as just this moment: "2026-11-27 20:00 Europe/Berlin".

    Discord's own notation where clocks show that time twice, or the zone cannot be typed.
    """
    phrase = f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
    before = moment - timedelta(days=1)
    if parse_when(phrase, now=before, zone="UTC").when == moment:
        return phrase
    return f"<t:{int(moment.timestamp())}:F>"


def write_duration(minutes: int) -> str:
    """ "2h 30m", as `read_duration` reads it."""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (hours and f"{hours}h", rest and f"{rest}m") if part)


def write_reminders(minutes: Sequence[int]) -> str:
    """ "1h, 15m", or "off", as `read_reminders` reads it."""
    return ", ".join(write_duration(count) for count in minutes) or "off"


def read_number(text: str, field: str) -> int | None:
    """None for an empty text. Raises `Refused`."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refused(_("Write a whole number, like 5."), field=field)
    return int(text)


def _listed(moments: Sequence[datetime], zone: str) -> str:
    """With their offset, since at a clock change one time may be there twice."""
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
        Reason.PAST: _("That time is already past."),
        Reason.TOO_FAR: _("That is more than two years away."),
        Reason.NONEXISTENT: _("The clocks skip that time on that day."),
        Reason.TWOFOLD: _("The clocks show that time twice on that day."),
    }
    return sentences.get(reading.reason, _("I do not understand that time."))
