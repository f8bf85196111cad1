"""A game as people type it: words for times, lengths and numbers, read or refused in a sentence."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from games.services.game import NewGame
from guilds.errors import Refused
from guilds.typed_values import read_length, read_reminders, read_repeat, read_when


@dataclass(frozen=True)
class TypedGame:
    """A game as the host typed it, kept so that it can be put right. Empty means "default"."""

    channel_id: int
    title: str
    when: str
    duration: str = ""
    max_players: str = ""
    min_players: str = ""
    description: str = ""
    location: str = ""
    remind: str = ""
    template_id: int | None = None
    clone_of: int | None = None
    repeat: str = ""


def read_game(typed: TypedGame, *, zone: str, now: datetime) -> NewGame:
    """The game that is meant, its times in `zone`. Raises `Refused`, naming the field."""
    start = read_when(typed.when, zone=zone, now=now)
    assert start.when is not None
    first = start.when.astimezone(ZoneInfo(start.zone)).date()
    rule = read_repeat(typed.repeat, first=first)
    minutes = read_duration(typed.duration) if typed.duration.strip() else None
    if minutes is None and start.until is not None:
        minutes = round((start.until - start.when).total_seconds() / 60)
    return NewGame(
        channel_id=typed.channel_id,
        template_id=typed.template_id,
        title=typed.title,
        starts_at=start.when,
        timezone=start.zone,
        duration_minutes=minutes,
        min_players=read_number(typed.min_players, "min_players"),
        max_players=read_number(typed.max_players, "max_players"),
        description=typed.description or None,
        location=typed.location or None,
        reminder_minutes=read_reminders(typed.remind) if typed.remind.strip() else None,
        repeat=str(rule or ""),
    )


def read_duration(text: str) -> int:
    """Minutes. Raises `Refused` with an example."""
    return read_length(
        text, field="duration", out_of_range=_("A game lasts from 1 minute to 7 days.")
    )


def spell_out(moment: datetime, zone: str) -> str:
    """ "Friday 27 November 2026, 20:00" on the clocks of `zone`."""
    return format_date(moment.astimezone(ZoneInfo(zone)), pgettext("date format", "l j F Y, H:i"))


def read_number(text: str, field: str) -> int | None:
    """None for an empty text. Raises `Refused`."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refused(_("Write a whole number, like 5."), field=field)
    return int(text)
