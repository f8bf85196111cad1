"""Zones by their usual names, in fields and in pickers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from when import Reason, parse_zone, search_zones, zone_names
from when.zones import get_zone, is_zone, letters, regions
from when.zones.cities import cities

WINTER = datetime(2026, 11, 18, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("GMT+0", "UTC"),
        ("CET", "Europe/Berlin"),
        ("PST", "America/Los_Angeles"),
        ("Eastern", "America/New_York"),
        ("pacific time", "America/Los_Angeles"),
        ("Dubai", "Asia/Dubai"),
        ("London", "Europe/London"),
        ("new york", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Kiev", "Europe/Kyiv"),
        ("Calcutta", "Asia/Kolkata"),
        ("Japan", "Asia/Tokyo"),
        ("München", "Europe/Berlin"),
        ("deutsche Zeit", "Europe/Berlin"),
        ("heure de Paris", "Europe/Paris"),
        ("central time", "America/Chicago"),
    ],
)
def test_zone_is_found_by_what_people_call_it(text: str, key: str) -> None:
    reading = parse_zone(text, now=WINTER)

    assert (reading.key, reading.reason) == (key, Reason.OK)
    assert search_zones(text, now=WINTER)[0] == key


@pytest.mark.parametrize(
    ("text", "one_of_them"),
    [
        ("central", "America/Chicago"),
        ("CST", "Asia/Shanghai"),
        ("IST", "Asia/Kolkata"),
        ("La Paz", "America/La_Paz"),
        ("San Juan", "America/Puerto_Rico"),
        ("GMT+1", "Europe/Berlin"),
        ("utc+1", "Europe/Berlin"),
        ("UTC-5", "America/New_York"),
        ("gmt +5:30", "Asia/Kolkata"),
    ],
)
def test_unclear_zone_is_asked_back(text: str, one_of_them: str) -> None:
    reading = parse_zone(text, now=WINTER)

    assert (reading.key, reading.reason) == (None, Reason.AMBIGUOUS_ZONE)
    assert one_of_them in reading.alternatives
    assert one_of_them in search_zones(text, now=WINTER)


@pytest.mark.parametrize("text", ["", "Mars", "Mars/Base", "PST8PDT!", "reunion", "x" * 65, "+99"])
def test_unknown_zone_is_refused(text: str) -> None:
    reading = parse_zone(text, now=WINTER)

    assert (reading.key, reading.alternatives) == (None, ())
    assert reading.reason is not Reason.OK


@pytest.mark.parametrize("now", [WINTER, SUMMER])
@pytest.mark.parametrize("hours", [*range(-11, 0), *range(1, 14)])
def test_offset_means_what_people_mean_by_its_sign(now: datetime, hours: int) -> None:
    for prefix in ("GMT", "UTC", "gmt ", "utc"):
        found = search_zones(f"{prefix}{hours:+d}", now=now)

        assert found
        assert not any(name.startswith("Etc/") and name[-1].isdigit() for name in found)
        offsets = {now.astimezone(get_zone(name)).utcoffset() for name in found}
        assert offsets == {timedelta(hours=hours)}


def test_no_picker_offers_an_offset_turned_round() -> None:
    for text in ("", "etc", "Etc/GMT", "gmt", "GMT+5", "+5"):
        assert not {"Etc/GMT+5", "Etc/GMT-5"} & {*search_zones(text, now=WINTER)}
    assert not {"Etc/GMT+5", "Etc/GMT-5"} & zone_names()
    assert is_zone("Etc/GMT+5")  # rows may hold it already


def test_half_a_name_is_enough_for_a_picker() -> None:
    assert "America/New_York" in search_zones("east", now=WINTER)
    assert search_zones("berl", now=WINTER)[0] == "Europe/Berlin"
    assert "Asia/Dubai" in search_zones("dub", now=WINTER)


def test_every_kept_name_leads_to_a_zone_that_exists() -> None:
    keys = {
        *regions.ONE.values(),
        *regions.WITH_TIME.values(),
        *(key for keys in regions.SEVERAL.values() for key in keys),
        *(key for _, key in regions.DOUBTED_IN.values()),
        *(key for key, _ in letters.LETTERS.values()),
        *(key for keys in letters.SEVERAL.values() for key in keys),
        *(key for keys in cities().values() for key in keys),
    }

    assert [key for key in keys if not is_zone(key)] == []
    assert not regions.ONE.keys() & (regions.SEVERAL.keys() | regions.WITH_TIME.keys())


@given(st.sampled_from(sorted(zone_names())))
def test_every_offered_name_reads_back(name: str) -> None:
    assert parse_zone(name, now=WINTER).key == name


@given(st.text(max_size=70))
def test_any_text_is_a_zone_or_none(text: str) -> None:
    reading = parse_zone(text, now=WINTER)

    assert (reading.key is not None) == (reading.reason is Reason.OK)
    assert all(map(is_zone, search_zones(text, now=WINTER)))
