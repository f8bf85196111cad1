"""Games as iCalendar: one VEVENT a game, in UTC, with a UID that never changes.

No METHOD and no VTIMEZONE in feeds: clients read both differently. Attendees are never listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vText

PRODID = "-//Gamesched//Gamesched//EN"
REFRESH = timedelta(hours=1)
# Part of the ETag: raise it when the same games are written differently.
LAYOUT = 1
DESCRIPTION_MOST = 1000
KEPT_EVENTS = 4096
KEPT_ALARMS = 256
END = b"END:VCALENDAR\r\n"
END_EVENT = b"END:VEVENT\r\n"


@dataclass(frozen=True)
class CalendarGame:
    """What a calendar shows of a game. `sequence` rises with each edit, the cancellation too.

    `standing` is the reader's: `hosting`, `playing`, `waiting`, `maybe` or empty.
    `alarms` are minutes before the start.
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


def feed(name: str, games: Iterable[CalendarGame]) -> bytes:
    """A calendar to subscribe to."""
    head = _head(name)
    head.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    head.add("x-published-ttl", "PT1H")
    return _closed(head, games)


def single(game: CalendarGame) -> bytes:
    """A file to import once."""
    head = _head(game.title)
    head.add("method", "PUBLISH")
    return _closed(head, [game])


def etag(name: str, version: tuple[Any, ...]) -> str:
    """Changes whenever the feed's text would; far cheaper than the text."""
    told = repr((LAYOUT, get_language(), settings.SITE_URL, name, *version))
    return f'"{sha256(told.encode()).hexdigest()[:32]}"'


def _head(name: str) -> Calendar:
    head = Calendar()
    head.add("prodid", PRODID)
    head.add("version", "2.0")
    head.add("calscale", "GREGORIAN")
    # Said to be text: the library writes what it has no type for as it stands.
    head.add("name", vText(name))
    head.add("x-wr-calname", vText(name))
    return head


def _closed(head: Calendar, games: Iterable[CalendarGame]) -> bytes:
    text: bytes = head.to_ical().removesuffix(END)
    language = get_language() or "en"
    return b"".join([text, *(_event(game, settings.SITE_URL, language) for game in games), END])


@lru_cache(KEPT_EVENTS)
def _event(game: CalendarGame, site_url: str, language: str) -> bytes:
    """The VEVENT's lines, kept, since a feed is read far more often than its games change."""
    event = Event()
    event.add("uid", f"game-{game.id}@{urlsplit(site_url).hostname}")
    event.add("dtstamp", game.edited_at)
    event.add("created", game.created_at)
    event.add("last-modified", game.edited_at)
    event.add("sequence", game.sequence)
    event.add("dtstart", game.starts_at)
    event.add("dtend", game.ends_at)
    event.add("summary", _summary(game))
    event.add("status", _status(game))
    event.add("transp", "TRANSPARENT" if game.is_cancelled else "OPAQUE")
    event.add("location", game.location or f"#{game.channel_name} ({game.guild_name})")
    url = f"{site_url}/g/{game.guild_id}/games/{game.id}/"
    event.add("url", url)
    event.add("description", _description(game, url))
    if game.category:
        event.add("categories", [game.category])
    lines: bytes = event.to_ical().removesuffix(END_EVENT)
    alarms = () if game.is_cancelled else game.alarms
    return b"".join([lines, *(_alarm(minutes, language) for minutes in alarms), END_EVENT])


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
    host = _("Host: %(name)s, on %(server)s") % {"name": game.host_name, "server": game.guild_name}
    return "\n\n".join(part for part in (text, host, url) if part)


@lru_cache(KEPT_ALARMS)
def _alarm(minutes: int, _language: str) -> bytes:
    """The VALARM's lines, the same for all games: programs show the event's title with it."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Your game is about to start."))
    alarm.add("trigger", timedelta(minutes=-minutes))
    lines: bytes = alarm.to_ical()
    return lines
