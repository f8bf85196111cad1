"""Reads when something shall happen from what somebody typed."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from when.dictionaries import borrowed_lexicon, own_lexicon, pure_lexicon
from when.languages import ENGLISH, TABLES
from when.languages.table import Kind
from when.lexicon import Lexicon
from when.phrases.grammar import read_phrase
from when.phrases.instants import resolve
from when.phrases.moves import Moved, resolve_move
from when.phrases.phrase import Habits
from when.phrases.tokens import Token, tokenize
from when.reading import Reading, Reason, Refused
from when.spelling import normalize
from when.zones.iana import get_zone

MOST_CHARACTERS = 80
# "12.12." is a day; without its last dot it might be a clock time.
_ENDS_IN_DATE = re.compile(r"(?<!\d)\d{1,2}\.(?:0?[1-9]|1[0-2])\.\s*$")
# Where English is written and clocks are read to 23.
_ENGLISH_WITH_24_HOURS = frozenset({"en-gb", "en-ie", "en-za"})


@dataclass(frozen=True, slots=True)
class _Writer:
    """The writer's moment, zone and customs."""

    now: datetime
    zone: str
    day_first: bool | None
    has_24_hours: bool
    moved: Moved | None

    def habits(self, language: str) -> Habits:
        table = TABLES[language]
        return Habits(
            day_first=self.day_first,
            hour_word_tells_clock=table.hour_word_tells_clock,
            has_24_hours=self.has_24_hours,
            has_time=self.moved is not None,
            day_needs_no_mark=table.day_needs_no_mark,
        )


def parse_when(
    text: str,
    *,
    now: datetime,
    zone: str,
    locale: str = "en",
    day_first: bool | None = None,
    moved: Moved | None = None,
) -> Reading:
    """The one instant a phrase means, or the reason why there is none; raises for no text.

    `now` is aware; `zone` is an IANA name (raises ZoneInfoNotFoundError for others); `locale` is
    the writer's language, "de" or "pt-BR". `day_first` settles 05/12, which is refused otherwise.
    `moved` is what the phrase gives another time: what is left unsaid stays as it is there.
    The instant is always ahead of `now` and within two years.
    """
    get_zone(zone)
    if len(text) > MOST_CHARACTERS:
        return Reading(None, zone, Reason.TOO_LONG)
    normal = normalize(text)
    if not normal:
        return Reading(None, zone, Reason.EMPTY)
    if moved is not None and _ENDS_IN_DATE.search(text):
        normal += "."
    own = own_lexicon(locale)
    writer = _Writer(now, zone, day_first, has_24_hours(locale), moved)
    reading, tokens = _read(normal, own, writer)
    if reading.reason in (Reason.OK, Reason.AMBIGUOUS_ZONE) or _has(tokens, Kind.TWO_MEANINGS):
        return reading
    if not _has(tokens, Kind.UNKNOWN):
        if not _has(tokenize(normal, pure_lexicon(own.code)), Kind.UNKNOWN):
            return reading
        english, _ = _read(normal, own_lexicon("en"), writer)
        return english if english.reason is Reason.OK else reading
    if not any(_tells_a_language(token) for token in tokens if token.has(Kind.UNKNOWN)):
        return reading
    return _read_foreign(normal, own, writer) or reading


def has_24_hours(locale: str) -> bool:
    """Whether a bare 20 can be an hour where people write so; no where the language is not ours."""
    tag = locale.replace("_", "-").lower()
    table = TABLES.get(tag.partition("-")[0])
    return tag in _ENGLISH_WITH_24_HOURS or (table is not None and table.has_24_hours)


def _has(tokens: list[Token], kind: Kind) -> bool:
    return any(token.has(kind) for token in tokens)


def _tells_a_language(token: Token) -> bool:
    """Whether a word is long enough to be no accident: "no 8pm" is not Portuguese."""
    return len(token.text) >= 4 or not token.text.isascii()


def _read_foreign(text: str, own: Lexicon, writer: _Writer) -> Reading | None:
    """The reading that all languages that know every word agree on; None if none does."""
    readings = []
    for code in TABLES:
        if code in (own.code, ENGLISH.code):
            continue
        reading, tokens = _read(text, borrowed_lexicon(code), writer)
        if not _has(tokens, Kind.UNKNOWN):
            readings.append(reading)
    if not readings:
        return None
    refused = next((reading for reading in readings if reading.reason is not Reason.OK), None)
    if refused:
        return refused
    if len({reading.when for reading in readings}) > 1:
        return replace(
            readings[0],
            when=None,
            until=None,
            note=None,
            reason=Reason.AMBIGUOUS_DATE,
            alternatives=tuple(sorted({r.when for r in readings if r.when is not None})),
        )
    return readings[0]


def _read(text: str, lexicon: Lexicon, writer: _Writer) -> tuple[Reading, list[Token]]:
    tokens = tokenize(text, lexicon)
    try:
        phrase = read_phrase(tokens, writer.habits(lexicon.code))
        if writer.moved is None:
            return resolve(phrase, now=writer.now, zone=writer.zone), tokens
        return resolve_move(phrase, writer.moved, now=writer.now, zone=writer.zone), tokens
    except Refused as refused:
        tz = get_zone(writer.zone)
        alternatives = tuple(when.astimezone(tz) for when in refused.alternatives)
        return Reading(
            None, writer.zone, refused.reason, alternatives, detail=refused.detail
        ), tokens
