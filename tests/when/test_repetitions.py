"""Dates of repeating games: by example, against another library, and for any rule and zone."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.duration import within
from when.repetitions import (
    LAST,
    BadRule,
    Frequency,
    Occurrence,
    Pattern,
    Rule,
    describe,
    localise,
    marks,
    monthly_by_date,
    monthly_by_weekday,
    moved,
    next_dates,
    read_rule,
    weekly,
)

ZONES = (
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "America/Santiago",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Africa/Casablanca",
    "Asia/Jerusalem",
)


def pattern(rule: Rule, first: date, at: str = "19:00", zone: str = "Europe/Berlin") -> Pattern:
    return Pattern(rule, first, time.fromisoformat(at), zone)


def locals_of(occurrences: list[Occurrence]) -> list[str]:
    return [f"{one.local:%Y-%m-%d %H:%M}" for one in occurrences]


@pytest.mark.parametrize("zone", ZONES)
def test_weekly_19_00_stays_19_00_across_both_clock_changes(zone: str) -> None:
    first = date(2027, 1, 3)
    year = next_dates(pattern(weekly(first), first, zone=zone), 50)
    later = next_dates(pattern(weekly(first), first, zone=zone), 4, after=year[-1].date)
    dates = year + later

    assert {f"{one.local:%H:%M}" for one in dates} == {"19:00"}
    offsets = {one.local.utcoffset() for one in dates}
    assert len(offsets) == 2, "the zone has two times, and both were met"
    changes = [one.clock_change for one in dates if one.clock_change]
    assert min(changes) == -max(changes)
    for before, after in pairwise(dates):
        assert after.starts_at - before.starts_at == timedelta(weeks=1) - after.clock_change


def test_lord_howe_moves_half_an_hour() -> None:
    first = date(2027, 3, 28)
    dates = next_dates(pattern(weekly(first), first, zone="Australia/Lord_Howe"), 2)
    assert locals_of(dates) == ["2027-03-28 19:00", "2027-04-04 19:00"]
    assert dates[1].clock_change == timedelta(minutes=-30)


def test_a_zone_that_moved_keeps_its_wall_time() -> None:
    """Volgograd changed from +04 to +03 on 27 December 2020, without summer time."""
    first = date(2020, 12, 23)
    dates = next_dates(pattern(weekly(first), first, zone="Europe/Volgograd"), 3)
    assert locals_of(dates) == ["2020-12-23 19:00", "2020-12-30 19:00", "2021-01-06 19:00"]
    assert [f"{one.starts_at:%H:%M}" for one in dates] == ["15:00", "16:00", "16:00"]
    assert [bool(marks(one)) for one in dates] == [False, True, False]


def test_a_day_that_a_zone_left_out_is_played_the_day_after_once() -> None:
    """Samoa had no 30 December 2011."""
    rule = Rule(Frequency.WEEKLY, weekdays=(3, 4, 5))
    dates = next_dates(pattern(rule, date(2011, 12, 29), zone="Pacific/Apia"), 3)
    assert locals_of(dates) == ["2011-12-29 19:00", "2011-12-31 19:00", "2012-01-05 19:00"]


def test_a_skipped_time_is_moved_forward_and_told() -> None:
    first = date(2027, 3, 21)
    dates = next_dates(pattern(weekly(first), first, "02:30"), 3)
    assert locals_of(dates) == ["2027-03-21 02:30", "2027-03-28 03:30", "2027-04-04 02:30"]
    assert dates[1].shift == timedelta(hours=1)
    assert "03:30" in marks(dates[1])[0]


def test_a_time_shown_twice_is_the_first() -> None:
    first = date(2027, 10, 31)
    (one,) = next_dates(pattern(weekly(first), first, "02:30"), 1)
    assert one.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert one.is_twofold
    assert marks(one)


def test_every_other_week_on_several_days_keeps_its_weeks() -> None:
    rule = Rule(Frequency.WEEKLY, 2, (1, 3))
    far = next_dates(pattern(rule, date(2026, 12, 3)), 3, after=date(2026, 12, 3))
    assert [one.date for one in far] == [
        date(2026, 12, 15),
        date(2026, 12, 17),
        date(2026, 12, 29),
    ]


@pytest.mark.parametrize(
    ("rule", "first", "dates"),
    [
        (monthly_by_date(date(2027, 1, 31)), date(2027, 1, 31), ["01-31", "02-28", "03-31"]),
        (monthly_by_date(date(2027, 1, 30)), date(2027, 1, 30), ["01-30", "02-28", "03-30"]),
        (monthly_by_date(date(2027, 1, 15), 2), date(2027, 1, 15), ["01-15", "03-15", "05-15"]),
        (monthly_by_weekday(date(2027, 1, 8)), date(2027, 1, 8), ["01-08", "02-12", "03-12"]),
        (monthly_by_weekday(date(2027, 1, 29)), date(2027, 1, 29), ["01-29", "02-26", "03-26"]),
    ],
)
def test_monthly(rule: Rule, first: date, dates: list[str]) -> None:
    found = next_dates(pattern(rule, first), 3)
    assert [f"{one.date:%m-%d}" for one in found] == dates


def test_ends_on_its_date_and_after_its_count() -> None:
    first = date(2027, 1, 5)
    until = Rule(Frequency.WEEKLY, weekdays=(1,), until=date(2027, 1, 19))
    count = Rule(Frequency.WEEKLY, weekdays=(1,), count=3)
    for rule in (until, count):
        assert [one.date.day for one in next_dates(pattern(rule, first))] == [5, 12, 19]
        assert next_dates(pattern(rule, first), after=date(2027, 1, 19)) == []
        assert next_dates(pattern(rule, first), now=datetime(2030, 1, 1, tzinfo=UTC)) == []


def test_now_leaves_out_what_has_begun() -> None:
    first = date(2027, 1, 5)
    now = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)  # 19:00 in Berlin, this very moment
    assert next_dates(pattern(weekly(first), first), 1, now=now)[0].date == date(2027, 1, 19)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=SECONDLY",
        "FREQ=DAILY",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1,2,3",
        "FREQ=WEEKLY;BYDAY=MO;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=MO;INTERVAL=1000000000000",
        "FREQ=WEEKLY;BYDAY=MO;COUNT=0",
        "FREQ=WEEKLY;BYDAY=MO;COUNT=501",
        "FREQ=WEEKLY;BYDAY=MO;COUNT=3;UNTIL=20270101",
        "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270230",
        "FREQ=WEEKLY;BYDAY=MO;FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,MO",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=5FR",
        "FREQ=MONTHLY;BYDAY=FR",
        "FREQ=MONTHLY;BYDAY=1FR;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=-1",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 1000),
        "RRULE:FREQ=WEEKLY;BYDAY=MO\r\nDTSTART:19700101",
    ],
)
def test_other_rules_are_refused(text: str) -> None:
    with pytest.raises(BadRule):
        read_rule(text)


def test_moving_all_later_dates_moves_the_day() -> None:
    tuesday, wednesday = date(2027, 1, 5), date(2027, 1, 6)
    two_days = Rule(Frequency.WEEKLY, 2, (1, 3))
    assert moved(weekly(tuesday), tuesday, wednesday).weekdays == (2,)
    assert moved(two_days, tuesday, wednesday).weekdays == (2, 3)
    assert moved(monthly_by_date(tuesday), tuesday, wednesday).month_day == 6
    first_tuesday = monthly_by_weekday(tuesday)
    assert str(moved(first_tuesday, tuesday, wednesday)) == "FREQ=MONTHLY;BYDAY=1WE"
    last = Rule(Frequency.MONTHLY, month_day=LAST)
    assert moved(last, date(2027, 1, 31), date(2027, 2, 28)) == last


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=TU", "Every Tuesday, 19:00 (Europe/Berlin)"),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20270301",
            "Every 2 weeks on Tuesday and Thursday, 19:00 (Europe/Berlin), until 1 March 2027",
        ),
        (
            "FREQ=MONTHLY;BYDAY=-1FR;COUNT=6",
            "Every month on the last Friday, 19:00 (Europe/Berlin), 6 times",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
            "Every 3 months on the last day, 19:00 (Europe/Berlin)",
        ),
    ],
)
def test_says_the_rule(text: str, words: str) -> None:
    assert describe(read_rule(text), at=time(19), zone="Europe/Berlin", locale="en") == words


DATES = st.dates(date(2026, 1, 1), date(2036, 12, 31))
ENDS = st.one_of(
    st.just({}),
    st.builds(lambda d: {"until": d}, st.dates(date(2026, 1, 1), date(2040, 1, 1))),
    st.builds(lambda n: {"count": n}, st.integers(1, 500)),
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    if draw(st.booleans()):
        days = draw(st.sets(st.integers(0, 6), min_size=1))
        interval = draw(st.integers(1, 52))
        return Rule(Frequency.WEEKLY, interval, tuple(sorted(days)), **draw(ENDS))
    interval = draw(st.integers(1, 12))
    if draw(st.booleans()):
        day = draw(st.sampled_from([*range(1, 31), LAST]))
        return Rule(Frequency.MONTHLY, interval, month_day=day, **draw(ENDS))
    nth = draw(st.sampled_from([1, 2, 3, 4, LAST]))
    weekdays = (draw(st.integers(0, 6)),)
    return Rule(Frequency.MONTHLY, interval, weekdays, nth=nth, **draw(ENDS))


ZONE_NAMES = st.sampled_from([*ZONES, "UTC", "Africa/El_Aaiun", "Asia/Kathmandu", "America/Havana"])
TIMES = st.times().map(lambda t: t.replace(second=0, microsecond=0))


@given(rules())
def test_any_rule_reads_back(rule: Rule) -> None:
    assert read_rule(str(rule)) == rule


@settings(deadline=None)
@given(rules(), DATES, TIMES, ZONE_NAMES)
@example(weekly(date(2027, 3, 28)), date(2027, 3, 28), time(2, 30), "Europe/Berlin")
def test_any_rule_has_the_wished_wall_time_or_says_otherwise(
    rule: Rule, first: date, at: time, zone: str
) -> None:
    with within(2, clock=clock.thread_time):
        dates = next_dates(Pattern(rule, first, at, zone), 30)

    for one in dates:
        wished = datetime.combine(one.date, at)
        assert one.local.replace(tzinfo=None, fold=0) == wished + one.shift
        assert one.shift >= timedelta(0)
        assert bool(one.shift) == bool(localise(wished, zone)[1])
        assert one.date >= first
    for before, after in pairwise(dates):
        assert before.starts_at < after.starts_at
    if rule.until is None and rule.count is None:
        assert len(dates) == 30


@settings(deadline=None, max_examples=60)
@given(rules(), DATES, TIMES, ZONE_NAMES, st.integers(1, 29))
def test_looking_from_any_date_finds_the_same_dates(
    rule: Rule, first: date, at: time, zone: str, place: int
) -> None:
    """Skipping past dates is only an optimization."""
    every = next_dates(Pattern(rule, first, at, zone), 30)
    if place < len(every):
        rest = next_dates(Pattern(rule, first, at, zone), 30 - place, after=every[place - 1].date)
        assert rest == every[place:]
        now = every[place - 1].starts_at
        assert next_dates(Pattern(rule, first, at, zone), 1, now=now)[0].date == every[place].date


@settings(deadline=None, max_examples=40)
@given(rules(), DATES, TIMES, ZONE_NAMES)
def test_a_second_library_finds_the_same(rule: Rule, first: date, at: time, zone: str) -> None:
    unended = Rule(
        rule.frequency, rule.interval, rule.weekdays, rule.nth, rule.month_day, count=rule.count
    )
    # RFC 5545 counts the first date even if the rule does not include it.
    first = next_dates(Pattern(unended, first, at, zone), 1)[0].date
    ours = next_dates(Pattern(unended, first, at, zone), 10)
    if any(one.shift or one.is_twofold for one in ours):
        return
    event = icalendar.Event()
    event.add("uid", "one")
    event.add("dtstart", datetime.combine(first, at, ZoneInfo(zone)))
    event.add("dtend", datetime.combine(first, at, ZoneInfo(zone)) + timedelta(minutes=1))
    event.add("rrule", icalendar.vRecur.from_ical(str(unended)))
    calendar = icalendar.Calendar()
    calendar.add_component(event)

    found = recurring_ical_events.of(calendar).between(
        ours[0].starts_at - timedelta(days=1), ours[-1].starts_at + timedelta(minutes=2)
    )

    starts = sorted(one["DTSTART"].dt.astimezone(UTC) for one in found)
    assert starts == [one.starts_at for one in ours]
