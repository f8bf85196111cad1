"""Calendars as programs really write them: series with changed dates, zones, broken lines."""

import contextlib
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from games.exchange.import_file import read_file
from games.exchange.imports import Answers, Event, File, Line
from guilds.errors import Refused
from tests.duration import within
from when.repetitions import Pattern, next_dates, read_rule

FILES = Path(__file__).parent / "files"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
HEAD = "SUMMARY:Raid\r\nUID:a@x\r\nDTSTART;TZID=Europe/Berlin:20261103T190000\r\nDURATION:PT3H"


def read(
    data: str | bytes, *, now: datetime = NOW, zone: str = "Europe/Berlin", **answers: Any
) -> File:
    raw = data.encode() if isinstance(data, str) else data
    return read_file(raw, zone=zone, now=now, answers=Answers(**answers))


def kept(name: str) -> list[Line]:
    return [line for line in read((FILES / name).read_bytes()).lines if not line.is_past]


def only(lines: list[Line]) -> Event:
    (line,) = lines
    assert line.event is not None, line.why
    return line.event


def calendar(*events: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{body}END:VCALENDAR\r\n"


def one(*lines: str, changes: tuple[str, ...] = (), **more: Any) -> Event:
    return only(list(read(calendar("\r\n".join([HEAD, *lines]), *changes), **more).lines))


def change(day: str, *lines: str) -> str:
    named = f"RECURRENCE-ID;TZID=Europe/Berlin:{day}T190000"
    return "\r\n".join(["SUMMARY:Raid", "UID:a@x", named, "DURATION:PT3H", *lines])


def dates_of(event: Event, n: int = 6) -> list[str]:
    """Return the next starts on the series' clocks, as its sessions would be made."""
    assert event.repeat is not None
    first = event.starts_at
    pattern = Pattern(event.repeat, first.date(), first.time(), str(first.tzinfo))
    by_rule = [d for d in next_dates(pattern, 20) if d.date not in event.skipped]
    own = {session.day: session.event.starts_at for session in event.sessions}
    starts = {d.date: d.local for d in by_rule} | own
    return [f"{start:%m-%d %H:%M}" for start in sorted(starts.values())][:n]


# --- Series --------------------------------------------------------------------------------------


def test_a_cancelled_date_is_left_out_of_its_series() -> None:
    event = only(kept("series_next_date_cancelled.ics"))
    assert event.skipped == (date(2026, 12, 8),)
    assert dates_of(event, 3) == ["12-01 19:00", "12-15 19:00", "12-22 19:00"]


def test_a_series_begins_behind_its_next_date_if_that_is_cancelled() -> None:
    data = (FILES / "series_next_date_cancelled.ics").read_bytes()
    event = only(list(read(data, now=datetime(2026, 12, 3, tzinfo=UTC)).lines))
    assert dates_of(event, 2) == ["12-15 19:00", "12-22 19:00"]


def test_a_changed_date_belongs_to_its_series() -> None:
    moved = change("20261208", "DTSTART;TZID=Europe/Berlin:20261209T203000", "LOCATION:Attic")
    event = one("RRULE:FREQ=WEEKLY;BYDAY=TU", changes=(moved,))
    (session,) = event.sessions
    assert session.day == date(2026, 12, 8)
    assert session.event.starts_at == datetime(2026, 12, 9, 20, 30, tzinfo=BERLIN)
    assert session.event.values["location"] == "Attic" and "location" not in event.values
    assert session.announced_at == datetime(2026, 12, 1, 19, tzinfo=BERLIN)
    assert dates_of(event, 3) == ["12-01 19:00", "12-09 20:30", "12-15 19:00"]


def test_a_date_changed_in_its_text_alone_keeps_its_text() -> None:
    renamed = change("20261208", "DTSTART;TZID=Europe/Berlin:20261208T190000").replace(
        "SUMMARY:Raid", "SUMMARY:Finale"
    )
    event = one("RRULE:FREQ=WEEKLY", changes=(renamed,))
    assert [session.event.title for session in event.sessions] == ["Finale"]
    assert event.title == "Raid" and event.skipped == ()


def test_of_two_versions_the_higher_sequence_counts() -> None:
    old = f"{HEAD}\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\nSEQUENCE:1"
    new = old.replace("BYDAY=TU", "BYDAY=TH").replace("SEQUENCE:1", "SEQUENCE:4")
    for events in ((old, new), (new, old)):
        event = only(list(read(calendar(*events)).lines))
        assert str(event.repeat) == "FREQ=WEEKLY;BYDAY=TH"


def test_two_rules_are_two_series() -> None:
    rules = [(str(line.event.repeat), line.event.starts_at.day)
             for line in kept("two_rrules.ics") if line.event]  # fmt: skip
    assert rules == [("FREQ=WEEKLY;BYDAY=TU", 1), ("FREQ=MONTHLY;BYDAY=2MO", 14)]


def test_dates_of_a_second_rule_that_the_first_has_too_are_not_made_twice() -> None:
    data = calendar(f"{HEAD}\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\nRRULE:FREQ=MONTHLY;BYDAY=2TU")
    assert str(only(list(read(data).lines)).repeat) == "FREQ=WEEKLY;BYDAY=TU"


def test_exrule_leaves_its_dates_out() -> None:
    event = one("RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=12", "EXRULE:FREQ=MONTHLY;BYDAY=1TU")
    assert event.skipped == (date(2027, 1, 5),)
    assert dates_of(event, 5)[0] == "12-08 19:00"


def test_rdate_adds_a_session() -> None:
    event = one("RRULE:FREQ=WEEKLY;BYDAY=TU", "RDATE;TZID=Europe/Berlin:20261211T200000")
    assert dates_of(event, 3) == ["12-01 19:00", "12-08 19:00", "12-11 20:00"]


def test_dates_without_a_rule_are_games_of_their_own() -> None:
    lines = read(calendar(f"{HEAD}\r\nRDATE;TZID=Europe/Berlin:20261211T200000,20261218T200000"))
    starts = [line.event.starts_at.day for line in lines.lines if line.event]
    assert starts == [11, 18]


def test_a_first_date_off_the_rule_counts() -> None:
    event = only(kept("first_date_off_the_rule.ics"))
    assert dates_of(event) == ["12-10 20:00", "12-16 20:00", "12-23 20:00"]


def test_exdate_may_be_a_date() -> None:
    data = (FILES / "exdate_without_time.ics").read_bytes()
    event = only(list(read(data, now=datetime(2026, 11, 2, tzinfo=UTC)).lines))
    assert event.skipped == (date(2026, 11, 15),)


def test_a_changed_date_whose_series_is_not_in_the_file_is_a_game() -> None:
    moved = change("20261208", "DTSTART;TZID=Europe/Berlin:20261209T203000")
    event = only(list(read(calendar(moved)).lines))
    assert event.starts_at == datetime(2026, 12, 9, 20, 30, tzinfo=BERLIN)
    assert event.repeat is None


def test_what_cannot_be_kept_is_said_by_its_date() -> None:
    data = calendar(
        f"{HEAD}\r\nRRULE:FREQ=DAILY\r\nEXRULE:FREQ=WEEKLY;BYDAY=MO",
        change("20261208", "DTSTART;TZID=Europe/Berlin:20261209T203000").replace(
            "RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE"
        ).replace("UID:a@x", "UID:b@x"),
        f"{HEAD}\r\nRRULE:FREQ=WEEKLY".replace("UID:a@x", "UID:b@x"),
    )  # fmt: skip
    whys = [line.why for line in read(data).lines]
    assert "skips more from" in whys[0] and "2027" in whys[0]
    assert whys[1].startswith("From 8 December 2026 on it goes on differently.")
    assert whys[2] == ""


def test_many_past_events_do_not_count_against_the_limit() -> None:
    file = read((FILES / "many_past_one_future.ics").read_bytes())
    assert [line.title for line in file.lines if line.event] == ["Next raid"]
    assert len(file.lines) + file.more_past == 221


# --- Zones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start", "zone"),
    [
        ("x_wr_timezone_floating.ics", "2026-12-11 01:00", "America/New_York"),
        ("zone_customized_outlook.ics", "2026-12-10 18:00", "Europe/Berlin"),
        ("zone_display_name_exchange.ics", "2026-12-11 00:00", "America/New_York"),
        ("tzid_with_colon_unquoted.ics", "2026-12-10 19:00", "UTC"),
    ],
)
def test_zones_that_files_name_in_their_own_way(name: str, start: str, zone: str) -> None:
    event = only(kept(name))
    assert (f"{event.starts_at.astimezone(UTC):%Y-%m-%d %H:%M}", event.zone) == (start, zone)


@pytest.mark.parametrize(
    ("name", "offset"),
    [
        ("W. Europe Standard Time", 1), ("/mozilla.org/20050126_1/Europe/Berlin", 1),
        ("/softwarestudio.org/Olson_20011030_5/America/Argentina/Buenos_Aires", -3),
        ("tzone://Microsoft/Utc", 0), ("Japan", 9), ("EST5EDT", -5), ("GB", 0), ("CET", 1),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", 1),
        ("(GMT+09:00) Osaka, Sapporo, Tokyo", 9), ("(UTC-06:00) Central Time (US & Canada)", -6),
        ("(UTC-08:00) Pacific Time (US & Canada)", -8),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", 0),
        ("(UTC+10:00) Canberra, Melbourne, Sydney", 11), ("(UTC) Coordinated Universal Time", 0),
    ],
)  # fmt: skip
def test_names_of_zones_in_calendars(name: str, offset: int) -> None:
    data = calendar(f'SUMMARY:x\r\nDTSTART;TZID="{name}":20261224T190000')
    event = only(list(read(data).lines))
    assert event.starts_at.utcoffset() == timedelta(hours=offset)


def test_a_definition_in_the_file_is_used_for_zones_of_its_own_name() -> None:
    data = (FILES / "zone_customized_outlook.ics").read_bytes().decode()
    american = data.replace("+0200", "+X").replace("+0100", "+Y")
    american = american.replace("+X", "-0500").replace("+Y", "-0600")
    american = american.replace("=-1SU;BYMONTH=10", "=1SU;BYMONTH=11")
    american = american.replace("=-1SU;BYMONTH=3", "=2SU;BYMONTH=3")
    assert only(list(read(american).lines)).zone == "America/Chicago"


def test_a_zone_that_cannot_be_known_is_asked_for_once() -> None:
    data = calendar(
        "SUMMARY:a\r\nDTSTART;TZID=Mars/Base:20261224T190000",
        "SUMMARY:b\r\nDTSTART;TZID=Mars/Base:20261225T190000",
        "SUMMARY:old\r\nDTSTART;TZID=Venus:20201225T190000",
    )
    assert read(data).questions.zones == ["Mars/Base"]
    file = read(data, zones={"Mars/Base": "Asia/Tokyo"})
    assert not file.questions
    assert [line.event.zone for line in file.lines if line.event] == ["Asia/Tokyo"] * 2


def test_a_series_in_utc_asks_whether_a_local_zone_is_meant() -> None:
    data = calendar("SUMMARY:Raid\r\nDTSTART:20261103T180000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU")
    assert read(data).questions.asks_series_zone
    for zone, hour in (("Europe/Berlin", 17), ("UTC", 18)):
        event = only(list(read(data, series_zone=zone).lines))
        assert event.repeat is not None and event.zone == zone
        summer = next_dates(
            Pattern(event.repeat, event.starts_at.date(), event.starts_at.time(), zone), 1,
            after=date(2027, 6, 30),
        )  # fmt: skip
        assert summer[0].starts_at.hour == hour


def test_a_series_in_utc_that_is_on_another_day_here_keeps_its_moments() -> None:
    data = calendar("SUMMARY:Raid\r\nDTSTART:20261103T233000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TU")
    event = only(list(read(data, series_zone="Europe/Berlin").lines))
    assert str(event.repeat) == "FREQ=WEEKLY;BYDAY=WE"
    assert event.starts_at.astimezone(UTC) == datetime(2026, 12, 1, 23, 30, tzinfo=UTC)


def test_a_zone_of_the_file_that_no_time_needs_is_not_asked_for() -> None:
    head = "X-WR-TIMEZONE:Mars/Base\r\n"
    data = calendar("SUMMARY:a\r\nDTSTART;TZID=Asia/Tokyo:20261224T190000", head=head)
    assert not read(data).questions
    floating = calendar("SUMMARY:a\r\nDTSTART:20261224T190000", head=head)
    assert read(floating).questions.zones == ["Mars/Base"]


# --- Lines ---------------------------------------------------------------------------------------


def test_lines_may_be_folded_inside_a_character() -> None:
    event = only(kept("folded_inside_a_character.ics"))
    assert event.title.endswith("Saal der alten Mühle")
    assert not read((FILES / "folded_inside_a_character.ics").read_bytes()).is_guessed


def test_a_broken_line_that_is_not_used_spoils_nothing() -> None:
    assert only(kept("unreadable_line_that_is_not_used.ics")).title == "Raid"


# --- Bounds --------------------------------------------------------------------------------------

ENDLESS = (
    "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:{rule}\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
)


def defined(name: str, *rules: str) -> str:
    parts = "".join(ENDLESS.format(rule=rule) for rule in rules)
    return f"BEGIN:VTIMEZONE\r\nTZID:{name}\r\n{parts}END:VTIMEZONE\r\n"


@pytest.mark.parametrize(
    "data",
    [
        calendar("SUMMARY:x\r\nDTSTART;TZID=X:20261224T190000",
                 head=defined("X", "FREQ=SECONDLY")),
        calendar(*(f"SUMMARY:x\r\nDTSTART;TZID=X{n}:20261224T190000" for n in range(50)),
                 head="".join(defined(f"X{n}", *["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"] * 4)
                              for n in range(50))),
        calendar(*(f"{HEAD}\r\nRRULE:FREQ=DAILY\r\nEXDATE:20281101T190000".replace("a@x", str(n))
                   for n in range(200))),
        calendar(f"{HEAD}\r\nRRULE:FREQ=WEEKLY\r\n" + "EXDATE:20270101T190000\r\n" * 30_000),
        calendar(f"{HEAD}\r\nRRULE:FREQ=WEEKLY",
                 *(change("20261208", f"SEQUENCE:{n}", "DTSTART:20261208T200000")
                   for n in range(4000))),
        "BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 15 + "END:Y\n" * 150_000 + "END:VCALENDAR",
        calendar(*["SUMMARY:x\r\nDTSTART:20200101T190000"] * 12_000),
    ],
    ids=["endless zone", "many zones", "many series", "many exdates", "many changes", "ends",
         "past"],
)  # fmt: skip
def test_b44_what_a_file_makes_us_look_through_is_bounded(data: str) -> None:
    assert len(data) <= 1_000_000
    with within(6, clock=time.thread_time), contextlib.suppress(Refused):
        read(data)


def test_a_rule_is_read_as_it_is_written() -> None:
    assert one("RRULE:FREQ=WEEKLY;BYDAY=TU").repeat == read_rule("FREQ=WEEKLY;BYDAY=TU")
