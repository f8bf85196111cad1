"""A repetition as people type it, read and written: "every 2 weeks on tue, thu until 2027-03-01".

Weekly on some days or every so many weeks, monthly by date, by the nth or last of a weekday or on
the last day, until a date or for a number of times; in each of our languages.
"""

from dataclasses import dataclass
from datetime import date

from when.dictionaries import language_of, repetition_lexicon
from when.languages import ENGLISH, TABLES
from when.phrases.tokens import tokenize
from when.reading import Reason, Refused
from when.repetitions.draft import TwoMeanings
from when.repetitions.grammar import read_tokens
from when.repetitions.rule import LAST, WEEKDAY_NAMES, Frequency, Rule
from when.spelling import normalize
from when.switches import is_off

MOST_CHARACTERS = 80
_ONCE = frozenset({"once"})
_NTH = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", LAST: "last"}


@dataclass(frozen=True, slots=True)
class RepetitionReading:
    """A rule, or None for no repetition where the reason is OK; else why there is none.

    `alternatives` are what a phrase with several meanings may mean.
    """

    rule: Rule | None
    reason: Reason
    alternatives: tuple[Rule, ...] = ()


def parse_repetition(text: str, *, first: date, locale: str = "en") -> RepetitionReading:
    """The rule a text means; what it does not say comes from the date of the first session."""
    if len(text) > MOST_CHARACTERS:
        return RepetitionReading(None, Reason.TOO_LONG)
    normal = normalize(text)
    if not text.strip() or is_off(text) or normal in _ONCE:
        return RepetitionReading(None, Reason.OK)
    own = _read(normal, language_of(locale), first)
    if own.rule or own.alternatives:
        return own
    english = _read(normal, ENGLISH.code, first)
    if english.rule or english.alternatives:
        return english
    return _read_foreign(normal, first) or own


def write_repetition(rule: Rule) -> str:
    """As `parse_repetition` reads it."""
    unit = "week" if rule.frequency == Frequency.WEEKLY else "month"
    parts = [f"every {unit}" if rule.interval == 1 else f"every {rule.interval} {unit}s"]
    names = [WEEKDAY_NAMES[day] for day in rule.weekdays]
    if rule.frequency == Frequency.WEEKLY:
        parts.append("on " + ", ".join(name[:3] for name in names))
    elif rule.month_day == LAST:
        parts.append("on the last day")
    elif rule.month_day:
        parts.append(f"on day {rule.month_day}")
    else:
        parts.append(f"on the {_NTH[rule.nth]} {names[0]}")
    if rule.until:
        parts.append(f"until {rule.until.isoformat()}")
    if rule.count:
        parts.append(f"for {rule.count} times")
    return " ".join(parts)


def _read(normal: str, language: str, first: date) -> RepetitionReading:
    try:
        tokens = tokenize(normal, repetition_lexicon(language))
        return RepetitionReading(read_tokens(tokens, first), Reason.OK)
    except TwoMeanings as several:
        return RepetitionReading(None, Reason.AMBIGUOUS_DATE, several.rules)
    except Refused as refused:
        return RepetitionReading(None, refused.reason)


def _read_foreign(normal: str, first: date) -> RepetitionReading | None:
    """The reading that all languages that can read it agree on."""
    readings = [_read(normal, language, first) for language in TABLES]
    found = [reading for reading in readings if reading.rule or reading.alternatives]
    if not found or any(reading != found[0] for reading in found):
        return None
    return found[0]
