"""Games from a calendar: RFC 5545, of which what makes a game is read, and the rest passed over.

The lines are taken apart by the icalendar library, one by one: so that one bad event spoils no
other, each keeps its line's number, and no time zone or rule that a file brings along is worked
out. Zones are those of the IANA, by their name or Microsoft's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDDDTypes, vDuration
from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from games.exchange.import_repeats import next_session
from games.exchange.imports import MOST_GAMES, Event, Line, is_past, too_many
from games.fields import FIELDS
from guilds.errors import Refused
from when import is_zone

type Property = tuple[dict[str, str], str]


@dataclass
class Component:
    """A VEVENT. Of a property given several times, the last counts; `dates_out` are all EXDATEs."""

    number: int
    properties: dict[str, Property] = field(default_factory=dict)
    dates_out: list[Property] = field(default_factory=list)
    is_broken: bool = False

    def text(self, name: str) -> str:
        return self.properties.get(name, ({}, ""))[1].strip()


def read_ics(text: str, *, zone: str, now: datetime) -> list[Line]:
    """The calendar's events, in its order. Raises `Refused` where there are too many."""
    lines: list[Line] = []
    for event in _events(text):
        if len(lines) == MOST_GAMES:
            raise too_many()
        lines.append(_read_line(event, zone, now))
    return lines


def _events(text: str) -> Iterator[Component]:
    """Each VEVENT, without what is nested in it, such as its alarms."""
    event, depth = None, 0
    for number, line in _unfolded(text):
        upper = line[:20].strip().upper()
        if upper.startswith("BEGIN:"):
            depth += event is not None
            if event is None and upper == "BEGIN:VEVENT":
                event = Component(number)
        elif upper.startswith("END:") and event is not None:
            if depth == 0:
                yield event
                event = None
            else:
                depth -= 1
        elif event is not None and depth == 0:
            _add(event, line)


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first; a blank at its start continues a line."""
    begun, parts = 1, [""]
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line[:1] in {" ", "\t"}:
            parts.append(line[1:])
            continue
        yield begun, "".join(parts)
        begun, parts = number, [line]
    yield begun, "".join(parts)


def _add(event: Component, line: str) -> None:
    if not line.strip():
        return
    try:
        name, parameters, value = Contentline(line).parts()  # type: ignore[no-untyped-call]
    except ValueError:
        event.is_broken = True
        return
    found = ({key.upper(): str(given) for key, given in parameters.items()}, str(value))
    if name.upper() == "EXDATE":
        event.dates_out.append(found)
    else:
        event.properties[name.upper()] = found


def _read_line(event: Component, zone: str, now: datetime) -> Line:
    title = event.text("SUMMARY")
    try:
        return Line(event.number, title, _read_event(event, title, zone, now))
    except Refused as refused:
        return Line(event.number, title, why=refused.message)
    except (ValueError, OverflowError, TypeError):
        return Line(event.number, title, why=_("Its dates or times cannot be read."))


def _read_event(event: Component, title: str, zone: str, now: datetime) -> Event:
    _check_is_whole(event)
    start, game_zone = _moment(event.properties["DTSTART"], zone)
    minutes = _minutes(event, start, zone)
    repeat = None
    if rrule := event.text("RRULE"):
        # Games repeat on the clocks the event is on, which may be those of Greenwich.
        game_zone = str(start.tzinfo)
        start, repeat = next_session(rrule, start, now=now)
        _check_dates_out(event, zone, now)
    elif start <= now:
        raise is_past()
    return Event(
        title=title,
        starts_at=start,
        zone=game_zone,
        repeat=repeat,
        values=_texts(event) | ({"duration_minutes": minutes} if minutes else {}),
    )


def _texts(event: Component) -> dict[str, str]:
    """What the event says beside its title and its times; of several categories the first."""
    found = {f.column: event.text(f.calendar) for f in FIELDS if f.calendar and f.longest}
    found["category"] = found["category"].partition(",")[0].strip()
    found["description"] = event.text("DESCRIPTION")
    del found["title"]
    return {column: text for column, text in found.items() if text}


def _check_is_whole(event: Component) -> None:
    if event.is_broken:
        raise Refused(_("A line of this event cannot be read."))
    if event.text("STATUS").upper() == "CANCELLED":
        raise Refused(_("It is cancelled."))
    if "RECURRENCE-ID" in event.properties:
        raise Refused(_("It is one changed date of an event that repeats; change it here by hand."))
    if "RDATE" in event.properties:
        raise Refused(_("It repeats on dates of its own, which games here cannot."))
    if "DTSTART" not in event.properties:
        raise Refused(_("It does not say when it starts."), field="when")
    if not event.text("SUMMARY"):
        raise Refused(_("The title is empty."), field="title")


def _moment(found: Property, zone: str) -> tuple[datetime, str]:
    """A moment on its zone's clocks, and the zone its game is in."""
    parameters, value = found
    moment = vDDDTypes.from_ical(value.strip())  # type: ignore[no-untyped-call]
    if not isinstance(moment, datetime):
        raise Refused(_("It lasts all day. A game has a time at which it starts."), field="when")
    if value.strip().upper().endswith("Z"):
        return moment.astimezone(ZoneInfo("UTC")), zone
    named = _zone(parameters["TZID"]) if parameters.get("TZID") else zone
    return moment.replace(tzinfo=ZoneInfo(named)), named


def _zone(name: str) -> str:
    """Raises `Refused` for names nobody else knows either."""
    short = "/".join(name.split("/")[-2:])
    for known in (name, WINDOWS_TO_OLSON.get(name, ""), short):
        if known and is_zone(known):
            return known
    raise Refused(_("I do not know the time zone “%(name)s”.") % {"name": name[:60]}, field="when")


def _minutes(event: Component, start: datetime, zone: str) -> int | None:
    """How long; None where the file does not say, or says "no time at all"."""
    if "DTEND" in event.properties:
        # In UTC, since on the clocks of one zone Python counts an hour that is left out.
        end = _moment(event.properties["DTEND"], zone)[0]
        length = end.astimezone(UTC) - start.astimezone(UTC)
    elif "DURATION" in event.properties:
        length = vDuration.from_ical(event.text("DURATION"))  # type: ignore[no-untyped-call]
    else:
        return None
    if length < timedelta():
        raise Refused(_("It ends before it starts."), field="duration")
    return round(length.total_seconds() / 60) or None


def _check_dates_out(event: Component, zone: str, now: datetime) -> None:
    """Dates that are left out matter while they are still to come."""
    for parameters, values in event.dates_out:
        for value in values.split(","):
            if _moment((parameters, value), zone)[0] > now:
                raise Refused(
                    _("It leaves out dates still to come. Make the series here, and skip them.")
                )
