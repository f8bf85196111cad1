"""How long something lasts, read and written: "1h 30m", "90", "1:30", "2,5 Std"."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from when.languages import TABLES
from when.languages.table import Unit
from when.reading import Reason
from when.spelling import fold, normalize

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=7)
MOST_CHARACTERS = 80
_MINUTES = {Unit.MINUTE: 1, Unit.HOUR: 60, Unit.DAY: 24 * 60, Unit.WEEK: 7 * 24 * 60}
_LETTERS = {"m": Unit.MINUTE, "h": Unit.HOUR, "d": Unit.DAY, "w": Unit.WEEK}
_COLON = re.compile(r"(\d{1,3}):([0-5]\d)")
_HOURS_AND_MINUTES = re.compile(r"(\d{1,3})\s?h\s?([0-5]\d)")
_MINUTES_LEFT = re.compile(r"[0-5]\d")  # "2 Std 30"
_AND = re.compile(r"(?:and|und|et|y|e|en|i|и|och|ve)\s+(?=\d)")
_PART = re.compile(r"(\d{1,5}(?:\.(?:\d|25|50|75))?)\s*([^\W\d_]+)\s*")


@dataclass(frozen=True, slots=True)
class DurationReading:
    """A length of whole minutes, or why there is none and what offended."""

    duration: timedelta | None
    reason: Reason
    detail: str = ""


def parse_duration(
    text: str, *, shortest: timedelta = SHORTEST, longest: timedelta = LONGEST
) -> DurationReading:
    """How long the text says, from a minute to a week; a bare number is minutes.

    Units may be written in any language we know. Raises for no text.
    """
    if len(text) > MOST_CHARACTERS:
        return DurationReading(None, Reason.TOO_LONG)
    normal = normalize(text)
    if not normal:
        return DurationReading(None, Reason.EMPTY)
    try:
        minutes = read_minutes(normal)
    except UnreadLength as unread:
        return DurationReading(None, unread.reason, unread.detail)
    if timedelta(minutes=minutes) < shortest:
        return DurationReading(None, Reason.BAD_NUMBER, normal)
    if timedelta(minutes=minutes) > longest:
        return DurationReading(None, Reason.TOO_FAR, normal)
    return DurationReading(timedelta(minutes=minutes), Reason.OK)


def length_in_words(minutes: int) -> str:
    """ "1 day 2 h 30 min" in the active language; nothing for no minutes."""
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [
        ngettext("%(count)d day", "%(count)d days", days) % {"count": days} if days else "",
        _("%(count)d h") % {"count": hours} if hours else "",
        _("%(count)d min") % {"count": rest} if rest else "",
    ]
    return " ".join(part for part in parts if part)


def write_length(minutes: int) -> str:
    """ "1d 2h 30m", the one spelling of a length, which `parse_duration` reads."""
    days, rest = divmod(minutes, 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (rest, "m")) if count]
    return " ".join(parts) or "0m"


class UnreadLength(Exception):
    """Never leaves this package."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@cache
def _units() -> dict[str, Unit]:
    """Every word for a unit in every language; the short letters mean what they do in English."""
    words = {
        fold(form): unit
        for table in TABLES.values()
        for unit, forms in table.units.items()
        if unit in _MINUTES
        for form in forms.split()
    }
    return {**words, **_LETTERS}


def _skip_and(text: str, place: int) -> int:
    match = _AND.match(text, place)
    return match.end() if match else place


def read_minutes(normal: str) -> int:
    """The minutes of a normalized text; raises UnreadLength."""
    if re.fullmatch(r"\d{1,5}", normal):
        return int(normal)
    whole = _COLON.fullmatch(normal) or _HOURS_AND_MINUTES.fullmatch(normal)
    if whole:
        return int(whole[1]) * 60 + int(whole[2])
    total = 0.0
    place = 0
    unit: Unit | None = None
    while place < len(normal):
        part = _PART.match(normal, place)
        if not part and unit is Unit.HOUR and _MINUTES_LEFT.fullmatch(normal, place):
            return int(total) + int(normal[place:])
        if not part:
            reason = Reason.BAD_NUMBER if normal[place].isdigit() else Reason.UNKNOWN_WORDS
            raise UnreadLength(reason, normal[place:].partition(" ")[0])
        unit = _units().get(part[2])
        if unit is None:
            raise UnreadLength(Reason.UNKNOWN_WORDS, part[2])
        total += float(part[1]) * _MINUTES[unit]
        place = _skip_and(normal, part.end())
    if total % 1:
        raise UnreadLength(Reason.BAD_NUMBER, normal)
    return int(total)
