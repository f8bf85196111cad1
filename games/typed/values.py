"""A game as people type it: words for times, lengths and numbers, read or refused in a sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guilds.errors import Refused
from guilds.typed_values import read_length


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
