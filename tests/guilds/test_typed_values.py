"""Typed values are read, or refused with a sentence."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guilds.errors import Refused
from guilds.languages import in_language
from guilds.typed_values import (
    read_clock,
    read_length,
    read_quiet_hours,
    read_reminders,
    read_repeat,
    read_when,
    read_zone,
)

TUESDAY = date(2027, 1, 12)  # the second Tuesday


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("weekly", "FREQ=WEEKLY;BYDAY=TU"),
        ("Every week", "FREQ=WEEKLY;BYDAY=TU"),
        ("every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every ٢ weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every Tuesday", "FREQ=WEEKLY;BYDAY=TU"),
        ("every tue and thu", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("every mondays", "FREQ=WEEKLY;BYDAY=MO"),
        (
            "every 2 weeks on tue, thu until 2027-03-01",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270301",
        ),
        ("weekly on tue, thu, and fri, 10 times", "FREQ=WEEKLY;BYDAY=TU,TH,FR;COUNT=10"),
        ("every tuesday for 3 sessions", "FREQ=WEEKLY;BYDAY=TU;COUNT=3"),
        ("monthly", "FREQ=MONTHLY;BYMONTHDAY=12"),
        ("monthly on the same weekday", "FREQ=MONTHLY;BYDAY=2TU"),
        ("every 3 months on the 15th", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15"),
        ("monthly on the 31st", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("monthly on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("monthly on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("monthly on the 2nd fri", "FREQ=MONTHLY;BYDAY=2FR"),
    ],
)
def test_repetition_is_read(text: str, rule: str) -> None:
    assert str(read_repeat(text, first=TUESDAY)) == rule


@pytest.mark.parametrize("text", ["", "  ", "no", "Never", "once"])
def test_nothing_is_no_repetition(text: str) -> None:
    assert read_repeat(text, first=TUESDAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "sometimes",
        "daily",
        "every",
        "every 0 weeks",
        "every 99 months",
        "every tue on thu",
        "weekly on the 3rd",
        "weekly on xyz",
        "monthly on tue",
        "monthly on the 5th friday",
        "monthly on the 2nd tue and thu",
        "monthly on the 32nd",
        "monthly on the 0th",
        "weekly until tomorrow",
        "weekly until 2027-02-30",
        "weekly until 2027-03-01 for 3 times",
        "weekly for 501 times",
        "weekly " * 30,
    ],
)
def test_repetition_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_repeat(text, first=TUESDAY)
    assert refused.value.field == "repeat"
    assert "weekly" in refused.value.message


@given(st.text(max_size=100))
def test_any_repetition_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        read_repeat(f"every {text}", first=TUESDAY)


def test_repetition_is_read_in_the_language_of_whoever_writes() -> None:
    with in_language("de"):
        rule = read_repeat("alle 2 Wochen am Di und Do bis 1.3.2027", first=TUESDAY)

    assert str(rule) == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270301"


def test_repetition_with_two_meanings_is_asked_back() -> None:
    with pytest.raises(Refused) as refused:
        read_repeat("every second friday", first=TUESDAY)

    assert "“every 2 weeks on fri” or “every month on the 2nd friday”" in refused.value.message
    assert refused.value.field == "repeat"


def test_unclear_zone_is_asked_back() -> None:
    with pytest.raises(Refused) as refused:
        read_zone("CST")

    assert refused.value.message == (
        "That may be several time zones. Try America/Chicago or Asia/Shanghai or America/Havana."
    )
    assert refused.value.field == "timezone"
    assert read_zone("Dubai") == "Asia/Dubai"


def test_quiet_hours_are_read_or_switched_off() -> None:
    assert read_quiet_hours("10pm-7am") == (time(22), time(7))
    assert read_quiet_hours("22-7") == (time(22), time(7))
    assert read_quiet_hours("Off") == (None, None)
    assert read_clock("10pm", field="quiet_from") == time(22)
    with pytest.raises(Refused) as refused:
        read_clock("late", field="quiet_from")
    assert refused.value.field == "quiet_from"


def test_refusals_name_the_field_they_are_about() -> None:
    for read in (
        lambda: read_length("soon", field="decide_minutes", out_of_range="Too long."),
        lambda: read_length("8d", field="decide_minutes", out_of_range="Too long."),
        lambda: read_reminders("soon", field="decide_minutes"),
        lambda: read_zone("Mars", field="decide_minutes"),
        lambda: read_quiet_hours("soon", field="decide_minutes"),
    ):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.field == "decide_minutes"


NOON = datetime(2026, 11, 18, 12, 0, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOON),
        ("12:00", NOON.replace(second=0)),
        ("today 12:00", NOON.replace(second=0)),
        ("in 1 minute", NOON + timedelta(minutes=1)),
        ("12:01", NOON.replace(minute=1, second=0)),
        ("tomorrow 12:00", NOON.replace(day=19, second=0)),
    ],
)
def test_now_and_the_present_minute_are_taken(text: str, expected: datetime) -> None:
    assert read_when(text, zone="UTC", now=NOON).when == expected


def test_the_minute_before_the_present_one_is_past() -> None:
    with pytest.raises(Refused, match="already past"):
        read_when("today 11:59", zone="UTC", now=NOON)
