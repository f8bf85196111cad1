"""The words of one language, and the kinds of meaning a word can have.

A language is a `Table` of plain strings. Forms are separated by spaces; an underscore joins the
words of one form ("day_after_tomorrow"); "|" separates Monday from Tuesday and one from two.
Case and accents never matter, so "übermorgen", "UBERMORGEN" and "Übermorgen" are one form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, auto


class Kind(StrEnum):
    """The meanings of a word or a literal."""

    # days
    WEEKDAY = auto()  # 0 is Monday
    MONTH = auto()
    DAY = auto()  # days from today
    DAY_PART = auto()  # (days from today, part): "tonight"
    HOLIDAY = auto()  # (month, day)
    THIS = auto()
    COMING = auto()
    NEXT = auto()
    NEXT_OR_COMING = auto()  # "el próximo viernes": this week's or next week's
    LAST = auto()
    WEEK_AHEAD = auto()  # "next week" is 1, "this week" is 0
    ARTICLE = auto()  # "the 25": a number after it is a day of the month
    # numbers
    A = auto()  # the indefinite article, a one only before a unit
    NUMBER = auto()
    ORDINAL = auto()
    ORDINAL_SUFFIX = auto()
    # clock
    AM = auto()
    PM = auto()
    PART = auto()
    NOON = auto()
    MIDNIGHT = auto()
    OCLOCK = auto()
    QUARTER = auto()
    HALF = auto()
    HALF_TO = auto()  # "halb acht" is 7:30
    AND_HALF = auto()
    AND_QUARTER = auto()
    LESS_QUARTER = auto()
    PAST = auto()
    TO = auto()
    AND = auto()
    AND_MINUTES = auto()  # "las ocho y diez"; in English 8 and 10 are two times
    MINUS = auto()
    # lengths of time
    UNIT = auto()
    LONE_UNIT = auto()  # a unit that means one of it: "через час"
    SPAN = auto()  # a whole length in minutes: "Viertelstunde"
    IN = auto()
    FROM_NOW = auto()
    LATER = auto()  # "an hour later": than what is moved
    EARLIER = auto()
    BEFORE = auto()  # "2 hours before": the start
    WEEK_AFTER = auto()  # "friday week": a week after the coming Friday
    # joints
    AT = auto()
    ON = auto()
    OF = auto()
    FROM = auto()
    UNTIL = auto()
    SUFFIX = auto()  # a case ending that says nothing: "20:00'de"
    # repetitions
    EVERY = auto()
    EVERY_NUMBER = auto()  # "om de 2 weken": every, where a number follows
    OTHER = auto()  # "every other week"
    EVERY_OTHER = auto()  # "varannan vecka"
    ALTERNATE = auto()  # "un vendredi sur deux"
    WEEKLY = auto()
    FORTNIGHTLY = auto()
    MONTHLY = auto()
    BIWEEKLY = auto()  # twice a week, or every two weeks?
    WEEK_EACH = auto()  # after a number: "2週間ごと"
    MONTH_EACH = auto()
    EACH_WEEKDAY = auto()  # "montags": 0 is Monday
    OF_MONTH = auto()  # "of the month", "of every month"
    LAST_DAY = auto()
    SAME_WEEKDAY = auto()
    SAME_DATE = auto()
    DAY_NUMBER = auto()  # "day 15", "el día 15"
    NTH_MARK = auto()  # "第2金曜日"
    TIMES = auto()
    FOR = auto()
    UNTIL_AFTER = auto()  # after the date: "3月1日まで"
    # literals
    INTEGER = auto()  # (value, digits written)
    COLON = auto()  # (hour, minute, second, digits of the hour)
    H_CLOCK = auto()  # "20h30": (hour, minute)
    KANJI_CLOCK = auto()  # "8時", "8時半": (hour, minute, 1 if the minute was counted)
    DOTTED = auto()  # "20.30", "25.12" or "1.50": (left, right, digits of the right)
    DASHED = auto()  # "20-11" or "20-23": (left, right)
    ISO_DATE = auto()  # (year, month, day)
    DAY_MONTH = auto()  # "25.12.2026", "12月25日": (day, month, year or 0)
    SLASHED = auto()  # order unknown: (left, right, year or 0)
    MONTH_DAY = auto()  # "25日"
    INSTANT = auto()  # seconds since 1970
    OFFSET = auto()  # (minutes east of UTC, 1 if it may be the end of a range)
    ZONE = auto()
    DASH = auto()
    PLUS = auto()
    # words that are understood and refused
    RECURRING = auto()
    VAGUE = auto()
    GONE = auto()  # "yesterday", "ago"
    NOW = auto()
    OR = auto()
    TWO_MEANINGS = auto()  # "mar" is martes or marzo
    UNKNOWN = auto()


class Part(IntEnum):
    """A part of the day; says which half of the clock an hour belongs to."""

    EARLY = 0  # "de la madrugada"
    MORNING = 1
    MIDDAY = 2
    AFTERNOON = 3
    EVENING = 4
    NIGHT = 5
    TONIGHT = 6  # the English evening and the night after it


class Unit(IntEnum):
    SECOND = 0
    MINUTE = 1
    HOUR = 2
    DAY = 3
    WEEK = 4
    FORTNIGHT = 5
    MONTH = 6
    YEAR = 7


@dataclass(frozen=True)
class Table:
    """One language as its speakers would write it down; see the module's notes on forms."""

    code: str
    weekdays: str  # the full name first: borrowed languages use no abbreviations
    months: str
    numbers: Mapping[int, str]
    ordinals: Mapping[int, str]
    days: Mapping[int, str]
    weeks: Mapping[int, str]  # weeks from this one
    parts: Mapping[Part, str]
    units: Mapping[Unit, str]
    words: Mapping[Kind, str]
    day_parts: Mapping[tuple[int, Part], str] = field(default_factory=dict)
    holidays: Mapping[tuple[int, int], str] = field(default_factory=dict)
    spans: Mapping[float, str] = field(default_factory=dict)  # minutes
    amounts: Mapping[float, str] = field(default_factory=dict)  # "anderthalb"
    lone_units: Mapping[Unit, str] = field(default_factory=dict)
    repetitions: Mapping[Kind, str] = field(default_factory=dict)
    more_ordinals: Mapping[int, str] = field(default_factory=dict)  # of weekdays: "primeira"
    each_weekday: str = ""  # "montags|dienstags", as `weekdays`
    hour_word_tells_clock: bool = False  # "2 heures" may mean two o'clock
    day_needs_no_mark: bool = True  # "vendredi 20" is the 20th, in German only "Freitag, 20."
    has_24_hours: bool = True  # how clocks are read where no region says otherwise
