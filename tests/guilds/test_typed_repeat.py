from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.repeat_offers import OFFERS
from guilds.errors import Refused
from guilds.typed_values import read_repeat
from tests.when.test_repetitions import rules
from when import write_repetition
from when.repetitions import Rule

TUESDAY = date(2027, 1, 12)  # the second Tuesday


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("weekly", "FREQ=WEEKLY;BYDAY=TU"),
        ("Every week", "FREQ=WEEKLY;BYDAY=TU"),
        ("every other week", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
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
def test_reads(text: str, rule: str) -> None:
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
        "every ٢ weeks",
        "weekly " * 30,
    ],
)
def test_refuses_with_an_example(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_repeat(text, first=TUESDAY)
    assert refused.value.field == "repeat"
    assert "weekly" in refused.value.message


def test_every_offer_can_be_read() -> None:
    assert all(read_repeat(text, first=TUESDAY) for text in OFFERS)


@given(rules())
def test_what_is_written_reads_back(rule: Rule) -> None:
    assert read_repeat(write_repetition(rule), first=TUESDAY) == rule


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Refused):
        read_repeat(f"every {text}", first=TUESDAY)
