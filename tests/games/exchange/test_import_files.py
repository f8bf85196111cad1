"""Reading files made elsewhere: the games found, and the refusals of single lines."""

import contextlib
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from games.exchange.export_csv import guarded
from games.exchange.import_file import read_file
from games.exchange.imports import MOST_GAMES, Event, Line
from guilds.errors import Refused
from tests.duration import within
from when.repetitions import read_rule

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


GOOGLE = (
    "Subject,Start Date,Start Time,End Date,End Time,All Day Event,Private\n"
    "Chess,12/24/2026,7:00 PM,12/24/2026,9:00 PM,False,True\n"
)
# A zone that changes its clocks every second since 1601.
SECONDLY = (
    "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
    "RRULE:FREQ=SECONDLY\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n"
    "END:VTIMEZONE\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;TZID=X:20261224T190000\nEND:VEVENT"
)


def lines_of(file: str | bytes, zone: str = "Europe/Berlin") -> list[Line]:
    data = file.encode() if isinstance(file, str) else file
    return list(read_file(data, zone=zone, now=NOW).lines)


def only(file: str | bytes) -> Event:
    (line,) = lines_of(file)
    assert line.event is not None, line.why
    return line.event


def why(file: str | bytes) -> str:
    (line,) = lines_of(file)
    assert line.event is None
    return line.why


def calendar(*events: str) -> str:
    body = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}END:VCALENDAR\r\n"


def event(*more: str, start: str = "DTSTART:20261224T190000") -> str:
    return calendar("\r\n".join(["SUMMARY:Chess", start, *more]))


# --- Tables --------------------------------------------------------------------------------------


def test_every_column_of_ours() -> None:
    read = only(
        "title,starts_at,timezone,duration,max_players,min_players,description,location,category,"
        "channel,repeat,reminders\n"
        'Chess,2026-12-24 19:00,America/New_York,2h 30m,5,2,"Bring\na board",Here,Board,#games,'
        'weekly,"1d, 15m"\n'
    )
    assert read == Event(
        title="Chess",
        starts_at=datetime(2026, 12, 24, 19, tzinfo=ZoneInfo("America/New_York")),
        zone="America/New_York",
        channel="#games",
        repeat=read_rule("FREQ=WEEKLY;BYDAY=TH"),
        values={
            "duration_minutes": 150,
            "min_players": 2,
            "max_players": 5,
            "description": "Bring\na board",
            "location": "Here",
            "category": "Board",
            "reminder_minutes": (1440, 15),
        },
    )


@pytest.mark.parametrize(
    "table",
    [
        GOOGLE,
        "Event Name;When;Length\nChess;24.12.2026 19:00;2h\n",
        "name\tstarts at\tends\nChess\t2026-12-24T19:00:00+01:00\t21:00\n",
        "\n\nTITLE|DATE|TIME|Hours|how long\nChess|2026-12-24|19:00|x|120\n",
        "title,starts_at,end_time\r\nChess,2026-12-24 19:00,21:00\r\n\r\n",
        '"title","starts_at","duration"\n"Chess","2026-12-24 19:00","2h"',
    ],
)
def test_columns_as_other_programs_write_them(table: str) -> None:
    read = only(table)
    assert (read.title, read.starts_at.astimezone(UTC), read.values["duration_minutes"]) == (
        "Chess", datetime(2026, 12, 24, 18, tzinfo=UTC), 120,
    )  # fmt: skip


def test_wrong_lines_are_told_by_number_and_column_and_spoil_no_other() -> None:
    lines = lines_of(
        "Title,Starts At,Time Zone,Max Players,Duration,Ends\n"
        "Good,2026-12-24 19:00,,,,\n"
        "Past,2020-01-01 19:00,,,,\n"
        '"Two\nlines",,,,,\n'
        "Day,2026-12-24,,,,\n"
        "Either,05/12/2026 19:00,,,,\n"
        "Zone,2026-12-24 19:00,Mars/Base,,,\n"
        "Many,2026-12-24 19:00,,lots,,\n"
        "Long,2026-12-24 19:00,,,forever,\n"
        "End,2026-12-24 19:00,,,,someday\n"
        "Short\n"
    )
    assert [(line.number, line.title) for line in lines if line.event] == [(2, "Good")]
    told = {line.number: line.why for line in lines if not line.event}
    assert list(told) == [3, 4, 6, 7, 8, 9, 10, 11, 12]
    assert told[3] == "Starts At: That time is already past."
    assert told[4].startswith("Starts At: The time is missing.")
    assert told[6].startswith("Starts At: That names a day but no time.")
    assert told[7].startswith("Starts At: Day and month can be read either way.")
    assert told[8] == "Time Zone: I do not know that time zone. Try Europe/Berlin."
    assert told[9] == "Max Players: Write a whole number, like 5."
    assert told[10].startswith("Duration: I do not understand that length.")
    assert told[11].startswith("Ends: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_that_spreadsheets_write(encoding: str) -> None:
    file = read_file(
        "title;starts_at\nZauberwürfel – früh;2026-12-24 19:00\n".encode(encoding),
        zone="UTC",
        now=NOW,
    )
    assert [line.title for line in file.lines] == ["Zauberwürfel – früh"]
    assert file.is_guessed == (encoding == "cp1252")


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-1", "@x", "＝1", " =x"])
def test_what_guards_spreadsheets_is_taken_off_again(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert only(f"title,starts_at\n'{text},2026-12-24 19:00\n").title == text
    assert only("title,starts_at\n'tis so,2026-12-24 19:00\n").title == "'tis so"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "has to name the columns"),
        (b"\n\n\n", "has to name the columns"),
        (b"title\nChess\n", "when games start"),
        (b"starts_at\n2026-12-24 19:00\n", "one has to be"),
        (b"title,starts_at\n", "There are no games in that file"),
        (b'title,starts_at\n"Chess,2026-12-24 19:00\n', "Line 2 cannot be read"),
        (b'title,starts_at\nx,2026-12-24 19:00\n"a"b,c\n', "Line 3 cannot be read"),
        (b"title,starts_at\nCh\0ess,2026-12-24 19:00\n", "neither a calendar"),
        (b"\x00\x01\x02" * 1000, "neither a calendar"),
        (b"\x81\x8d\x8f", "neither a calendar"),
        (b"\xff\xfe\x00", "neither a calendar"),
        (b"PK\x03\x04 and so on", "That is a spreadsheet"),
        (b"<!doctype html><title>x</title>", "has to name the columns"),
        (b"title,starts_at\n" + b"x" * 1_000_000, "1 MB"),
        (b"title,starts_at\n" + b'"' + b"x" * 200_000 + b'"', "Line 2 cannot be read"),
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "There are no games in that file"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "There are no games in that file"),
    ],
)
def test_b44_files_that_are_none_are_refused_in_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as caught:
        lines_of(data)
    assert caught.value.field == "file"


@pytest.mark.parametrize(
    "data",
    [
        "title,starts_at\n" + "Chess,2026-12-24 19:00\n" * 10_000,
        event().replace("END:VCALENDAR", "BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT\n" * 10_000),
    ],
)
def test_b44_ten_thousand_lines_are_refused_at_once(data: str) -> None:
    refused = pytest.raises(Refused, match=f"more than {MOST_GAMES} games")
    with within(2, clock=time.thread_time), refused:
        lines_of(data)


@pytest.mark.parametrize(
    "data",
    [
        "BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 100_000,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + "BEGIN:X\n" * 100_000,
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + "x\n " * 300_000 + "\nEND:VEVENT",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + "EXDATE:20200101T000000\n" * 40_000 + "END:VEVENT",
        SECONDLY,
        event("RRULE:FREQ=WEEKLY;INTERVAL=" + "9" * 5000),
        event("RRULE:" + "FREQ=WEEKLY;" * 50_000),
        event("RRULE:FREQ=WEEKLY;BYDAY=" + "MO," * 100_000),
    ],
)
def test_b44_hostile_calendars_end_quickly(data: str) -> None:
    with within(5, clock=time.thread_time), contextlib.suppress(Refused):
        assert all(line.event is None for line in lines_of(data))


# --- Calendars -----------------------------------------------------------------------------------


def test_what_an_event_says() -> None:
    read = only(
        event(
            "DTEND;TZID=Europe/Berlin:20261224T213000",
            "DESCRIPTION:Bring a board\\, please\\;\\nand a",
            "  clock",
            "LOCATION:Here",
            "CATEGORIES:Board,Games",
            "BEGIN:VALARM",
            "TRIGGER:-PT1H",
            "DESCRIPTION:alarm",
            "END:VALARM",
            start="DTSTART;TZID=Europe/Berlin:20261224T190000",
        )
    )
    assert read == Event(
        title="Chess",
        starts_at=datetime(2026, 12, 24, 19, tzinfo=BERLIN),
        zone="Europe/Berlin",
        values={
            "duration_minutes": 150,
            "description": "Bring a board, please;\nand a clock",
            "location": "Here",
            "category": "Board",
        },
    )


@pytest.mark.parametrize(
    ("start", "hour_in_utc", "zone"),
    [
        (":20261224T190000", 18, "Europe/Berlin"),
        (":20261224T190000Z", 19, "Europe/Berlin"),
        (";TZID=Asia/Tokyo:20261224T190000", 10, "Asia/Tokyo"),
        (';TZID="Pacific Standard Time":20261224T150000', 23, "America/Los_Angeles"),
        (";TZID=/example.org/2026/Europe/Paris:20261224T190000", 18, "Europe/Paris"),
    ],
)
def test_zones_of_calendars(start: str, hour_in_utc: int, zone: str) -> None:
    read = only(event(start=f"DTSTART{start}"))
    moment = datetime(2026, 12, 24, hour_in_utc, tzinfo=UTC)
    assert (read.starts_at.astimezone(UTC), read.zone) == (moment, zone)


def test_length_over_a_clock_change_is_what_passes() -> None:
    read = only(event("DTEND:20270328T040000", start="DTSTART:20270328T010000"))
    assert read.values["duration_minutes"] == 120


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["DTSTART;VALUE=DATE:20261224"], "It lasts all day."),
        (["DTSTART:20200101T190000"], "That time is already past."),
        (["DTSTART:2026"], "Its dates or times cannot be read."),
        (["DTSTART:99991231T235959Z"], ""),
        (["DTSTART:00010101T000000"], "That time is already past."),
        (["DTSTART;TZID=Mars/Base:20261224T190000"], "I do not know the time zone “Mars/Base”."),
        (["DTSTART;TZID=../../etc/passwd:20261224T190000"], "I do not know the time zone"),
        (["DTSTART:20261224T190000", "DTEND:20261224T180000"], "It ends before it starts."),
        (["DTSTART:20261224T190000", "DURATION:P9999999999D"], "cannot be read"),
        (["DTSTART:20261224T190000", "STATUS:CANCELLED"], "It is cancelled."),
        (["DTSTART:20261224T190000", "DTEND no colon"], "A line of this event cannot be read."),
        (["DTSTART:20261224T190000", "SUMMARY:"], "The title is empty."),
        (["X-NOTHING:1"], "It does not say when it starts."),
    ],
)
def test_events_that_make_no_game(lines: list[str], sentence: str) -> None:
    (line,) = lines_of(calendar("\r\n".join(["SUMMARY:Chess", *lines])))
    if sentence:
        assert line.event is None and sentence in line.why
    assert line.number == 3


def test_one_bad_event_spoils_no_other_and_lines_are_counted() -> None:
    good = "SUMMARY:Good\r\nDTSTART:20261224T190000"
    lines = lines_of(calendar(good, "SUMMARY:Bad\r\nDTSTART:nonsense", good))
    assert [(line.number, line.event is not None) for line in lines] == [
        (3, True), (7, False), (11, True),
    ]  # fmt: skip
