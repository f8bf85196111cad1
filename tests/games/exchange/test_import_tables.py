"""Tables as spreadsheets and other tools write them, and what is asked about them."""

import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from games.exchange.import_file import read_file
from games.exchange.imports import Answers, Event, File
from tests.duration import within

FILES = Path(__file__).parent / "files"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(data: str | bytes, is_day_first: bool | None = None) -> File:
    raw = data.encode() if isinstance(data, str) else data
    answers = Answers(is_day_first=is_day_first)
    return read_file(raw, zone="Europe/Berlin", now=NOW, answers=answers)


def events(file: File) -> list[Event]:
    return [line.event for line in file.lines if line.event]


def test_the_separator_that_excel_names_first() -> None:
    file = read((FILES / "excel_sep_line.csv").read_bytes())
    assert [(line.number, line.title) for line in file.lines] == [(3, "Chess")]
    (event,) = events(
        read("sep=;\r\ntitle;starts_at;description\r\nx;2026-12-24 19:00;a,b,c,d\r\n")
    )
    assert event.values["description"] == "a,b,c,d"


@pytest.mark.parametrize(
    "table",
    [
        (
            "Event Name,Event Start Date,Event Start Time,Event End Time,"
            "Event Venue Name,Timezone\nChess,2026-12-24,19:00:00,21:00:00,Pub,Europe/Berlin\n"
        ),
        (
            "Betreff;Beginnt am;Beginnt um;Endet am;Endet um;Ort\n"
            "Chess;24.12.2026;19:00:00;24.12.2026;21:00:00;Pub\n"
        ),
        (
            "Objet,Début,Début,Fin,Fin,Emplacement\n"
            "Chess,24/12/2026,19:00:00,24/12/2026,21:00:00,Pub\n"
        ),
        (
            "Asunto,Fecha de comienzo,Comienzo,Finalización,Ubicación\n"
            "Chess,24/12/2026,19:00,21:00,Pub\n"
        ),
        (
            "Assunto,Data de início,Hora de início,Hora de término,Local\n"
            "Chess,24/12/2026,19:00,21:00,Pub\n"
        ),
    ],
)
def test_headings_of_other_tools_and_languages(table: str) -> None:
    (event,) = events(read(table))
    assert event.starts_at == datetime(2026, 12, 24, 19, tzinfo=BERLIN)
    assert event.values == {"location": "Pub", "duration_minutes": 120}


def test_the_events_calendar() -> None:
    (event,) = events(read((FILES / "the_events_calendar.csv").read_bytes()))
    assert (event.zone, event.values["location"]) == ("Europe/Paris", "Pub")


def test_an_event_of_a_whole_day_is_none() -> None:
    data = "Subject,Start Date,Start Time,All Day Event\nx,12/24/2026,7:00 PM,True\n"
    assert "It lasts all day." in read(data).lines[0].why


def test_the_order_of_days_is_what_other_lines_show() -> None:
    found = events(read((FILES / "day_first_dates.csv").read_bytes()))
    assert [(event.starts_at.month, event.starts_at.day) for event in found] == [
        (12, 13), (12, 5), (12, 20), (12, 11),
    ]  # fmt: skip


def test_an_order_that_no_line_shows_is_asked_for() -> None:
    data = "title,date,time\nx,05/12/2026,19:00\ny,06/12/2026,19:00\n"
    assert read(data).questions.asks_day_first and not events(read(data))
    for is_day_first, months in ((True, [12, 12]), (False, [5, 6])):
        file = read(data.replace("2026", "2027"), is_day_first)
        assert [event.starts_at.month for event in events(file)] == months
        assert not file.questions


def test_lines_that_disagree_on_the_order_do_not_settle_it() -> None:
    data = "title,date,time\na,13/12/2026,19:00\nb,12/13/2026,19:00\nc,05/12/2026,19:00\n"
    assert read(data).questions.asks_day_first


def test_days_past_do_not_count_against_the_limit_and_take_little_time() -> None:
    data = "title,starts_at\n" + "x,2020-01-01 19:00\n" * 19_000 + "y,2026-12-24 19:00\n"
    with within(4, clock=time.thread_time):
        file = read(data)
    assert [event.title for event in events(file)] == ["y"]
    assert file.more_past + len(file.lines) == 19_001


def test_a_cancelled_game_of_our_export_stays_cancelled() -> None:
    data = (FILES / "own_export_with_cancelled_game_and_series.csv").read_bytes()
    assert [event.is_cancelled for event in events(read(data))] == [True, False]
    foreign = "title,starts_at,status\nx,2026-12-24 19:00,Cancelled\n"
    assert read(foreign).lines[0].why == "It is cancelled."
