"""Times, lengths and numbers of a game, read as people type them or refused in a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from games.models import Game
from guilds.errors import Refused
from guilds.typed_values import SeveralReadings, read_length, read_when
from when import Moved, Reading


def read_duration(text: str) -> int:
    """Return minutes. Raises `Refused` with an example."""
    return read_length(
        text, field="duration", out_of_range=_("A game lasts from 1 minute to 7 days.")
    )


def spell_out(moment: datetime, zone: str) -> str:
    """Return a text like "Friday 27 November 2026, 20:00", in `zone`."""
    return format_date(moment.astimezone(ZoneInfo(zone)), pgettext("date format", "l j F Y, H:i"))


def read_number(text: str, field: str) -> int | None:
    """Return the number, None for an empty text. Raises `Refused`."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Refused(_("Write a whole number, like 5."), field=field)
    return int(text)


# --- Times that are changed ----------------------------------------------------------------------


def moved_start(game: Game, moment: datetime | None = None) -> Moved:
    """The game's start as what a typed time moves; `moment` is the start that was shown."""
    start = moment or game.starts_at
    return Moved(start, game.timezone, start)


def read_deadline(
    text: str, *, zone: str, now: datetime, own: Moved | None, start: Moved | None
) -> Reading:
    """Read until when people sign up: from the deadline there is, else from the game's start.

    Raises as `read_when` does.
    """
    return read_when(text, zone=zone, now=now, moved=own or start)


def read_post_at(
    text: str, *, zone: str, now: datetime, own: Moved | None, start: Moved | None
) -> Reading:
    """Read when to announce: from the time there is, else from now.

    "2 days before" needs the start. Raises as `read_when` does.
    """
    if own is not None or start is None:
        return read_when(text, zone=zone, now=now, moved=own)
    try:
        return read_when(text, zone=zone, now=now)
    except SeveralReadings:
        raise
    except Refused as refused:
        try:
            return read_when(text, zone=zone, now=now, moved=start)
        except Refused:
            raise refused from None
