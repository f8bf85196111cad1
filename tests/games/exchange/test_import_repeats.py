"""RRULEs converted to rules of series, checked against dateutil, which knows all of RFC 5545."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule

from games.exchange.ics.repeats import next_session, read_rrule
from guilds.errors import Refused
from when.repetitions import Pattern, next_dates, read_rule

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 12, 3, 19, tzinfo=BERLIN)  # a Thursday, the first of its month
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)

KNOWN = (
    "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TH", "FREQ=WEEKLY;BYDAY=TH,SA,MO;WKST=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;WKST=SU", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH",
    "FREQ=WEEKLY;COUNT=5", "FREQ=WEEKLY;UNTIL=20270114T180000Z", "FREQ=WEEKLY;UNTIL=20270114",
    "FREQ=WEEKLY;UNTIL=20270114T175959Z", "FREQ=DAILY", "FREQ=DAILY;COUNT=9",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=3",
    "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=1TH", "FREQ=MONTHLY;BYDAY=+1TH",
    "FREQ=MONTHLY;BYDAY=-1TH;COUNT=4", "FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1;INTERVAL=2",
    "freq=weekly;byday=th;",
)  # fmt: skip


@pytest.mark.parametrize("text", KNOWN)
def test_a_series_has_the_dates_that_the_calendar_has(text: str) -> None:
    rule = read_rrule(text, START)
    assert read_rule(str(rule)) == rule
    ours = [
        one.date for one in next_dates(Pattern(rule, START.date(), START.time(), BERLIN.key), 12)
    ]
    wall = text.upper().rstrip(";")
    if "UNTIL=" in wall:  # dateutil requires UTC beside an aware start
        wall, _sign, until = wall.partition("UNTIL=")
        wall += f"UNTIL={until if until.endswith('Z') else f'{until}T230000Z'}"
    judge = rrule.rrulestr(wall, dtstart=START)
    assert ours == [moment.date() for moment, _ in zip(judge, range(12), strict=False)]


@pytest.mark.parametrize(
    "text",
    ["FREQ=YEARLY", "FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=XX",
     "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=-1", "FREQ=WEEKLY;INTERVAL=53",
     "FREQ=WEEKLY;BYHOUR=3", "FREQ=WEEKLY;COUNT=501", "FREQ=WEEKLY;COUNT=2;UNTIL=20270101",
     "FREQ=WEEKLY;FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU", "FREQ=WEEKLY;UNTIL=x",
     "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=1,15", "FREQ=MONTHLY;BYDAY=5TH",
     "FREQ=MONTHLY;BYDAY=-2TH", "FREQ=MONTHLY;BYDAY=TH", "FREQ=MONTHLY;BYDAY=1TH;BYMONTHDAY=3",
     "FREQ=WEEKLY;BYDAY=1TH", "FREQ=MONTHLY;BYMONTH=1", "", "x", "FREQ"],
)  # fmt: skip
def test_others_are_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Refused, match="It repeats in a way"):
        read_rrule(text, START)


def test_an_event_that_began_long_ago_goes_on_from_its_next_date() -> None:
    began = datetime(2019, 1, 3, 19, tzinfo=BERLIN)
    start, rule = next_session(read_rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"), began, now=NOW)
    judge = rrule.rrulestr("FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", dtstart=began)
    assert start == judge.after(NOW.astimezone(BERLIN))
    assert start.astimezone(BERLIN).hour == 19
    following = next_dates(
        Pattern(rule, start.astimezone(BERLIN).date(), began.time(), BERLIN.key), 2
    )
    assert following[1].starts_at - following[0].starts_at == timedelta(days=14)


def test_of_a_counted_event_the_rest_is_left() -> None:
    began = datetime(2026, 11, 12, 19, tzinfo=BERLIN)
    start, rule = next_session(read_rrule("FREQ=WEEKLY;COUNT=5", began), began, now=NOW)
    assert start.astimezone(BERLIN).date().isoformat() == "2026-11-26"
    assert rule.count == 3
    with pytest.raises(Refused, match="last date is already past"):
        next_session(read_rrule("FREQ=WEEKLY;COUNT=2", began), began, now=NOW)
