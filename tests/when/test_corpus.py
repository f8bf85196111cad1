"""Regression data: 801 phrases with their meanings, made without any parser."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from when import Reading, parse_when

type Outcome = tuple[dict[str, Any], Reading, datetime | None]

ROWS = json.loads(Path(__file__).with_name("time_phrases.json").read_text(encoding="utf-8"))

# It is Wednesday in Sydney, but still Tuesday in Los Angeles, so "Friday" is ambiguous.
ASKED_BACK = {"fri 9pm PST": 1}
PROMISED_ALTERNATIVES = ("next weekday", "weekday", "dst", "late night", "stretch")


def _expected(row: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(row["expected"]) if row["expected"] else None


def _read(row: dict[str, Any]) -> Reading:
    return parse_when(
        row["phrase"],
        now=datetime.fromisoformat(row["now"]),
        zone=row["zone"],
        locale=row["lang"],
    )


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    return [(row, _read(row), _expected(row)) for row in ROWS]


def test_corpus_accepts_nothing_wrong(outcomes: list[Outcome]) -> None:
    wrong = [
        (row["phrase"], row["zone"], reading.when)
        for row, reading, expected in outcomes
        if reading.when is not None and reading.when != expected
    ]

    assert wrong == []


def test_corpus_refuses_nothing_it_should_read(outcomes: list[Outcome]) -> None:
    refused = Counter(
        row["phrase"]
        for row, reading, expected in outcomes
        if reading.when is None and expected is not None
    )

    assert refused == ASKED_BACK


def test_corpus_offers_the_other_readings(outcomes: list[Outcome]) -> None:
    missing = [
        (row["phrase"], row["zone"], row["now"])
        for row, reading, expected in outcomes
        if row["category"] in PROMISED_ALTERNATIVES
        for other in map(datetime.fromisoformat, row["alternatives"])
        if other.timestamp() not in {found.timestamp() for found in reading.alternatives}
    ]

    assert missing == []
