"""What time-zone names mean: letters, IANA names and offsets."""

import re
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone somebody named.

    Letters name the region: EST in July is New York's clock. `literal` is what the letters say
    word for word, offered as another reading where it differs. An offset names an instant and not
    a place, so its `key` is None.
    """

    tz: tzinfo
    key: str | None
    literal: tzinfo | None = None


_REGIONS = (
    ("UTC", "utc:+0 z:+0 zulu:+0 gmt:+0"),
    ("Europe/London", "bst:+1"),
    ("Europe/Lisbon", "west:+1"),
    ("Europe/Berlin", "cet:+1 cest:+2 mez:+1 mesz:+2"),
    ("Europe/Helsinki", "eet:+2 eest:+3"),
    ("Europe/Istanbul", "trt:+3"),
    ("Europe/Moscow", "msk:+3 мск:+3"),
    ("Africa/Johannesburg", "sast:+2"),
    ("Asia/Karachi", "pkt:+5"),
    ("Asia/Bangkok", "ict:+7"),
    ("Asia/Jakarta", "wib:+7"),
    ("Asia/Singapore", "sgt:+8"),
    ("Asia/Hong_Kong", "hkt:+8"),
    ("Asia/Manila", "pht:+8"),
    ("Australia/Perth", "awst:+8"),
    ("Asia/Tokyo", "jst:+9"),
    ("Asia/Seoul", "kst:+9"),
    ("Australia/Adelaide", "acst:+9.5 acdt:+10.5"),
    ("Australia/Sydney", "aest:+10 aedt:+11 aet:"),
    ("Pacific/Auckland", "nzst:+12 nzdt:+13"),
    ("America/New_York", "est:-5 edt:-4 et: eastern_time:"),
    ("America/Chicago", "cdt:-5 ct: central_time:"),
    ("America/Denver", "mst:-7 mdt:-6 mt: mountain_time:"),
    ("America/Los_Angeles", "pst:-8 pdt:-7 pt: pacific_time:"),
    ("America/Anchorage", "akst:-9 akdt:-8"),
    ("Pacific/Honolulu", "hst:-10"),
    ("America/Halifax", "adt:-3"),
    ("America/Sao_Paulo", "brt:-3"),
)
_LETTERS = {
    name.replace("_", " "): (key, float(hours) if hours else None)
    for key, names in _REGIONS
    for name, _, hours in (entry.partition(":") for entry in names.split())
}
AMBIGUOUS = frozenset({"ist", "cst", "ast", "gst", "sst", "amt", "ect", "wst"})
_SMALL_WORDS = frozenset({"of", "es", "au", "in"})
_LOWEST, _HIGHEST = -12 * 60, 14 * 60


def is_zone_name(words: str) -> bool:
    return words in _LETTERS or words in AMBIGUOUS


def is_offset(minutes: int) -> bool:
    return _LOWEST <= minutes <= _HIGHEST and minutes % 15 == 0


def find_zone(name: str) -> Zone | None:
    """The zone of some letters or of an IANA name in any case; None if there is none."""
    if name not in _LETTERS:
        tz = _find_iana(name)
        return Zone(tz, tz.key) if tz else None
    key, hours = _LETTERS[name]
    literal = None if hours is None else timezone(timedelta(hours=hours))
    return Zone(get_zone(key), key, literal)


def offset_zone(minutes: int) -> Zone:
    return Zone(timezone(timedelta(minutes=minutes)), None)


@lru_cache(maxsize=1024)
def get_zone(key: str) -> ZoneInfo:
    """The zone of an IANA name; raises ZoneInfoNotFoundError."""
    try:
        return ZoneInfo(key)
    except (ValueError, OSError) as error:  # a directory, or a key that leaves the tree
        raise ZoneInfoNotFoundError(key) from error


@lru_cache(maxsize=1024)
def _find_iana(name: str) -> ZoneInfo | None:
    area, _, place = name.partition("/")
    words = re.split(r"([/_-])", place)
    titled = "".join(word if word in _SMALL_WORDS else word.capitalize() for word in words)
    area = area.capitalize()
    for key in (f"{area}/{titled}", f"{area}/{place.upper()}"):
        try:
            return get_zone(key)
        except ZoneInfoNotFoundError:
            continue
    return None
