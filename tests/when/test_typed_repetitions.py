"""Repetitions in all languages; see repetitions.txt."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.when.test_repetitions import rules
from when import Reason, parse_repetition, write_repetition
from when.languages import TABLES
from when.languages.table import Kind
from when.repetitions import Rule

TUESDAY = date(2027, 1, 12)  # the second Tuesday


def _cases() -> Iterator[Any]:
    text = Path(__file__).with_name("repetitions.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            locale, phrase, expected = (part.strip() for part in line.split(" | "))
            yield pytest.param(locale, phrase, expected, id=f"{locale}: {phrase}")


@pytest.mark.parametrize(("locale", "phrase", "expected"), [*_cases()])
def test_repetition_means_what_people_mean(locale: str, phrase: str, expected: str) -> None:
    reading = parse_repetition(phrase, first=TUESDAY, locale=locale)

    if expected.startswith("?"):
        assert reading.rule is None
        assert " / ".join(map(str, reading.alternatives)) == expected.removeprefix("? ")
    elif expected == "-":
        assert (reading.rule, reading.alternatives) == (None, ())
        assert reading.reason is not Reason.OK
    else:
        assert reading.reason is Reason.OK
        assert str(reading.rule) == expected


@pytest.mark.parametrize("text", ["", "  ", "no", "Never", "once", "off", "nie", "нет"])
def test_nothing_is_no_repetition(text: str) -> None:
    reading = parse_repetition(text, first=TUESDAY)

    assert (reading.rule, reading.reason) == (None, Reason.OK)


def test_a_date_without_a_year_is_the_next_after_the_first_session() -> None:
    later = parse_repetition("jeden Freitag bis 1.3.", first=TUESDAY, locale="de").rule
    next_year = parse_repetition("jeden Freitag bis 1.1.", first=TUESDAY, locale="de").rule

    assert later is not None
    assert later.until == date(2027, 3, 1)
    assert next_year is not None
    assert next_year.until == date(2028, 1, 1)


@given(rule=rules(), locale=st.sampled_from([*TABLES, "xx"]))
def test_what_is_written_reads_back_in_every_language(rule: Rule, locale: str) -> None:
    written = write_repetition(rule)

    assert parse_repetition(written, first=TUESDAY, locale=locale).rule == rule


WORDS = sorted(
    {
        form.replace("_", " ")
        for table in TABLES.values()
        for forms in (
            *table.repetitions.values(),
            *(table.words.get(kind, "") for kind in (Kind.ON, Kind.AND, Kind.OF, Kind.LAST)),
            *table.ordinals.values(),
            *table.units.values(),
            table.weekdays.replace("|", " "),
        )
        for form in forms.split()
    }
)


@given(
    text=st.text(max_size=90)
    | st.lists(
        st.sampled_from([*WORDS, "2", "15", "3rd", "1.3.2027", "5/6", "500", "0"]), max_size=7
    ).map(" ".join),
    locale=st.sampled_from([*TABLES]),
)
def test_any_text_is_read_or_refused(text: str, locale: str) -> None:
    reading = parse_repetition(text, first=TUESDAY, locale=locale)

    assert reading.rule is None or reading.reason is Reason.OK
    assert reading.rule is None or not reading.alternatives
