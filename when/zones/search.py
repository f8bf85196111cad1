"""Finds a zone for a field or a picker, which keep it under an IANA name."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from when.reading import Reason
from when.spelling import normalize
from when.zones import regions
from when.zones.iana import get_zone, zone_names
from when.zones.zone import find_zone, is_offset

MOST_CHARACTERS = 64
# Offered before anything is typed, and the first of those on one offset.
FIRST = (
    "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Madrid", "Europe/Helsinki",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Sao_Paulo", "Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney", "UTC",
)  # fmt: skip
# Others by which offsets are known; where clocks never change, the offset is always right.
_KNOWN = (
    "Africa/Lagos", "Africa/Johannesburg", "Europe/Moscow", "Europe/Istanbul", "Africa/Nairobi",
    "Asia/Dubai", "Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Shanghai",
    "Asia/Seoul", "Australia/Brisbane", "Pacific/Auckland", "Pacific/Honolulu",
    "America/Anchorage", "America/Phoenix", "America/Mexico_City", "America/Bogota",
    "America/Halifax", "America/Argentina/Buenos_Aires", "Atlantic/Azores", "Atlantic/Cape_Verde",
)  # fmt: skip
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?")
_FEWEST_LETTERS = 3  # of a name that is typed halfway
_MOST_ALTERNATIVES = 4


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """The IANA name meant, or why there is none and which zones it may be."""

    key: str | None
    reason: Reason
    alternatives: tuple[str, ...] = ()


def parse_zone(text: str, *, now: datetime) -> ZoneReading:
    """The zone that an IANA name, letters, a city or a country name; raises for no text.

    An offset such as GMT+1 is kept by many zones: those that have it at `now` are offered.
    """
    if len(text) > MOST_CHARACTERS:
        return ZoneReading(None, Reason.TOO_LONG)
    name = normalize(text)
    if not name:
        return ZoneReading(None, Reason.EMPTY)
    known = _find_exactly(text)
    if known:
        return ZoneReading(known, Reason.OK)
    offset = _read_offset(name)
    if offset is not None:
        if not offset:
            return ZoneReading("UTC", Reason.OK)
        near = _zones_at(offset, now)[:_MOST_ALTERNATIVES]
        return ZoneReading(None, Reason.AMBIGUOUS_ZONE, tuple(near))
    zone = find_zone(name)
    if zone is None or zone.key is None:
        return ZoneReading(None, Reason.UNKNOWN_WORDS)
    if zone.others and not zone.doubted_in:
        return ZoneReading(None, Reason.AMBIGUOUS_ZONE, (zone.key, *zone.others))
    return ZoneReading(zone.key, Reason.OK)


def search_zones(text: str, *, now: datetime) -> list[str]:
    """The zones a text may name, the likeliest first; for no text the ones to begin with."""
    if not text.strip():
        return list(FIRST)
    reading = parse_zone(text, now=now)
    offset = _read_offset(normalize(text[:MOST_CHARACTERS]))
    if offset and not reading.key:
        return _zones_at(offset, now)
    meant = [reading.key] if reading.key else list(reading.alternatives)
    return list(dict.fromkeys((*meant, *_begun(normalize(text)), *_holding(text))))


def _find_exactly(text: str) -> str | None:
    """An offered name, however its letters are cased."""
    plain = text.strip().replace(" ", "_").casefold()
    return next((name for name in zone_names() if name.casefold() == plain), None)


def _read_offset(name: str) -> int | None:
    """Minutes east of UTC, in the sense that people give to the sign."""
    match = _OFFSET.fullmatch(name)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    offset = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    return offset if is_offset(offset) else None


def _zones_at(offset: int, now: datetime) -> list[str]:
    length = timedelta(minutes=offset)
    names = dict.fromkeys((*FIRST, *_KNOWN, *sorted(zone_names())))
    return [name for name in names if now.astimezone(get_zone(name)).utcoffset() == length]


def _begun(name: str) -> list[str]:
    """The zones of the regions whose name begins so."""
    if len(name) < _FEWEST_LETTERS:
        return []
    return [key for region, key in regions.ONE.items() if region.startswith(name)]


def _holding(text: str) -> list[str]:
    """The names that hold the text, those whose city begins with it first."""
    wanted = " ".join(text.split()).casefold().replace(" ", "_")
    found = [name for name in zone_names() if wanted in name.casefold()]
    return sorted(found, key=lambda n: (not n.casefold().rpartition("/")[2].startswith(wanted), n))
