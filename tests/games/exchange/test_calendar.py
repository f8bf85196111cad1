"""Calendar files, read back by three independent readers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
import recurring_ical_events
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream
from icalendar import vText

from games.exchange.calendar import CalendarGame, feed, folded, single

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GAME = CalendarGame(
    id=7,
    guild_id=5,
    guild_name="Tavern",
    channel_name="games",
    host_name="Mira",
    title="Dungeon night",
    description="Bring dice.",
    location="Table 1",
    category="D&D",
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=1, hours=3),
    edited_at=NOW,
    created_at=NOW - timedelta(days=1),
    sequence=2,
    is_cancelled=False,
    standing="playing",
    alarms=(60, 15),
)


def event_of(text: bytes) -> Any:
    events = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert len(events) == 1
    return events[0]


def test_event_says_when_where_and_what() -> None:
    event = event_of(feed("My games", [GAME]))

    assert event["uid"] == "game-7@localhost"
    assert event["summary"] == "Dungeon night"
    assert event["location"] == "Table 1"
    assert event["url"] == "http://localhost:8000/g/5/games/7/"
    assert event["sequence"] == 2
    assert event["status"] == "CONFIRMED"
    assert event["dtstart"].dt == GAME.starts_at
    assert event["dtend"].dt == GAME.ends_at
    assert event["dtstart"].to_ical() == b"20261126T120000Z"
    assert "Host: Mira, on Tavern" in event["description"]
    assert "attendee" not in event
    assert "organizer" not in event


def test_reminders_are_alarms() -> None:
    alarms = event_of(feed("x", [GAME])).walk("VALARM")

    assert [alarm["trigger"].dt for alarm in alarms] == [
        timedelta(minutes=-60),
        timedelta(minutes=-15),
    ]
    assert {str(alarm["action"]) for alarm in alarms} == {"DISPLAY"}


def test_feed_asks_to_be_read_hourly_and_has_no_method() -> None:
    head: Any = icalendar.Calendar.from_ical(feed("Tavern", []))

    assert head["x-wr-calname"] == "Tavern"
    assert head["refresh-interval"].to_ical() == b"PT1H"
    assert head["refresh-interval"].params["VALUE"] == "DURATION"
    assert head["x-published-ttl"] == "PT1H"
    assert "method" not in head
    assert head["version"] == "2.0"


def test_single_file_is_published() -> None:
    assert icalendar.Calendar.from_ical(single(GAME))["method"] == "PUBLISH"


def test_cancelled_game_keeps_its_uid_and_has_no_alarm() -> None:
    event = event_of(feed("x", [replace(GAME, is_cancelled=True, sequence=3)]))

    assert (event["uid"], event["status"], event["sequence"]) == (
        "game-7@localhost",
        "CANCELLED",
        3,
    )
    assert event["summary"] == "Cancelled: Dungeon night"
    assert not event.walk("VALARM")


@pytest.mark.parametrize(
    ("standing", "summary"),
    [("waiting", "Waitlist: Dungeon night"), ("maybe", "Maybe: Dungeon night")],
)
def test_unsure_seats_are_tentative(standing: str, summary: str) -> None:
    event = event_of(feed("x", [replace(GAME, standing=standing)]))

    assert (event["status"], event["summary"]) == ("TENTATIVE", summary)


HOSTILE = (
    "X\r\nBEGIN:VALARM\r\nATTENDEE:mailto:evil@example.com",
    'a;b,c\\d\\n e:f"g',
    "🎲" * 60 + "é" * 40,
    "\u202eright to left \ufeff",
    "%s {0} ${7*7} {{ 7|add:7 }} =cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    game = replace(GAME, title=text, description=text, location=text, category=text[:40])
    body = feed(text, [game])

    event = event_of(body)
    assert str(event["summary"]) == text.replace("\r\n", "\n")
    assert str(event["location"]) == text.replace("\r\n", "\n")
    assert len(event.walk("VALARM")) == 2
    assert "attendee" not in event
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")
    for line in body.split(b"\r\n"):
        line.decode()  # folding must not split a character


@given(st.text(max_size=400))
def test_long_lines_are_folded_between_characters(text: str) -> None:
    line = f"SUMMARY:{vText(text).to_ical().decode()}"
    cut = folded(line)
    assert all(len(part) <= 75 for part in cut.split(b"\r\n"))
    assert all(part.startswith(b" ") for part in cut.split(b"\r\n")[1:-1])
    assert cut.removesuffix(b"\r\n").replace(b"\r\n ", b"") == line.encode()
    for part in cut.split(b"\r\n"):
        part.decode()


@pytest.mark.parametrize("text", HOSTILE[:3])
def test_other_readers_understand_it(text: str) -> None:
    games = [
        replace(GAME, title=text, description=text),
        replace(GAME, id=8, is_cancelled=True),
        replace(GAME, id=9, starts_at=NOW, ends_at=NOW + timedelta(hours=1), standing="waiting"),
    ]
    body = feed("Tavern", games)

    parsed = IcsCalendarStream.calendar_from_ics(body.decode())
    by_uid = {event.uid: event for event in parsed.events}
    assert set(by_uid) == {"game-7@localhost", "game-8@localhost", "game-9@localhost"}
    assert by_uid["game-7@localhost"].dtstart == GAME.starts_at
    assert by_uid["game-7@localhost"].summary == text.replace("\r\n", "\n")
    assert by_uid["game-8@localhost"].status == "CANCELLED"
    calendar: Any = icalendar.Calendar.from_ical(body)
    found = recurring_ical_events.of(calendar).between(NOW, NOW + timedelta(days=2))
    assert len(found) == 3


def test_text_is_in_the_readers_language_and_kept_apart() -> None:
    with translation.override("en"):
        english = feed("x", [GAME])
    with translation.override("de"):
        german = feed("x", [GAME])
    with translation.override("en"):
        assert feed("x", [GAME]) == english
    assert event_of(german)["uid"] == event_of(english)["uid"]
