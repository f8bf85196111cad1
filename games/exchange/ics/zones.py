"""The time zone that a calendar file means by a name, as the IANA calls it.

Names are looked up by icalendar, then in the file's own definitions, then as Exchange shows them
to people. A zone without an IANA name gets the name of one that keeps the same clocks. What is
still not known is noted in `unknown`, for the form to ask.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from warnings import catch_warnings, simplefilter
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vDDDTypes, vRecur
from icalendar.timezone.tzp import TZP

from guilds.errors import Refused
from when import is_zone, parse_zone, zone_names
from when.zones.search import FIRST

MOST_UNKNOWN = 5
MOST_NAME = 120
# What of the file's definitions is evaluated at all: each of these takes some milliseconds.
_MOST_DEFINED = 10
# Processor seconds for all of a file's definitions together. Of a date that never comes, such as 30
# February, dateutil looks through eight thousand years, a quarter of a second a rule.
_MOST_SECONDS = 1.5
_MOST_PARTS = 60  # of one definition
_MOST_RULES = 4
_MOST_TIMES = 300
# Rules that go on every year since 1601 are counted from so many years ago.
_YEARS = 5
_COMPARED = timedelta(days=2 * 366)  # as far ahead as games can be
_YEARLY = frozenset({"FREQ", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST", "INTERVAL"})
_SHOWN = re.compile(r"\((?:UTC|GMT)\s*([+-]\d{1,2}:?\d{2})?\)\s*(.+)", re.IGNORECASE)
_OFFSET = re.compile(r"[+-]\d{4}(\d\d)?")


@dataclass
class Zones:
    """The zones of one file, whose definitions are `defined`; `here` is the form's zone.

    `answers` are zones that the person gave for names. `unknown` collects the names without one.
    """

    now: datetime
    here: str
    defined: Mapping[str, Sequence[str]]
    answers: Mapping[str, str]
    unknown: list[str] = field(default_factory=list)
    _found: dict[str, str | None] = field(default_factory=dict)
    _evaluated: int = 0
    _seconds: float = 0.0
    # Its own, since the library's common one would keep what files define.
    _provider: TZP = field(default_factory=TZP)

    def find(self, name: str) -> str:
        """Return the IANA zone of that name. Raises `Refused` and notes the name otherwise."""
        name = name[:MOST_NAME]
        if name not in self._found:
            self._found[name] = self.answers.get(name) or self._look_up(name)
        if key := self._found[name]:
            return key
        if name not in self.unknown and len(self.unknown) < MOST_UNKNOWN:
            self.unknown.append(name)
        raise Refused(
            _("I do not know the time zone “%(name)s”.") % {"name": name[:60]}, field="when"
        )

    def _look_up(self, name: str) -> str | None:
        steps: tuple[Callable[[str], str | None], ...] = (
            self._by_name, self._by_definition, self._as_shown, self._as_typed,
        )  # fmt: skip
        return next((key for step in steps if (key := step(name))), None)

    def _by_name(self, name: str) -> str | None:
        """Look up IANA's names, Windows' names, and either behind a vendor's prefix."""
        parts = name.strip("/").split("/")[-6:]
        for tail in ("/".join(parts[place:]) for place in range(len(parts))):
            if is_zone(tail):
                return tail
            if tail.casefold() in {"utc", "gmt", "z", "etc/utc"}:
                return "UTC"
            if found := self._provided(tail):
                return self._named(found)
        return None

    def _provided(self, name: str) -> tzinfo | None:
        with catch_warnings():
            simplefilter("ignore")
            try:
                return self._provider.timezone(name)
            except (ValueError, OSError):  # a folder of the time-zone data
                return None

    def _by_definition(self, name: str) -> str | None:
        lines = self.defined.get(name)
        if lines is None:
            return None
        places = [line.partition(":")[2].strip() for line in lines if _is(line, "X-LIC-LOCATION")]
        if places and is_zone(places[0]):
            return places[0]
        self._evaluated += 1
        if self._evaluated > _MOST_DEFINED or self._seconds > _MOST_SECONDS:
            return None
        began = time.thread_time()
        try:
            return self._named(_defined_zone(lines, self._provider, self.now.year - _YEARS))
        except (ValueError, KeyError, TypeError, OverflowError, IndexError):
            return None
        finally:
            self._seconds += time.thread_time() - began

    def _as_shown(self, name: str) -> str | None:
        """Look up "(UTC-05:00) Eastern Time (US & Canada)": places, and their offset in winter."""
        found = _SHOWN.fullmatch(name)
        if found is None:
            return None
        offset = _minutes(found[1]) if found[1] else 0
        places = [found[2], re.sub(r"\(.*?\)", "", found[2]), *re.split(r"[,(&)]", found[2])]
        keys = []
        for place in dict.fromkeys(one.strip() for one in places if one.strip()):
            reading = parse_zone(place, now=self.now) if len(place) <= 64 else None
            named = [reading.key] if reading and reading.key else []
            keys += [*named, *(reading.alternatives if reading and not named else ())]
        fit = [key for key in keys if _standard_offset(key, self.now) == offset]
        clocks = {_clock_of(key, self.now.date().isoformat()) for key in fit}
        return fit[0] if len(clocks) == 1 else None

    def _as_typed(self, name: str) -> str | None:
        return parse_zone(name, now=self.now).key if 0 < len(name) <= 64 else None

    def _named(self, zone: tzinfo) -> str | None:
        """Return the name of a zone whose clocks are the same for as long as games are planned."""
        if isinstance(zone, ZoneInfo) and is_zone(zone.key):
            return zone.key
        clock = _offsets(zone, self.now)
        day = self.now.date().isoformat()
        names = dict.fromkeys((self.here, *FIRST, *sorted(zone_names())))
        return next((name for name in names if _clock_of(name, day) == clock), None)


def _is(line: str, name: str) -> bool:
    return line[: len(name)].upper() == name and line[len(name) : len(name) + 1] in {":", ";"}


def _minutes(offset: str) -> int:
    digits = offset[1:].replace(":", "").rjust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if offset[0] == "-" else minutes


def _standard_offset(key: str, now: datetime) -> int:
    """Return the lower of the zone's offsets in the next year, in minutes."""
    zone = ZoneInfo(key)
    days = (now + timedelta(days=day) for day in range(0, 366, 30))
    offsets = [day.astimezone(zone).utcoffset() or timedelta() for day in days]
    return round(min(offsets).total_seconds() / 60)


@lru_cache(2048)
def _clock_of(key: str, day: str) -> tuple[timedelta, ...]:
    return _offsets(ZoneInfo(key), datetime.fromisoformat(day).replace(tzinfo=UTC))


def _offsets(zone: tzinfo, now: datetime) -> tuple[timedelta, ...]:
    """Return the offsets at noon (UTC) of each day on which games may be."""
    noon = datetime(now.year, now.month, now.day, 12, tzinfo=UTC)
    days = (noon + timedelta(days=day) for day in range(_COMPARED.days))
    return tuple(day.astimezone(zone).utcoffset() or timedelta() for day in days)


# --- Definitions (VTIMEZONE) ---------------------------------------------------------------------


def _defined_zone(lines: Sequence[str], provider: TZP, year: int) -> tzinfo:
    """Return the zone that the lines define from a year on.

    Raises `ValueError`, also for what no clock does.

    Built part by part: icalendar's parser would evaluate any rule at once, even one a second.
    """
    zone = Timezone()
    zone.add("tzid", "defined")
    parts = list(_parts(lines))
    if not 0 < len(parts) <= _MOST_PARTS or sum("RRULE" in one for _, one in parts) > _MOST_RULES:
        raise ValueError(len(parts))
    for kind, values in parts:
        component = TimezoneDaylight() if kind == "DAYLIGHT" else TimezoneStandard()
        start = _time(values["DTSTART"][0])
        if "RRULE" in values and "INTERVAL" not in values["RRULE"][0].upper():
            start = start.replace(year=max(start.year, year), day=min(start.day, 28))
        component.add("dtstart", start)
        for name in ("TZOFFSETFROM", "TZOFFSETTO"):
            component.add(name.lower(), _offset(values[name][0]))
        if "RRULE" in values:
            component.add("rrule", _yearly(values["RRULE"][0]))
        times = [one for one in ",".join(values.get("RDATE", ())).split(",") if one]
        if times:
            component.add("rdate", [_time(one) for one in times[:_MOST_TIMES]])
        zone.add_component(component)
    found: tzinfo = zone.to_tz(provider, lookup_tzid=False)
    return found


def _parts(lines: Sequence[str]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    kind, values = "", dict[str, list[str]]()
    for line in lines:
        name, _colon, value = line.partition(":")
        name = name.partition(";")[0].strip().upper()
        value = value.strip()
        if name == "BEGIN" and value.upper() in {"STANDARD", "DAYLIGHT"}:
            kind, values = value.upper(), {}
        elif name == "END" and kind:
            yield kind, values
            kind = ""
        elif kind:
            values.setdefault(name, []).append(value)


def _time(text: str) -> datetime:
    moment = vDDDTypes.from_ical(text)  # type: ignore[no-untyped-call]
    if not isinstance(moment, datetime):
        raise ValueError(text)
    return moment.replace(tzinfo=None)


def _yearly(text: str) -> vRecur:
    parts = [part.partition("=") for part in text.upper().strip(";").split(";")]
    values = {name: value for name, _sign, value in parts}
    if values.get("FREQ") != "YEARLY" or not values.keys() <= _YEARLY or text.count(",") > 12:
        raise ValueError(text)
    rule: vRecur = vRecur.from_ical(text)
    return rule


def _offset(text: str) -> timedelta:
    if not _OFFSET.fullmatch(text):
        raise ValueError(text)
    length = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]), seconds=int(text[5:] or 0))
    return -length if text[0] == "-" else length
