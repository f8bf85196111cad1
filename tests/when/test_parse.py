"""The parts of a reading besides the instant, and properties of any text."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from when import Note, Reading, Reason, parse_when
from when.languages import TABLES
from when.phrases.reader import MOST_CHARACTERS

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 15, 30, tzinfo=BERLIN)
SLOWEST_SECONDS = 0.02


def read(
    text: str,
    *,
    now: datetime = NOW,
    zone: str = "Europe/Berlin",
    locale: str = "en",
    day_first: bool | None = None,
) -> Reading:
    return parse_when(text, now=now, zone=zone, locale=locale, day_first=day_first)


def at(
    day: int, hour: int, minute: int = 0, *, month: int = 11, zone: ZoneInfo = BERLIN, fold: int = 0
) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("", Reason.EMPTY, ""),
        ("  \u200b ", Reason.EMPTY, ""),
        ("x" * 81, Reason.TOO_LONG, ""),
        ("raid night friday 8pm", Reason.UNKNOWN_WORDS, "raid"),
        ("friday", Reason.NO_TIME, ""),
        ("next week 8pm", Reason.NO_DAY, ""),
        ("every friday 8pm", Reason.RECURRING, "every"),
        ("around 8pm", Reason.VAGUE, "around"),
        ("yesterday 8pm", Reason.PAST, "yesterday"),
        ("today 9am", Reason.PAST, ""),
        ("in 3 years", Reason.TOO_FAR, ""),
        ("tomorrow 25:00", Reason.BAD_NUMBER, "25:00"),
        ("tomorrow 13pm", Reason.BAD_NUMBER, "13"),
        ("2026-02-30 20:00", Reason.BAD_NUMBER, "2026-02-30"),
        ("thu 20 nov 8pm", Reason.CONTRADICTION, "2026-11-20"),
        ("8pm 9pm", Reason.SEVERAL, ""),
        ("tomorrow 8pm IST", Reason.AMBIGUOUS_ZONE, "IST"),
        ("tomorrow tomorrow in", Reason.NOT_UNDERSTOOD, "in"),
    ],
)
def test_parse_when_says_why_it_refuses(text: str, reason: Reason, detail: str) -> None:
    reading = read(text)

    assert (reading.when, reading.reason, reading.detail) == (None, reason, detail)


def test_parse_when_asks_for_the_half_of_the_day() -> None:
    reading = read("friday at 8")

    assert reading.reason is Reason.NEEDS_AM_PM
    assert reading.alternatives == (at(20, 8), at(20, 20))


def test_parse_when_offers_both_orders_of_an_unclear_date() -> None:
    reading = read("05/12 20:00")

    assert reading.reason is Reason.AMBIGUOUS_DATE
    assert reading.alternatives == (
        at(5, 20, month=12),
        datetime(2027, 5, 12, 20, tzinfo=BERLIN),
    )


@pytest.mark.parametrize(
    ("day_first", "expected"),
    [(True, at(5, 20, month=12)), (False, datetime(2027, 5, 12, 20, tzinfo=BERLIN))],
)
def test_parse_when_reads_a_numeric_date_in_the_order_told(
    day_first: bool | None, expected: datetime
) -> None:
    assert read("05/12 20:00", day_first=day_first).when == expected


def test_parse_when_offers_both_ends_of_a_day_for_midnight() -> None:
    reading = read("friday midnight")

    assert reading.reason is Reason.AMBIGUOUS_DATE
    assert reading.alternatives == (at(20, 0), at(21, 0))


@pytest.mark.parametrize(
    ("text", "now", "note", "other"),
    [
        ("next friday 8pm", NOW, Note.NEARER_DAY, at(20, 20)),
        ("wednesday 8pm", NOW, Note.LATER_DAY, at(25, 20)),
        ("tomorrow 20:00", at(19, 0, 10), Note.AFTER_MIDNIGHT, at(19, 20)),
        ("tomorrow 8pm AEDT", NOW, Note.ZONE_DAY, at(19, 10)),
        (
            "2026-07-10 20:00 EST",
            at(1, 12, month=7),
            Note.ZONE_LETTERS,
            datetime(2026, 7, 11, 1, tzinfo=UTC),
        ),
    ],
)
def test_parse_when_offers_the_other_reading_and_says_why(
    text: str, now: datetime, note: Note, other: datetime
) -> None:
    reading = read(text, now=now)

    assert reading.reason is Reason.OK
    assert reading.note is note
    assert reading.alternatives == (other,)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("tomorrow 20:00", "Europe/Berlin"),
        ("tomorrow 8pm EST", "America/New_York"),
        ("tomorrow 20:00 asia/tokyo", "Asia/Tokyo"),
        ("tomorrow 20:00 america/port-au-prince", "Europe/Berlin"),
        ("tomorrow 20:00 UTC", "UTC"),
        ("tomorrow 20:00 UTC+5:30", "Europe/Berlin"),
        ("<t:1795204800:F>", "Europe/Berlin"),
    ],
)
def test_parse_when_names_the_zone_meant(text: str, zone: str) -> None:
    reading = read(text)

    assert reading.zone == zone
    assert reading.when is None or reading.when.tzinfo == ZoneInfo(zone)


def test_parse_when_keeps_the_end_of_a_range() -> None:
    assert read("friday 8pm-1am").until == at(21, 1)
    assert read("friday 8-10pm").until == at(20, 22)


def test_parse_when_lets_no_abbreviation_of_another_language_in() -> None:
    assert read("sam 8pm").reason is Reason.UNKNOWN_WORDS
    assert read("sam 20h", locale="fr").when == at(21, 20)


def test_parse_when_reads_another_language_if_only_one_reading_is_left() -> None:
    assert read("vendredi à 21h").when == at(20, 21)
    assert read("friday 8pm", locale="ja").when == at(20, 20)


def test_parse_when_refuses_a_zone_of_the_caller_that_does_not_exist() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        read("8pm", zone="Mars/Olympus")


@pytest.mark.parametrize(
    ("zone", "now", "text", "alternatives"),
    [
        (
            "Europe/Berlin",
            "2027-03-27T12:00+01:00",
            "tomorrow 02:30",
            ("2027-03-28T01:30+01:00", "2027-03-28T03:30+02:00"),
        ),
        (
            "Australia/Lord_Howe",
            "2026-10-03T12:00+10:30",
            "tomorrow 02:15",
            ("2026-10-04T01:45+10:30", "2026-10-04T02:45+11:00"),
        ),
    ],
)
def test_parse_when_offers_both_sides_of_a_skipped_time(
    zone: str, now: str, text: str, alternatives: tuple[str, ...]
) -> None:
    reading = read(text, now=datetime.fromisoformat(now), zone=zone)

    assert reading.reason is Reason.NONEXISTENT
    assert [when.isoformat("T", "minutes") for when in reading.alternatives] == [*alternatives]


@pytest.mark.parametrize(
    ("zone", "now", "text", "alternatives"),
    [
        (
            "America/New_York",
            "2026-10-31T12:00-04:00",
            "tomorrow 01:30",
            ("2026-11-01T01:30-04:00", "2026-11-01T01:30-05:00"),
        ),
        (
            "Australia/Lord_Howe",
            "2027-04-03T12:00+11:00",
            "tomorrow 01:45",
            ("2027-04-04T01:45+11:00", "2027-04-04T01:45+10:30"),
        ),
    ],
)
def test_parse_when_offers_both_times_of_a_repeated_hour(
    zone: str, now: str, text: str, alternatives: tuple[str, ...]
) -> None:
    reading = read(text, now=datetime.fromisoformat(now), zone=zone)

    assert reading.reason is Reason.TWOFOLD
    assert [when.isoformat("T", "minutes") for when in reading.alternatives] == [*alternatives]


def test_parse_when_never_offers_the_past() -> None:
    during_the_repeated_hour = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)  # 01:45, first time

    reading = read("today 01:30", now=during_the_repeated_hour, zone="America/New_York")

    assert reading.when is None
    assert all(other > during_the_repeated_hour for other in reading.alternatives)


VOCABULARY = sorted(
    {
        form.replace("_", " ")
        for table in TABLES.values()
        for forms in (
            *table.words.values(),
            *table.days.values(),
            *table.parts.values(),
            *table.units.values(),
            *table.numbers.values(),
            table.weekdays.replace("|", " "),
            table.months.replace("|", " "),
        )
        for form in forms.split()
    }
)
LITERALS = [
    *("8", "20", "20:00", "8pm", "20h30", "25.12.", "05/12", "2026-11-20", "T20:00Z", "+01:00"),
    *("9999-12-31", "0001-01-01", "<t:1795204800>", "EST", "America/New_York", "UTC+14", "-"),
    *("99999", "1.5", "½", "0", "24:00", "12:59:59", "2h30m", "8時半", "25日", "八", "²", "٨", "@"),
]
PHRASES = st.one_of(
    st.text(max_size=MOST_CHARACTERS + 10),
    st.lists(st.sampled_from([*VOCABULARY, *LITERALS]), max_size=7).map(" ".join),
    st.lists(st.sampled_from(LITERALS), max_size=5).map("".join),
)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    max_value=datetime(2040, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]
)


@settings(max_examples=1500, deadline=None)
@given(text=PHRASES, now=MOMENTS, zone=ZONES, locale=st.sampled_from([*TABLES, "pt-BR", "xx"]))
def test_parse_when_yields_the_near_future_or_nothing(
    text: str, now: datetime, zone: str, locale: str
) -> None:
    reading = parse_when(text, now=now, zone=zone, locale=locale)

    found = [*reading.alternatives, *([reading.when] if reading.when else [])]
    assert (reading.when is not None) == (reading.reason is Reason.OK)
    assert all(now < when < now + timedelta(days=2 * 366) for when in found)
    assert all(when.tzinfo == ZoneInfo(reading.zone) for when in found)


@settings(max_examples=300, deadline=None)
@given(text=PHRASES, locale=st.sampled_from([*TABLES]))
def test_parse_when_is_quick(text: str, locale: str) -> None:
    read("8pm friday", locale=locale)
    read("word nobody knows", locale=locale)

    assert min(_seconds(text, locale) for _ in range(3)) < SLOWEST_SECONDS


def _seconds(text: str, locale: str) -> float:
    start = time.process_time()
    read(text, locale=locale)
    return time.process_time() - start
