"""A row of tokens with the questions the grammar asks of it."""

from collections.abc import Sequence

from when.languages.table import Kind
from when.phrases.tokens import Token


class Line:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._kinds = [frozenset(term.kind for term in token.terms) for token in tokens]

    def __len__(self) -> int:
        return len(self._tokens)

    def text(self, place: int) -> str:
        return self._tokens[place].text if place < len(self) else ""

    def has(self, place: int, *kinds: Kind) -> bool:
        return 0 <= place < len(self._kinds) and not self._kinds[place].isdisjoint(kinds)

    def is_only(self, place: int, kind: Kind) -> bool:
        return 0 <= place < len(self._kinds) and self._kinds[place] == {kind}

    def is_glued(self, place: int) -> bool:
        return place < len(self) and self._tokens[place].glued

    def value(self, place: int, kind: Kind) -> int:
        return self.values(place, kind)[0]

    def values(self, place: int, kind: Kind) -> tuple[int, ...]:
        return tuple(int(number) for number in self._tokens[place].numbers(kind))

    def amount(self, place: int, kind: Kind) -> float:
        return self._tokens[place].numbers(kind)[0]

    def skip(self, place: int, *kinds: Kind) -> int:
        """The first place from here on that has none of the kinds."""
        while self.has(place, *kinds):
            place += 1
        return place

    def is_digits(self, place: int, *, most: int) -> bool:
        return self.has(place, Kind.INTEGER) and self.values(place, Kind.INTEGER)[1] <= most

    def is_four_digits(self, place: int) -> bool:
        return self.has(place, Kind.INTEGER) and self.values(place, Kind.INTEGER)[1] == 4

    def whole(self, place: int) -> int | None:
        """A number of one or two digits, or a number word, if it is a whole one."""
        if self.is_digits(place, most=2):
            return self.value(place, Kind.INTEGER)
        if self.has(place, Kind.NUMBER) and self.amount(place, Kind.NUMBER) % 1 == 0:
            return self.value(place, Kind.NUMBER)
        return None

    def is_meridiem(self, place: int) -> bool:
        """AM or PM; the German "am" before a day is "on" instead."""
        if not self.has(place, Kind.AM, Kind.PM):
            return False
        return not self.has(place, Kind.ON) or self.is_glued(place) or place + 1 == len(self)
