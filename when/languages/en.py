"""English."""

from when.languages.counting import compound, count
from when.languages.table import Kind, Part, Table, Unit

_ONES = count("zero|one|two|three|four|five|six|seven|eight|nine")
_TEENS = count(
    "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen", start=10
)
_TENS = {20: "twenty", 30: "thirty", 40: "forty fourty", 50: "fifty", 60: "sixty", 90: "ninety"}
_ORDINALS = count("first|second|third|fourth|fifth|sixth|seventh|eighth|ninth", start=1)

ENGLISH = Table(
    code="en",
    has_24_hours=False,
    weekdays=(
        "monday mon|tuesday tue tues|wednesday wed weds wednes|thursday thu thur thurs|"
        "friday fri|saturday sat|sunday sun"
    ),
    months=(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|"
        "september sep sept|october oct|november nov|december dec"
    ),
    numbers={**_ONES, **_TEENS, **_TENS, **compound(_TENS, _ONES)},
    ordinals={
        **_ORDINALS,
        **count(
            "tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|"
            "eighteenth|nineteenth|twentieth",
            start=10,
        ),
        **compound({20: "twenty"}, _ORDINALS),
        30: "thirtieth",
        31: "thirty_first",
    },
    days={
        0: "today tdy later_today later_on_today today_later",
        1: (
            "tomorrow tmrw tmr tmw tmrrw tmrow tmrrow tomrow tmorrow tomorow tommorow tommorrow "
            "tomorrrow tomorro tomoz tomoro tomo"
        ),
        2: "day_after_tomorrow overmorrow",
    },
    weeks={0: "this_week", 1: "next_week next_wk"},
    parts={
        Part.MORNING: "morning in_the_morning mornings",
        Part.AFTERNOON: "afternoon in_the_afternoon arvo",
        Part.EVENING: "evening in_the_evening eve",
        Part.NIGHT: "night at_night in_the_night",
    },
    day_parts={
        (0, Part.MORNING): "this_morning",
        (0, Part.AFTERNOON): "this_afternoon this_arvo later_this_afternoon",
        (0, Part.EVENING): "this_evening later_this_evening",
        (0, Part.TONIGHT): "tonight tonite tonigt this_night later_tonight later_on_tonight",
    },
    units={
        Unit.SECOND: "s sec secs second seconds",
        Unit.MINUTE: "m min mins minute minutes minuets",
        Unit.HOUR: "h hr hrs hour hours",
        Unit.DAY: "d day days",
        Unit.WEEK: "w wk wks week weeks",
        Unit.FORTNIGHT: "fortnight fortnights",
        Unit.MONTH: "month months mo",
        Unit.YEAR: "y yr yrs year years",
    },
    amounts={0.75: "three_quarters"},
    holidays={
        (12, 24): "christmas_eve xmas_eve x_mas_eve",
        (12, 25): "christmas christmas_day xmas xmas_day",
        (12, 26): "boxing_day",
        (12, 31): "new_year_s_eve new_years_eve nye",
        (1, 1): "new_year_s_day new_years_day",
        (10, 31): "halloween",
        (2, 14): "valentine_s_day valentines_day valentine_s valentines",
    },
    words={
        Kind.A: "a an",
        Kind.THIS: "this",
        Kind.COMING: "coming upcoming this_coming this_upcoming",
        Kind.NEXT: "next nxt",
        Kind.LAST: "last",
        Kind.ARTICLE: "the",
        Kind.ORDINAL_SUFFIX: "st nd rd th",
        Kind.AM: "am",
        Kind.PM: "pm",
        Kind.NOON: "noon midday noontime high_noon",
        Kind.MIDNIGHT: "midnight",
        Kind.OCLOCK: "o_clock oclock h",
        Kind.QUARTER: "quarter a_quarter",
        Kind.HALF: "half",
        Kind.AND_HALF: "and_a_half and_half",
        Kind.PAST: "past after",
        Kind.TO: "to till til before",
        Kind.AND: "and",
        Kind.IN: "in within",
        Kind.FROM_NOW: "from_now",
        Kind.WEEK_AFTER: "week",
        Kind.LATER: "later",
        Kind.EARLIER: "earlier sooner",
        Kind.BEFORE: "before beforehand",
        Kind.AT: "at from starting_at starting start_at starts_at",
        Kind.ON: "on",
        Kind.OF: "of in",
        Kind.FROM: "from after",
        Kind.UNTIL: "to until till til thru through",
        Kind.RECURRING: (
            "every each weekly daily monthly biweekly fortnightly mondays tuesdays wednesdays "
            "thursdays fridays saturdays sundays weekdays weekends"
        ),
        Kind.VAGUE: (
            "ish sometime around about approx approximately roughly soon later maybe probably "
            "weekend week_end ca circa whenever anytime someday few couple several early late "
            "almost nearly eod eow eom asap tbd tba"
        ),
        Kind.GONE: "yesterday ago last_night last_week yday",
        Kind.NOW: "now right_now",
        Kind.OR: "or",
    },
    each_weekday="mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays",
    repetitions={
        Kind.EVERY: "every each",
        Kind.OTHER: "other",
        Kind.WEEKLY: "weekly once_a_week",
        Kind.FORTNIGHTLY: "fortnightly",
        Kind.MONTHLY: "monthly once_a_month",
        Kind.BIWEEKLY: "biweekly bi_weekly bimonthly bi_monthly",
        Kind.OF_MONTH: "of_the_month of_every_month of_each_month in_the_month",
        Kind.LAST_DAY: "last_day",
        Kind.SAME_WEEKDAY: "same_weekday same_day",
        Kind.SAME_DATE: "same_date",
        Kind.DAY_NUMBER: "day",
        Kind.TIMES: "time times x session sessions date dates",
        Kind.FOR: "for",
        Kind.UNTIL: "until till til up_to through",
    },
)
