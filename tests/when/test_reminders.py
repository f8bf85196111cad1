import pytest
from hypothesis import given
from hypothesis import strategies as st

from when import Reason, parse_reminders, write_reminders
from when.reminders import LONGEST_MINUTES, MOST_REMINDERS


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1d, 2h, 15m", (1440, 120, 15)),
        ("60, 15", (60, 15)),
        ("15,60", (60, 15)),
        ("15, 15m, 60, 1h", (60, 15)),
        ("1d 2h; 10", (1560, 10)),
        ("24h and 1h", (1440, 60)),
        ("1 Tag, 2 Std", (1440, 120)),
        ("30d", (43200,)),
        ("off", ()),
        (" None ", ()),
        ("aus", ()),
    ],
)
def test_parse_reminders_reads_lists(text: str, minutes: tuple[int, ...]) -> None:
    assert parse_reminders(text).minutes == minutes


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("", Reason.EMPTY, ""),
        (" , ", Reason.BAD_NUMBER, ""),
        ("15,,60", Reason.BAD_NUMBER, ""),
        ("0, 15", Reason.BAD_NUMBER, "0"),
        ("60 15", Reason.BAD_NUMBER, "60 15"),
        ("60, soon", Reason.UNKNOWN_WORDS, "soon"),
        ("31d, 15", Reason.TOO_FAR, "31d"),
        ("1,5h", Reason.BAD_NUMBER, "1,5h"),
        ("1,2,3,4,5,6", Reason.SEVERAL, "6"),
        ("1," * 101, Reason.TOO_LONG, ""),
    ],
)
def test_parse_reminders_says_which_item_it_refuses(text: str, reason: Reason, detail: str) -> None:
    reading = parse_reminders(text)

    assert (reading.minutes, reading.reason, reading.detail) == (None, reason, detail)


@given(st.text(alphabet="0123456789,; dhm½offé", max_size=40) | st.text(max_size=210))
def test_parse_reminders_yields_a_sane_list_or_nothing(text: str) -> None:
    reading = parse_reminders(text)

    assert (reading.minutes is not None) == (reading.reason is Reason.OK)
    minutes = reading.minutes or ()
    assert list(minutes) == sorted(set(minutes), reverse=True)
    assert len(minutes) <= MOST_REMINDERS
    assert all(1 <= value <= LONGEST_MINUTES for value in minutes)


@given(st.sets(st.integers(min_value=1, max_value=LONGEST_MINUTES), max_size=MOST_REMINDERS))
def test_what_is_written_reads_back(minutes: set[int]) -> None:
    longest_first = tuple(sorted(minutes, reverse=True))

    assert parse_reminders(write_reminders(longest_first)).minutes == longest_first
