from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from when import Reason, parse_duration, write_length
from when.lengths import LONGEST, SHORTEST


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("1h 30m", 90),
        ("1h30m", 90),
        ("1h30", 90),
        ("1:30", 90),
        ("1.5h", 90),
        ("2.5 hours", 150),
        ("2,5 Std", 150),
        ("2½ hours", 150),
        ("1 day", 1440),
        ("7d", 10080),
        ("1 week", 10080),
        ("45 MIN", 45),
        ("2 hours, 15 minutes", 135),
        ("1 Stunde und 30 Minuten", 90),
        ("2 heures et 10 minutes", 130),
        ("３０分", 30),
        ("2時間30分", 150),
        ("2 часа", 120),
        ("1", 1),
    ],
)
def test_parse_duration_reads_lengths(text: str, minutes: float) -> None:
    assert parse_duration(text).duration == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("", Reason.EMPTY, ""),
        ("h" * 81, Reason.TOO_LONG, ""),
        ("0", Reason.BAD_NUMBER, "0"),
        ("30 s", Reason.UNKNOWN_WORDS, "s"),
        ("-5", Reason.UNKNOWN_WORDS, "-5"),
        ("1:75", Reason.BAD_NUMBER, "1:75"),
        ("1.01h", Reason.BAD_NUMBER, "1.01h"),
        ("1.30h", Reason.BAD_NUMBER, "1.30h"),
        ("2 parsecs", Reason.UNKNOWN_WORDS, "parsecs"),
        ("about 2h", Reason.UNKNOWN_WORDS, "about"),
        ("8 days", Reason.TOO_FAR, "8 days"),
        ("1h 30 foo", Reason.UNKNOWN_WORDS, "foo"),
    ],
)
def test_parse_duration_says_why_it_refuses(text: str, reason: Reason, detail: str) -> None:
    reading = parse_duration(text)

    assert (reading.duration, reading.reason, reading.detail) == (None, reason, detail)


@given(st.text(max_size=90))
def test_parse_duration_yields_a_sane_length_or_nothing(text: str) -> None:
    reading = parse_duration(text)

    assert (reading.duration is not None) == (reading.reason is Reason.OK)
    assert reading.duration is None or SHORTEST <= reading.duration <= LONGEST


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0m"), (90, "1h 30m"), (1440, "1d"), (1560, "1d 2h"), (1590, "1d 2h 30m"), (10080, "7d")],
)
def test_a_length_has_one_spelling(minutes: int, text: str) -> None:
    assert write_length(minutes) == text


@given(st.integers(min_value=0, max_value=366 * 24 * 60))
def test_what_is_written_reads_back(minutes: int) -> None:
    reading = parse_duration(
        write_length(minutes), shortest=timedelta(0), longest=timedelta(days=366)
    )

    assert reading.duration == timedelta(minutes=minutes)
