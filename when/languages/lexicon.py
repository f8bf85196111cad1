"""What a word can mean, and the dictionary of one language.

A language is a `Table` of plain strings. Forms are separated by spaces; an underscore joins the
words of one form ("day_after_tomorrow"); "|" separates Monday from Tuesday and one from two.
Case and accents never matter, so "übermorgen", "UBERMORGEN" and "Übermorgen" are one form.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, auto
from functools import cache


class Kind(StrEnum):
    """What a word or a literal can stand for."""

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
    # joints
    AT = auto()
    ON = auto()
    OF = auto()
    FROM = auto()
    UNTIL = auto()
    SUFFIX = auto()  # a case ending that says nothing: "20:00'de"
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


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning of a word, with the numbers it carries."""

    kind: Kind
    numbers: tuple[float, ...] = ()


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
    hour_word_tells_clock: bool = False  # "2 heures" may mean two o'clock


_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe"})


def fold(text: str) -> str:
    """Lower case without accents; kana and Cyrillic keep the marks that make them letters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


# Many words of all languages mean the same.
_term = cache(Term)

Entries = dict[tuple[str, ...], tuple[Term, ...]]


class Lexicon:
    """Finds the longest known form at a place in a list of words."""

    def __init__(
        self,
        code: str,
        entries: Entries,
        *,
        hour_word_tells_clock: bool,
        besides: Entries | None = None,
    ) -> None:
        self.code = code
        self.hour_word_tells_clock = hour_word_tells_clock
        self.entries = entries
        self._besides = besides or {}
        forms = entries.keys() | self._besides.keys()
        self._most_words = max(len(form) for form in forms)
        self._scripts = sorted(
            (form[0] for form in forms if len(form) == 1 and not form[0].isascii()),
            key=len,
            reverse=True,
        )

    def besides(self, other: "Lexicon") -> "Lexicon":
        """Its words, and those of the other that it does not know itself."""
        return Lexicon(
            self.code,
            self.entries,
            hour_word_tells_clock=self.hour_word_tells_clock,
            besides=other.entries,
        )

    def longest(self, words: list[str]) -> tuple[int, tuple[Term, ...]]:
        """How many of the words the longest known form takes, and what it can mean."""
        for count in range(min(self._most_words, len(words)), 0, -1):
            form = tuple(words[:count])
            terms = self.entries.get(form) or self._besides.get(form)
            if terms is not None:
                return count, terms
        return 1, (Term(Kind.UNKNOWN),)

    def prefix(self, text: str) -> str | None:
        """The longest known form that starts a text written without spaces."""
        return next((form for form in self._scripts if text.startswith(form)), None)


def build_lexicon(table: Table, *, borrowed: bool = False) -> Lexicon:
    """The table's words.

    A `borrowed` table serves a member who chose another language: only its full names of weekdays
    and months count there, so that "sam 8pm" does not become Saturday in French.
    """
    entries = _entries(table, abbreviations=not borrowed)
    return Lexicon(table.code, entries, hour_word_tells_clock=table.hour_word_tells_clock)


def _entries(table: Table, *, abbreviations: bool) -> Entries:
    entries: Entries = {}
    for form, term in _terms(table, abbreviations=abbreviations):
        key = tuple(fold(form).replace("-", "_").split("_"))
        if term not in entries.get(key, ()):
            entries[key] = (*entries.get(key, ()), term)
    return entries


def _terms(table: Table, *, abbreviations: bool) -> Iterator[tuple[str, Term]]:
    for kind, names, first in (
        (Kind.WEEKDAY, table.weekdays, 0),
        (Kind.MONTH, table.months, 1),
    ):
        for number, forms in enumerate(names.split("|"), start=first):
            for form in forms.split() if abbreviations else forms.split()[:1]:
                yield form, _term(kind, (number,))
    numbered: tuple[tuple[Kind, Mapping[int, str] | Mapping[float, str]], ...] = (
        (Kind.NUMBER, table.numbers),
        (Kind.NUMBER, table.amounts),
        (Kind.ORDINAL, table.ordinals),
        (Kind.DAY, table.days),
        (Kind.WEEK_AHEAD, table.weeks),
        (Kind.PART, {int(part): forms for part, forms in table.parts.items()}),
        (Kind.UNIT, {int(unit): forms for unit, forms in table.units.items()}),
        (Kind.LONE_UNIT, {int(unit): forms for unit, forms in table.lone_units.items()}),
        (Kind.SPAN, table.spans),
    )
    for kind, group in numbered:
        for value, forms in group.items():
            for form in forms.split():
                yield form, _term(kind, (value,))
    for kind, pairs in ((Kind.DAY_PART, table.day_parts), (Kind.HOLIDAY, table.holidays)):
        for pair, forms in pairs.items():
            for form in forms.split():
                yield form, _term(kind, pair)
    for kind, forms in table.words.items():
        for form in forms.split():
            yield form, _term(kind)
