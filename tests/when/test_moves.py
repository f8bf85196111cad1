"""Phrases that give a new time to something that has one: what they leave unsaid stays."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from when import Moved, Reading, Reason, parse_when
from when.languages import TABLES

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=BERLIN)
FRIDAY = Moved(datetime(2026, 12, 4, 20, 0, tzinfo=BERLIN), "Europe/Berlin")


def read(
    text: str, moved: Moved | None = FRIDAY, *, locale: str = "en", zone: str = "Europe/Berlin"
) -> Reading:
    return parse_when(text, now=MONDAY, zone=zone, locale=locale, moved=moved)


def at(day: int, hour: int, minute: int = 0, *, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "locale", "meant"),
    [
        ("9pm", "en", at(4, 21)),
        ("21:00", "en", at(4, 21)),
        ("8:30 in the evening", "en", at(4, 20, 30)),
        ("8pm-11pm", "en", at(4, 20)),
        ("um 21 Uhr", "de", at(4, 21)),
        ("21h", "fr", at(4, 21)),
    ],
)
def test_a_clock_without_a_day_keeps_the_day(text: str, locale: str, meant: datetime) -> None:
    assert read(text, locale=locale).when == meant


@pytest.mark.parametrize(
    ("text", "locale", "meant"),
    [
        ("saturday", "en", at(5, 20)),
        ("tomorrow", "en", at(1, 20)),
        ("2026-12-06", "en", at(6, 20)),
        ("in 2 days", "en", at(2, 20)),
        ("a week from friday", "en", at(11, 20)),
        ("12.12.", "de", at(12, 20)),
        ("samstag", "de", at(5, 20)),
        ("demain", "fr", at(1, 20)),
    ],
)
def test_a_day_without_a_clock_keeps_the_time(text: str, locale: str, meant: datetime) -> None:
    assert read(text, locale=locale).when == meant


@pytest.mark.parametrize(
    ("text", "locale", "meant"),
    [
        ("an hour later", "en", at(4, 21)),
        ("+1h", "en", at(4, 21)),
        ("+30m", "en", at(4, 20, 30)),
        ("-1h", "en", at(4, 19)),
        ("1 hour earlier", "en", at(4, 19)),
        ("2 hours before", "en", at(4, 18)),
        ("a week later", "en", at(11, 20)),
        ("a week later 9pm", "en", at(11, 21)),
        ("2 days earlier", "en", at(2, 20)),
        ("eine Stunde später", "de", at(4, 21)),
        ("eine Stunde früher", "de", at(4, 19)),
        ("une heure plus tard", "fr", at(4, 21)),
        ("una hora más tarde", "es", at(4, 21)),
        ("uma hora mais cedo", "pt-BR", at(4, 19)),
        ("un'ora più tardi", "it", at(4, 21)),
        ("een uur later", "nl", at(4, 21)),
        ("2 godziny później", "pl", at(4, 22)),
        ("2 часа позже", "ru", at(4, 22)),
        ("en timme senare", "sv", at(4, 21)),
        ("1 saat daha erken", "tr", at(4, 19)),
    ],
)
def test_later_and_earlier_count_from_the_moment_itself(
    text: str, locale: str, meant: datetime
) -> None:
    assert read(text, locale=locale).when == meant


def test_from_now_is_still_said_with_in() -> None:
    assert read("in 2 hours").when == MONDAY + timedelta(hours=2)
    assert read("tonight 9pm").when == at(30, 21, month=11)


def test_a_length_alone_is_asked_back() -> None:
    reading = read("2 hours")

    assert (reading.when, reading.reason) == (None, Reason.AMBIGUOUS_MOVE)
    assert reading.alternatives == (MONDAY + timedelta(hours=2), at(4, 22))


def test_a_day_that_is_over_cannot_be_meant() -> None:
    over = Moved(datetime(2026, 11, 29, 18, 0, tzinfo=BERLIN), "Europe/Berlin")

    assert read("20:00", over).when == at(30, 20, month=11)


def test_a_clock_gone_by_on_its_own_day_offers_later_days() -> None:
    today = Moved(datetime(2026, 11, 30, 20, 0, tzinfo=BERLIN), "Europe/Berlin")

    reading = read("11:00", today)

    assert reading.reason is Reason.PAST
    assert reading.alternatives[0] == at(1, 11)


def test_a_day_that_differs_between_the_zones_is_asked_back() -> None:
    late = Moved(datetime(2026, 12, 5, 2, 0, tzinfo=BERLIN), "Europe/Berlin")  # Friday in New York

    clock = read("9pm", late, zone="America/New_York")
    day = read("sunday", late, zone="America/New_York")

    assert clock.alternatives == (
        datetime(2026, 12, 4, 21, tzinfo=NEW_YORK),
        datetime(2026, 12, 5, 21, tzinfo=NEW_YORK),
    )
    assert len(day.alternatives) == 2
    assert read("a week later", late, zone="America/New_York").when == at(12, 2)


def test_the_time_of_day_stays_in_its_own_zone_over_a_clock_change() -> None:
    march = Moved(datetime(2026, 12, 4, 20, 0, tzinfo=BERLIN), "Europe/Berlin")

    # New York's clocks go forward on 14 March, Berlin's on the 28th.
    reading = read("2027-03-20", march, zone="America/New_York")

    assert reading.when == datetime(2027, 3, 20, 20, 0, tzinfo=BERLIN)


def test_before_counts_from_the_start_and_earlier_from_the_moment() -> None:
    deadline = Moved(at(4, 18), "Europe/Berlin", start=at(4, 20))

    assert read("3h before", deadline).when == at(4, 17)
    assert read("3h earlier", deadline).when == at(4, 15)


@pytest.mark.parametrize("text", ["an hour later", "-1h", "friday", "2h before", "1h earlier"])
def test_without_something_to_move_nothing_is_made_up(text: str) -> None:
    assert read(text, None).when is None


@pytest.mark.parametrize("language", TABLES)
def test_later_and_earlier_are_known_in_every_language(language: str) -> None:
    words = TABLES[language].words
    assert all(words[kind] for kind in words if kind in {"later", "earlier", "before"})
    assert {"later", "earlier", "before"} <= words.keys()
