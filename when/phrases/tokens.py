"""Cuts a phrase into tokens: literals by shape, words by the lexicon of a language."""

import re
from dataclasses import dataclass

from when.languages.table import Kind
from when.lexicon import Lexicon, Term
from when.zones.zone import MOST_WORDS, is_letters, is_offset, is_zone_name


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    terms: tuple[Term, ...]
    glued: bool  # nothing but its neighbour stands before it

    def has(self, kind: Kind) -> bool:
        return any(term.kind is kind for term in self.terms)

    def numbers(self, kind: Kind) -> tuple[float, ...]:
        return next(term.numbers for term in self.terms if term.kind is kind)


def _ints(match: re.Match[str]) -> tuple[float, ...]:
    return tuple(int(group or 0) for group in match.groups())


_LITERALS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.INSTANT, r"<t:(\d{1,11})(?::[a-z])?>"),
        (Kind.INSTANT, r"(\d{10})(?:000)?(?![\w.:/-])"),
        (Kind.ISO_DATE, r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?(?!\d*-)"),
        (Kind.ISO_DATE, r"(\d{4})/(\d{1,2})/(\d{1,2})(?![\d/])"),
        (Kind.ISO_DATE, r"(\d{4})\.(\d{1,2})\.(\d{1,2})\.?(?![\d.])"),
        (Kind.ISO_DATE, r"(20\d{2})(\d{2})(\d{2})t(?=\d)"),
        (Kind.ISO_DATE, r"(\d{4})年\s?(\d{1,2})月\s?(\d{1,2})日"),
        (Kind.DAY_MONTH, r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?![\d.:])"),
        (Kind.DAY_MONTH, r"(\d{1,2})\.(\d{1,2})\.(?!\d)()"),
        (Kind.SLASHED, r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/])"),
        (Kind.SLASHED, r"(\d{1,2})-(\d{1,2})-(\d{4})(?![\d-])"),
        (Kind.COLON, r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?(?![\d:])"),
        (Kind.KANJI_CLOCK, r"(\d{1,2})時(?!間)(?:(\d{1,2})分(?!後|間)|(半))?"),
        (Kind.MONTH, r"(\d{1,2})月"),
        (Kind.MONTH_DAY, r"(\d{1,2})日(?!後|間|以)"),
        (Kind.H_CLOCK, r"(\d{1,2})h(\d{2})(?!\w)"),
        (Kind.DASHED, r"(\d{1,2})-(\d{1,2})(?![\d.:/-])"),
        (Kind.DOTTED, r"(\d{1,3})\.(\d{1,2})(?![\d.:])"),
        (Kind.INTEGER, r"(\d{1,6})(?![\d:])"),
        (Kind.DASH, r"-"),
        (Kind.PLUS, r"\+"),
    )
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})(?![\d:]|\s?[ap]m)")
_NAMED_OFFSET = re.compile(r"(?:utc|gmt)\s?([+-])\s?(\d{1,2})(?::?(\d{2}))?(?![\d:])")
_IANA = re.compile(r"[a-z]+(?:/[a-z_]+(?:[+-]\w+)*){1,2}(?![\w/])")
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々]+")
_CLOCK_KINDS = (Kind.COLON, Kind.AM, Kind.PM, Kind.H_CLOCK, Kind.OCLOCK)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    term: Term | None  # None for a word
    glued: bool


def tokenize(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of a normalized text; a word nobody knows is one of kind UNKNOWN."""
    pieces = _cut(text, lexicon)
    tokens: list[Token] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.term is not None:
            tokens.append(Token(piece.text, (piece.term,), piece.glued))
            place += 1
            continue
        run = _words_from(pieces, place)
        taken, found = _look_up(run, lexicon, piece.glued)
        tokens += found
        place += taken
    return tokens


def _words_from(pieces: list[_Piece], place: int) -> list[str]:
    words = []
    while place < len(pieces) and pieces[place].term is None:
        words.append(pieces[place].text)
        place += 1
    return words


def _look_up(words: list[str], lexicon: Lexicon, glued: bool) -> tuple[int, list[Token]]:
    count, terms = lexicon.longest(words)
    is_known = terms[0].kind is not Kind.UNKNOWN
    named = _zone_words(words, count, is_known=is_known)
    if named:
        known = terms if named == count and is_known else ()
        return named, [Token(" ".join(words[:named]), (*known, Term(Kind.ZONE)), glued)]
    if not is_known:
        halves = _halves(words[0], lexicon)
        if halves:
            return 1, [Token(words[0], half, glued) for half in halves]
    return count, [Token(" ".join(words[:count]), terms, glued)]


def _zone_words(words: list[str], count: int, *, is_known: bool) -> int:
    """How many of the words name a zone; none where the language knows as many as a word.

    Letters such as PST may be both, and what stands around them decides.
    """
    for length in range(min(MOST_WORDS, len(words)), 0, -1):
        name = " ".join(words[:length])
        if length < count:
            break
        if is_letters(name) or ((length > count or not is_known) and is_zone_name(name)):
            return length
    return 0


def _halves(word: str, lexicon: Lexicon) -> tuple[tuple[Term, ...], ...]:
    """A day and its part written as one word: "Freitagabend", "morgenavond", "fredagskväll"."""
    for cut in range(5, len(word) - 2):
        _, day = lexicon.longest([word[:cut]])
        _, part = lexicon.longest([word[cut:].removeprefix("s")])
        is_day = any(term.kind in (Kind.WEEKDAY, Kind.DAY) for term in day)
        parts = tuple(term for term in part if term.kind is Kind.PART)
        if is_day and parts and not word.endswith("s"):
            return day, parts
    return ()


def _cut(text: str, lexicon: Lexicon) -> list[_Piece]:
    pieces: list[_Piece] = []
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
            continue
        glued = place > 0 and text[place - 1] != " "
        piece = _cut_piece(text, place, pieces, glued, lexicon)
        pieces.append(piece)
        place += len(piece.text)
        if piece.term is not None and piece.term.kind is Kind.INTEGER and _is_ordinal(text, place):
            pieces.append(_Piece(".", Term(Kind.ORDINAL_SUFFIX), glued=True))
            place += 1
    return pieces


def _is_ordinal(text: str, place: int) -> bool:
    return text[place : place + 1] == "." and text[place + 1 : place + 2] in ("", " ")


def _cut_piece(
    text: str, place: int, before: list[_Piece], glued: bool, lexicon: Lexicon
) -> _Piece:
    offset = _cut_offset(text, place, before, glued)
    if offset:
        return offset
    iana = _IANA.match(text, place)
    if iana:
        return _Piece(iana.group(), Term(Kind.ZONE), glued)
    for kind, pattern in _LITERALS:
        match = pattern.match(text, place)
        if match:
            return _Piece(match.group(), Term(kind, _literal_numbers(kind, match)), glued)
    script = _SCRIPT.match(text, place)
    if script:
        return _Piece(lexicon.prefix(script.group()) or script.group(), None, glued)
    word = _WORD.match(text, place)
    if word:
        return _Piece(word.group(), None, glued)
    return _Piece(text[place], Term(Kind.UNKNOWN), glued)


def _cut_offset(text: str, place: int, before: list[_Piece], glued: bool) -> _Piece | None:
    match = _NAMED_OFFSET.match(text, place)
    named = match is not None
    if match is None and before and _ends_clock(before[-1]):
        match = _OFFSET.match(text, place)
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    offset = (int(hours) * 60 + int(minutes or 0)) * (-1 if sign == "-" else 1)
    if not is_offset(offset):
        return None
    like_range = not named and sign == "-" and glued
    return _Piece(match.group(), Term(Kind.OFFSET, (offset, int(like_range))), glued)


def _ends_clock(piece: _Piece) -> bool:
    if piece.term is None:
        return piece.text in ("am", "pm")
    return piece.term.kind in _CLOCK_KINDS


def _literal_numbers(kind: Kind, match: re.Match[str]) -> tuple[float, ...]:
    if kind is Kind.KANJI_CLOCK:
        hour, minute, half = match.groups()
        return int(hour), 30 if half else int(minute or 0), int(minute is not None)
    if kind is Kind.INTEGER:
        return int(match.group()), len(match.group())
    if kind is Kind.COLON:
        return (*_ints(match), len(match.group(1)))
    if kind is Kind.DOTTED:
        return (*_ints(match), len(match.group(2)))
    if kind in (Kind.DAY_MONTH, Kind.SLASHED):
        left, right, year = _ints(match)
        return left, right, year + 2000 if 0 < year < 100 else year
    return _ints(match)
