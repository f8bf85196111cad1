"""The parts of a phrase, before a calendar is asked what they mean."""

from dataclasses import dataclass
from enum import Enum, IntEnum, auto

from when.languages.table import Part
from when.zones.zone import Zone


@dataclass(frozen=True, slots=True)
class Habits:
    """How the writer's language and region settle what words leave open."""

    day_first: bool | None = None  # 05/12 is the fifth of December; None where nobody knows
    hour_word_tells_clock: bool = False
    has_24_hours: bool = False
    has_time: bool = False  # the phrase moves something that has a time of day already
    day_needs_no_mark: bool = True


class Sure(IntEnum):
    """How far a clock time settles which half of the day it is in."""

    ASK = 0  # "at 8"
    LIKELY = 1  # "8:30": 24-hour, unless a part of the day says otherwise
    EXACT = 2  # "20:30", "08:30", "8pm"


@dataclass(frozen=True, slots=True)
class Clock:
    hour: int
    minute: int = 0
    second: int = 0
    sure: Sure = Sure.EXACT
    is_midnight: bool = False  # said as midnight or 12am: which end of a day is unsaid
    or_span: bool = False  # "2h" may also be two hours from now
    or_day: bool = False  # "friday 20" may also be the 20th


class Which(Enum):
    ANY = auto()
    NEXT = auto()
    NEXT_OR_COMING = auto()


@dataclass(frozen=True, slots=True)
class DayOffset:
    days: int


@dataclass(frozen=True, slots=True)
class OnWeekday:
    weekday: int  # 0 is Monday
    which: Which = Which.ANY


@dataclass(frozen=True, slots=True)
class OnDate:
    month: int
    day: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class EitherDate:
    """05/12: the order of day and month is not known."""

    first: OnDate
    second: OnDate


@dataclass(frozen=True, slots=True)
class OnMonthDay:
    day: int


@dataclass(frozen=True, slots=True)
class OnNthWeekday:
    nth: int  # -1 is the last
    weekday: int
    month: int
    year: int | None = None


Day = DayOffset | OnWeekday | OnDate | EitherDate | OnMonthDay | OnNthWeekday


@dataclass(frozen=True, slots=True)
class Span:
    """Months and days keep the wall clock, seconds are elapsed time."""

    months: int = 0
    days: int = 0
    seconds: int = 0
    starts_now: bool = False  # said: "in", "+", "from now"
    counts_from: bool = False  # said: "a week from friday"
    shift: int = 0  # said: later or "+" is 1, earlier or "-" is -1: than what is moved
    is_before_start: bool = False  # said: "before"

    @property
    def is_weeks(self) -> bool:
        return not self.months and not self.seconds and self.days > 0 and self.days % 7 == 0


@dataclass(frozen=True, slots=True)
class Phrase:
    day: Day | None = None
    weekday: int | None = None  # said besides a date, has to match it
    weeks_ahead: int | None = None
    clock: Clock | None = None
    until: Clock | None = None
    part: Part | None = None
    span: Span | None = None
    zone: Zone | None = None
    instant: int | None = None  # seconds since 1970
