"""Games from a calendar (RFC 5545). Properties that games do not have are ignored.

The icalendar library parses single lines only. One bad event therefore spoils no other, each
event keeps its line's number, and no time zone or rule defined in the file is ever evaluated.
Zones are those of the IANA, by their own name or Microsoft's.
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
    """A VEVENT. If a property is repeated, the last one counts; `dates_out` has all EXDATEs."""

    number: int
    properties: dict[str, Property] = field(default_factory=dict)
    dates_out: list[Property] = field(default_factory=list)
    is_broken: bool = False

    def text(self, name: str) -> str:
        return self.properties.get(name, ({}, ""))[1].strip()


def read_ics(text: str, *, zone: str, now: datetime) -> list[Line]:
    """Return the calendar's events, in its order. Raises `Refused` if there are too many."""
    lines: list[Line] = []
    for event in _events(text):
        if len(lines) == MOST_GAMES:
            raise too_many()
        lines.append(_read_line(event, zone, now))
    return lines


def _events(text: str) -> Iterator[Component]:
    """Yield each VEVENT, without what is nested in it, such as its alarms."""
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
    """Yield unfolded lines, each with the number of its first. A leading blank continues a line."""
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
        # A series repeats in the event's own zone, which may be UTC.
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
    """Return the event's texts but its title; of several categories the first."""
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
        raise Refused(
            _(
                "This is one changed date of a repeating event. Import the series, then "
                "change that date here."
            )
        )
    if "RDATE" in event.properties:
        raise Refused(_("It repeats on single dates, which Gamesched does not support."))
    if "DTSTART" not in event.properties:
        raise Refused(_("It does not say when it starts."), field="when")
    if not event.text("SUMMARY"):
        raise Refused(_("The title is empty."), field="title")


def _moment(found: Property, zone: str) -> tuple[datetime, str]:
    """Return the moment in its own zone, and the zone of the game."""
    parameters, value = found
    moment = vDDDTypes.from_ical(value.strip())  # type: ignore[no-untyped-call]
    if not isinstance(moment, datetime):
        raise Refused(_("It lasts all day. A game has a time at which it starts."), field="when")
    if value.strip().upper().endswith("Z"):
        return moment.astimezone(ZoneInfo("UTC")), zone
    named = _zone(parameters["TZID"]) if parameters.get("TZID") else zone
    return moment.replace(tzinfo=ZoneInfo(named)), named


def _zone(name: str) -> str:
    """Return the IANA zone of that name. Raises `Refused` if there is none."""
    short = "/".join(name.split("/")[-2:])
    for known in (name, WINDOWS_TO_OLSON.get(name, ""), short):
        if known and is_zone(known):
            return known
    raise Refused(_("I do not know the time zone “%(name)s”.") % {"name": name[:60]}, field="when")


def _minutes(event: Component, start: datetime, zone: str) -> int | None:
    """Return the length in minutes, None if the file gives none, or zero."""
    if "DTEND" in event.properties:
        # Subtracted in UTC, since within one zone Python ignores changes of the clocks.
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
    """Raise `Refused` for excluded dates that are still to come."""
    for parameters, values in event.dates_out:
        for value in values.split(","):
            if _moment((parameters, value), zone)[0] > now:
                raise Refused(
                    _(
                        "It leaves out some future dates. Create the series here and skip "
                        "those dates."
                    )
                )
