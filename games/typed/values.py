"""Times, lengths and numbers of a game, read as people type them or refused in a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guilds.errors import Refused
from guilds.typed_values import read_length


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
