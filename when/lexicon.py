"""A dictionary made of a language's table: it finds the longest known form in a row of words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from when.languages.table import Kind, Table
from when.spelling import fold


@dataclass(frozen=True, slots=True)
class Term:
    """One meaning of a word, with the numbers it carries."""

    kind: Kind
    numbers: tuple[float, ...] = ()


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
        besides: Entries | None = None,
    ) -> None:
        self.code = code
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
    return Lexicon(table.code, _entries(_terms(table, abbreviations=not borrowed)))


def build_repetition_lexicon(table: Table) -> Lexicon:
    """The table's words, and besides those that only repetitions are said with."""
    terms = (*_terms(table, abbreviations=True), *_repetition_terms(table))
    return Lexicon(table.code, _entries(terms))


def _repetition_terms(table: Table) -> Iterator[tuple[str, Term]]:
    for kind, forms in table.repetitions.items():
        for form in forms.split():
            yield form, _term(kind)
    for number, forms in table.more_ordinals.items():
        for form in forms.split():
            yield form, _term(Kind.ORDINAL, (number,))
    for number, forms in enumerate(table.each_weekday.split("|")):
        for form in forms.split():
            yield form, _term(Kind.EACH_WEEKDAY, (number,))


def _entries(terms: Iterable[tuple[str, Term]]) -> Entries:
    entries: Entries = {}
    for form, term in terms:
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
