"""When sessions repeat: a small part of RFC 5545's rules, counted in local wall time.

Pure: no database and no clock. `rule` is what may be said and its RRULE text, `dates` finds
the occurrences, `words` says a rule to people. `phrases` reads them as people type them.
"""

from when.repetitions.dates import Occurrence, Pattern, count_before, localise, next_dates
from when.repetitions.rule import (
    LAST,
    MOST_COUNT,
    BadRule,
    Frequency,
    Rule,
    monthly_by_date,
    monthly_by_weekday,
    moved,
    read_rule,
    weekly,
)
from when.repetitions.words import describe, marks

__all__ = [
    "LAST",
    "MOST_COUNT",
    "BadRule",
    "Frequency",
    "Occurrence",
    "Pattern",
    "Rule",
    "count_before",
    "describe",
    "localise",
    "marks",
    "monthly_by_date",
    "monthly_by_weekday",
    "moved",
    "next_dates",
    "read_rule",
    "weekly",
]
