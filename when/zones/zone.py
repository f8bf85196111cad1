"""The zone that a name means."""

from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache

from when.zones import letters, regions
from when.zones.cities import cities
from when.zones.iana import find_iana, get_zone

MOST_WORDS = 6  # "Heure de Ho Chi Minh", "Port of Spain time"
_SUFFIXES = (" local time", " time", " zeit", " ortszeit", " времени")
_PREFIXES = ("heure de ", "hora de ", "horario de ", "ora di ")
_LOWEST, _HIGHEST = -12 * 60, 14 * 60


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone somebody named.

    Letters name the region: EST in July is New York's clock. `literal` is what the letters say
    word for word, offered as another reading where it differs. An offset names an instant and not
    a place, so its `key` is None. `others` are the keys it may as well mean, for writers in
    `doubted_in` (the start of their own zone's key) or, where that is empty, for everybody.
    """

    tz: tzinfo
    key: str | None
    literal: tzinfo | None = None
    others: tuple[str, ...] = ()
    doubted_in: str = ""
    name: str = ""  # as it was said, where it has several meanings

    def is_unclear_to(self, writer: str) -> bool:
        return bool(self.others) and writer.startswith(self.doubted_in)


def is_letters(name: str) -> bool:
    """Whether it is an abbreviation such as PST, which names a zone wherever it stands."""
    return name in letters.LETTERS or name in letters.SEVERAL


def is_zone_name(name: str) -> bool:
    return is_letters(name) or _find_named(name) is not None


def is_offset(minutes: int) -> bool:
    return _LOWEST <= minutes <= _HIGHEST and minutes % 15 == 0


def offset_zone(minutes: int) -> Zone:
    return Zone(timezone(timedelta(minutes=minutes)), None)


def find_zone(name: str) -> Zone | None:
    """The zone of a normalized name, be it letters, a place or the IANA's; None for no zone."""
    if name in letters.LETTERS:
        key, hours = letters.LETTERS[name]
        return Zone(get_zone(key), key, None if hours is None else _east(hours))
    if name in letters.SEVERAL:
        return _several(name, letters.SEVERAL[name])
    named = _find_named(name)
    if named:
        return named
    tz = find_iana(name) if "/" in name else None
    return Zone(tz, tz.key) if tz else None


def _east(hours: float) -> tzinfo:
    return timezone(timedelta(hours=hours))


@lru_cache(maxsize=1024)
def _find_named(name: str) -> Zone | None:
    """The zone of a place or a region, with or without the word "time"."""
    bare = _without_time(name)
    if bare != name and bare in regions.WITH_TIME:
        return _one(regions.WITH_TIME[bare])
    if bare != name and is_letters(bare):
        return find_zone(bare)
    if bare in regions.SEVERAL:
        return _several(bare, regions.SEVERAL[bare])
    if bare in regions.ONE:
        key = regions.ONE[bare]
        if bare not in regions.DOUBTED_IN:
            return _one(key)
        start, other = regions.DOUBTED_IN[bare]
        return Zone(get_zone(key), key, others=(other,), doubted_in=start, name=bare)
    keys = cities().get(bare, ())
    if not keys:
        return None
    return _one(keys[0]) if len(keys) == 1 else _several(bare, keys)


def _without_time(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix)
    return name


def _one(key: str) -> Zone:
    return Zone(get_zone(key), key)


def _several(name: str, keys: tuple[str, ...]) -> Zone:
    return Zone(get_zone(keys[0]), keys[0], others=keys[1:], name=name)
