"""The zones there are, by the names that the IANA gives them."""

import re
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# Etc/GMT+5 is five hours west, the opposite of what "GMT+5" says to people.
_TURNED_ROUND = re.compile(r"Etc/GMT[+-]?\d+")
_SMALL_WORDS = frozenset({"of", "es", "au", "in"})


@cache
def _known() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if "/" in name) | {"UTC"}


@cache
def zone_names() -> frozenset[str]:
    """The zones to choose from: regions and UTC, no abbreviations, no offset turned round."""
    return frozenset(name for name in _known() if not _TURNED_ROUND.fullmatch(name))


def is_zone(name: str) -> bool:
    """Whether a zone can be kept under that name, offered or not."""
    return name in _known()


@lru_cache(maxsize=1024)
def get_zone(key: str) -> ZoneInfo:
    """The zone of an IANA name; raises ZoneInfoNotFoundError."""
    try:
        return ZoneInfo(key)
    except (ValueError, OSError) as error:  # a directory, or a key that leaves the tree
        raise ZoneInfoNotFoundError(key) from error


@lru_cache(maxsize=1024)
def find_iana(name: str) -> ZoneInfo | None:
    """The zone of an IANA name written in lower case."""
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
