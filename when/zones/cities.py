"""The cities that the IANA names zones after, as people write them."""

from collections import defaultdict
from functools import cache
from importlib.resources import files

from when.spelling import fold
from when.zones.iana import is_zone

_AREAS = frozenset(
    {"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
# Words, first names and points of the compass: "8pm reunion" names no zone.
_WORDS = frozenset(
    {
        *("act", "north", "south", "west", "nsw", "lhi", "center", "wake", "midway", "nome"),
        *("christmas", "easter", "reunion", "oral", "resolute", "yap", "truk", "virgin", "salta"),
        *("casey", "stanley", "regina", "beulah", "dawson", "knox", "knox in", "marengo"),
        *("johnston", "currie", "rosario", "chita", "cocos", "canary", "comoro", "aden"),
    }
)


@cache
def cities() -> dict[str, tuple[str, ...]]:
    """Each city with its zone; with several where cities of one name keep different clocks."""
    tables = files("tzdata") / "zoneinfo"
    shown = {
        line.split("\t")[2]
        for line in (tables / "zone.tab").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    links: dict[str, str] = {}
    for line in (tables / "tzdata.zi").read_text(encoding="utf-8").splitlines():
        if line.startswith("L "):
            _, clock, name = line.split()
            links[name] = clock
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    # Places of today first: of two names for one clock they are kept.
    for key in (*sorted(shown), *sorted(links.keys() - shown)):
        city = _plain(key)
        if key.partition("/")[0] in _AREAS and is_zone(key) and city not in _WORDS:
            clock = links.get(key, key)
            present = key if key in shown or clock not in shown else clock
            found[city].setdefault(clock, present)
    return {city: tuple(clocks.values()) for city, clocks in found.items()}


def _plain(key: str) -> str:
    return fold(key.rpartition("/")[2]).replace("_", " ").replace("-", " ")
