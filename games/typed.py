"""A game as people type it: words for times, lengths and numbers, read or refused in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from games.services.game import NewGame
from games.when import Reading, Reason, parse_duration, parse_reminders, parse_when
from guilds.errors import Refused


@dataclass(frozen=True)
class TypedGame:
    """What the host typed, kept as it was so that it can be put right. Empty means "default"."""

    channel_id: int
    title: str
    when: str
    duration: str = ""
    max_players: str = ""
    min_players: str = ""
    description: str = ""
    location: str = ""
    remind: str = ""


def read_game(typed: TypedGame, *, zone: str, now: datetime) -> NewGame:
    """The game that is meant, its times in `zone`. Raises `Refused`, naming the field."""
    start = read_when(typed.when, zone=zone, now=now)
    assert start.when is not None
    minutes = read_duration(typed.duration) if typed.duration.strip() else None
    if minutes is None and start.until is not None:
        minutes = round((start.until - start.when).total_seconds() / 60)
    return NewGame(
        channel_id=typed.channel_id,
        title=typed.title,
        starts_at=start.when,
        timezone=start.zone,
        duration_minutes=minutes,
        min_players=_read_number(typed.min_players, "min_players"),
        max_players=_read_number(typed.max_players, "max_players"),
        description=typed.description or None,
        location=typed.location or None,
        reminder_minutes=read_reminders(typed.remind) if typed.remind.strip() else None,
    )


def read_when(text: str, *, zone: str, now: datetime) -> Reading:
    """A reading with its `when`. Raises `Refused` with an example, or with the readings."""
    reading = parse_when(text, now=now, zone=zone, locale=translation.get_language() or "en")
    if reading.when is not None:
        return reading
    sentence = _why_no_time(reading)
    if reading.alternatives:
        raise Refused(
            _("%(why)s Did you mean %(readings)s? Write it like that.")
            % {"why": sentence, "readings": _listed(reading.alternatives, zone)},
            field="when",
        )
    raise Refused(
        _("%(why)s Try “friday 8pm”, “tomorrow 20:00” or “in 2 hours”.") % {"why": sentence},
        field="when",
    )


def read_duration(text: str) -> int:
    """Minutes. Raises `Refused` with an example."""
    reading = parse_duration(text)
    if reading.duration is not None:
        return round(reading.duration.total_seconds() / 60)
    if reading.reason in {Reason.BAD_NUMBER, Reason.TOO_FAR}:
        raise Refused(_("A game lasts from 1 minute to 7 days."), field="duration")
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
    return format_date(moment.astimezone(ZoneInfo(zone)), "l j F Y, H:i")


def _read_number(text: str, field: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refused(_("Write a whole number, like 5."), field=field)
    return int(text)


def _listed(moments: Sequence[datetime], zone: str) -> str:
    return _(" or ").join(f"“{m.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}”" for m in moments[:3])


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
