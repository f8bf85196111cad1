from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from when import Reason, parse_clock, parse_clock_range, write_clock_range
from when.languages import TABLES

NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "22:00-07:00"),
        ("en", "22:00-7:00"),
        ("en", "22:00 – 7:00"),
        ("en", "22-7"),
        ("en", "10pm-7am"),
        ("en", "10 PM - 7 AM"),
        ("en", "10pm to 7am"),
        ("en", "from 10 pm until 7 am"),
        ("de", "22 bis 7"),
        ("de", "von 22 Uhr bis 7 Uhr"),
        ("fr", "de 22h à 7h"),
        ("fr", "22h-7h"),
        ("es", "de 22:00 a 7:00"),
        ("pt", "das 22h às 7h"),
        ("it", "dalle 22 alle 7"),
        ("nl", "van 22 tot 7 uur"),
        ("pl", "od 22 do 7"),
        ("ru", "с 22 до 7"),
        ("sv", "22 till 7"),
        ("tr", "22-7"),
    ],
)
def test_hours_of_the_night_are_read_however_they_are_written(locale: str, text: str) -> None:
    reading = parse_clock_range(text, locale=locale)

    assert (reading.start, reading.end, reading.reason) == (*NIGHT, Reason.OK)


@pytest.mark.parametrize(
    "text",
    [
        *("", "22:00", "25-26", "22:00-24:30", "10-7am", "10pm-7", "10pm 7am", "22-7-8"),
        *("22:00-7:00 berlin", "tonight-7am", "22:00-friday", "about 22-7", "x" * 61),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    reading = parse_clock_range(text)

    assert (reading.start, reading.end) == (None, None)
    assert reading.reason is not Reason.OK


@pytest.mark.parametrize(
    ("text", "at"),
    [("22:00", 22), ("22:00:00", 22), ("10pm", 22), ("22", 22), ("midnight", 0), ("noon", 12)],
)
def test_one_time_of_day_is_read(text: str, at: int) -> None:
    assert parse_clock(text).at == time(at)


@pytest.mark.parametrize("text", ["", "24:00", "13pm", "22:00-23:00", "tomorrow 8pm", "22:00 CET"])
def test_no_time_of_day_is_refused(text: str) -> None:
    assert parse_clock(text).at is None


MINUTES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


@given(start=MINUTES, end=MINUTES, locale=st.sampled_from([*TABLES, "xx"]))
def test_what_is_written_reads_back(start: time, end: time, locale: str) -> None:
    reading = parse_clock_range(write_clock_range(start, end), locale=locale)

    assert (reading.start, reading.end) == (start, end)


@given(st.text(alphabet="0123456789:-– apmuhrbis", max_size=20) | st.text(max_size=70))
def test_any_text_is_a_range_or_none(text: str) -> None:
    reading = parse_clock_range(text)

    assert (reading.start is None) == (reading.end is None) == (reading.reason is not Reason.OK)
