"""The answer of `parse_when`, and the reasons it gives for refusing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto


class Reason(StrEnum):
    """Why a phrase has no reading; `OK` when it has one."""

    OK = auto()
    EMPTY = auto()
    TOO_LONG = auto()
    UNKNOWN_WORDS = auto()
    NOT_UNDERSTOOD = auto()  # every word is known, together they make no sense
    NO_TIME = auto()  # a day without a clock time
    NO_DAY = auto()  # "next week 8pm"
    NEEDS_AM_PM = auto()  # alternatives: the two readings
    AMBIGUOUS_DATE = auto()  # alternatives: the readings
    AMBIGUOUS_ZONE = auto()
    VAGUE = auto()  # "around 8", "this weekend"
    RECURRING = auto()  # "every friday"
    SEVERAL = auto()  # two days, two times
    CONTRADICTION = auto()  # "thu 20 nov" when that is a Friday
    BAD_NUMBER = auto()  # 25:00, 13pm, 30 February
    NOW = auto()  # "now" alone, which is not ahead
    PAST = auto()
    TOO_FAR = auto()  # more than two years ahead
    NONEXISTENT = auto()  # skipped by a clock change; alternatives: before and after it
    TWOFOLD = auto()  # repeated by a clock change; alternatives: first and second time


class Note(StrEnum):
    """Why an accepted phrase has other readings."""

    NEARER_DAY = auto()  # "next friday": the nearer Friday
    LATER_DAY = auto()  # "wednesday" on a Wednesday: the one in a week
    AFTER_MIDNIGHT = auto()  # "tomorrow" at 00:10: today, once awake again
    ZONE_LETTERS = auto()  # "EST" in July: taken word for word
    ZONE_DAY = auto()  # "tomorrow 8pm AEDT": tomorrow where the writer is


@dataclass(frozen=True, slots=True)
class Reading:
    """The instant a phrase means, or why it means none.

    `when` and `alternatives` are aware, in the zone `zone` (IANA). `alternatives` are other
    readings to offer, soonest first, all in the future. `until` is the end of a range such as
    "8pm-11pm". `detail` is the word or number that offended.
    """

    when: datetime | None
    zone: str
    reason: Reason
    alternatives: tuple[datetime, ...] = ()
    note: Note | None = None
    detail: str = ""
    until: datetime | None = None


class Refused(Exception):
    """Ends the reading of a phrase; never leaves this package."""

    def __init__(
        self, reason: Reason, detail: str = "", alternatives: tuple[datetime, ...] = ()
    ) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        self.alternatives = alternatives
