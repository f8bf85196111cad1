"""Phrases written independently of the parser; see phrases.txt."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from when import Reason, parse_when


def _cases() -> Iterator[Any]:
    for line in Path(__file__).with_name("phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            _, key, wall = line.split()
            zone = ZoneInfo(key)
            now = datetime.fromisoformat(wall).replace(tzinfo=zone)
        elif line and not line.startswith("#"):
            locale, phrase, expected = (part.strip() for part in line.split(" | "))
            yield pytest.param(locale, phrase, zone, now, expected, id=f"{locale}: {phrase}")


def _moment(expected: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(expected)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@pytest.mark.parametrize(("locale", "phrase", "zone", "now", "expected"), [*_cases()])
def test_phrase_means_what_people_mean(
    locale: str, phrase: str, zone: ZoneInfo, now: datetime, expected: str
) -> None:
    reading = parse_when(phrase, now=now, zone=zone.key, locale=locale)

    if expected == "-":
        assert reading.when is None
        assert reading.reason is not Reason.OK
    else:
        assert reading.reason is Reason.OK, (reading.reason, reading.detail)
        assert reading.when is not None
        assert reading.when.timestamp() == _moment(expected, zone).timestamp()
