"""Games as iCalendar: one VEVENT for each game, in UTC, with a UID that never changes.

The icalendar library escapes texts and writes the head of a feed. The events are put together
here, which takes a tenth of the time. Feeds have no METHOD and no VTIMEZONE, since clients
disagree on both. Attendees are never listed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, vText

from games.fields import BY_COLUMN

# Before the names of properties that only an import of ours reads.
OWN_PREFIX = "X-GAMESCHED-"
PRODID = "-//Gamesched//Gamesched//EN"
REFRESH = timedelta(hours=1)
# Part of the ETag: raise it when the same games are written differently.
LAYOUT = 1
DESCRIPTION_MOST = 1000
KEPT_EVENTS = 4096
KEPT_ALARMS = 256
END = b"END:VCALENDAR\r\n"
LINE_OCTETS = 75


@dataclass(frozen=True)
class CalendarGame:
    """A game as a calendar shows it. `sequence` rises with each edit and with the cancellation.

    `standing` is the reader's: `hosting`, `playing`, `waiting`, `maybe` or empty.
    `alarms` are minutes before the start. `facts` are texts by column, for fields that have no
    iCalendar property. `cells` are what an import of ours reads back, by column.
    """

    id: int
    guild_id: int
    guild_name: str
    channel_name: str
    host_name: str
    title: str
    description: str
    location: str
    category: str
    starts_at: datetime
    ends_at: datetime
    edited_at: datetime
    created_at: datetime
    sequence: int
    is_cancelled: bool
    standing: str = ""
    alarms: tuple[int, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    cells: tuple[tuple[str, str], ...] = ()


def feed(name: str, games: Iterable[CalendarGame]) -> bytes:
    """Return a calendar to subscribe to."""
    head = _head(name)
    head.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    head.add("x-published-ttl", "PT1H")
    return _closed(head, games)


def in_parts(name: str, pages: Iterable[Sequence[CalendarGame]]) -> Iterator[bytes]:
    """Yield a calendar too long to hold: its head, each page of games, its end."""
    yield _head(name).to_ical().removesuffix(END)
    language = get_language() or "en"
    for games in pages:
        # Not cached: exports are long, and hardly ever repeated.
        yield b"".join(_written(game, settings.SITE_URL, language) for game in games)
    yield END


def single(game: CalendarGame) -> bytes:
    """Return a file to import once."""
    head = _head(game.title)
    head.add("method", "PUBLISH")
    return _closed(head, [game])


def etag(name: str, version: tuple[Any, ...]) -> str:
    """Return an ETag that changes whenever the feed's text would, without building the text."""
    told = repr((LAYOUT, get_language(), settings.SITE_URL, name, *version))
    return f'"{sha256(told.encode()).hexdigest()[:32]}"'


def _head(name: str) -> Calendar:
    head = Calendar()
    head.add("prodid", PRODID)
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    # Typed as text, since the library does not escape properties it has no type for.
    head.add("name", vText(name))
    head.add("x-wr-calname", vText(name))
    return head


def _closed(head: Calendar, games: Iterable[CalendarGame]) -> bytes:
    text: bytes = head.to_ical().removesuffix(END)
    return b"".join([text, *_events(games), END])


def _events(games: Iterable[CalendarGame]) -> Iterator[bytes]:
    language = get_language() or "en"
    return (_event(game, settings.SITE_URL, language) for game in games)


@lru_cache(KEPT_EVENTS)
def _event(game: CalendarGame, site_url: str, language: str) -> bytes:
    """Return the VEVENT's lines. Cached: a feed is read far more often than its games change."""
    return _written(game, site_url, language)


def _written(game: CalendarGame, site_url: str, language: str) -> bytes:
    edited, url = _utc(game.edited_at), f"{site_url}/g/{game.guild_id}/games/{game.id}/"
    lines = {
        "UID": _text(f"game-{game.id}@{urlsplit(site_url).hostname}"),
        "DTSTAMP": edited,
        "CREATED": _utc(game.created_at),
        "LAST-MODIFIED": edited,
        "SEQUENCE": str(game.sequence),
        "DTSTART": _utc(game.starts_at),
        "DTEND": _utc(game.ends_at),
        "SUMMARY": _text(_summary(game)),
        "STATUS": _status(game),
        "TRANSP": "TRANSPARENT" if game.is_cancelled else "OPAQUE",
        "LOCATION": _text(game.location or f"#{game.channel_name} ({game.guild_name})"),
        "URL": url,
        "DESCRIPTION": _text(_description(game, url)),
    }
    if game.category:
        lines["CATEGORIES"] = _text(game.category)
    for column, text in game.cells:
        lines[f"{OWN_PREFIX}{column.upper().replace('_', '-')}"] = _text(text)
    alarms = () if game.is_cancelled else game.alarms
    return b"".join(
        [
            b"BEGIN:VEVENT\r\n",
            *(folded(f"{name}:{value}") for name, value in lines.items()),
            *(_alarm(minutes, language) for minutes in alarms),
            b"END:VEVENT\r\n",
        ]
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    escaped: bytes = vText(text).to_ical()
    return escaped.decode()


def folded(line: str) -> bytes:
    """Fold the line after 75 octets; it continues on the next after a space (RFC 5545, 3.1).

    The library folds character by character, which takes most of a feed's time.
    """
    rest, parts = line.encode(), []
    while len(rest) >= LINE_OCTETS:
        end = LINE_OCTETS - 1
        while rest[end] & 0xC0 == 0x80:  # not inside a character
            end -= 1
        head = rest[:end]
        if (len(head) - len(head.rstrip(b"\\"))) % 2:  # not between a backslash and what it escapes
            end -= 1
        parts.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join([*parts, rest]) + b"\r\n"


def _summary(game: CalendarGame) -> str:
    if game.is_cancelled:
        return _("Cancelled: %(title)s") % {"title": game.title}
    if game.standing == "waiting":
        return _("Waitlist: %(title)s") % {"title": game.title}
    if game.standing == "maybe":
        return _("Maybe: %(title)s") % {"title": game.title}
    return game.title


def _status(game: CalendarGame) -> str:
    if game.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if game.standing in {"waiting", "maybe"} else "CONFIRMED"


def _description(game: CalendarGame, url: str) -> str:
    text = game.description
    if len(text) > DESCRIPTION_MOST:
        text = f"{text[:DESCRIPTION_MOST].rstrip()}…"
    facts = "\n".join(
        _("%(field)s: %(text)s") % {"field": BY_COLUMN[column].label, "text": fact}
        for column, fact in game.facts
    )
    host = _("Host: %(name)s, on %(server)s") % {"name": game.host_name, "server": game.guild_name}
    return "\n\n".join(part for part in (text, facts, host, url) if part)


@lru_cache(KEPT_ALARMS)
def _alarm(minutes: int, _language: str) -> bytes:
    """Return the VALARM's lines, the same for all games: programs add the event's title."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Your game is about to start."))
    alarm.add("trigger", timedelta(minutes=-minutes))
    lines: bytes = alarm.to_ical()
    return lines
