"""Reads when something shall happen from what somebody typed."""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from when.languages import ENGLISH, TABLES
from when.languages.lexicon import Kind, Lexicon, build_lexicon
from when.phrases.grammar import read_phrase
from when.phrases.resolve import resolve
from when.phrases.tokens import Token, normalize, tokenize
from when.reading import Reading, Reason, Refused
from when.zones import get_zone

MOST_CHARACTERS = 80


def parse_when(
    text: str,
    *,
    now: datetime,
    zone: str,
    locale: str = "en",
    day_first: bool | None = None,
) -> Reading:
    """The one instant a phrase means, or the reason why there is none; raises for no text.

    `now` is aware; `zone` is an IANA name (raises ZoneInfoNotFoundError for others); `locale` is
    the writer's language, "de" or "pt-BR". `day_first` settles 05/12, which is refused otherwise.
    The instant is always ahead of `now` and within two years.
    """
    get_zone(zone)
    if len(text) > MOST_CHARACTERS:
        return Reading(None, zone, Reason.TOO_LONG)
    normal = normalize(text)
    if not normal:
        return Reading(None, zone, Reason.EMPTY)
    own = own_lexicon(locale)
    reading, tokens = _read(normal, own, now, zone, day_first)
    if reading.reason in (Reason.OK, Reason.AMBIGUOUS_ZONE) or _has(tokens, Kind.TWO_MEANINGS):
        return reading
    if not _has(tokens, Kind.UNKNOWN):
        if not _has(tokenize(normal, pure_lexicon(own.code)), Kind.UNKNOWN):
            return reading
        english, _ = _read(normal, own_lexicon("en"), now, zone, day_first)
        return english if english.reason is Reason.OK else reading
    if not any(_tells_a_language(token) for token in tokens if token.has(Kind.UNKNOWN)):
        return reading
    return _read_foreign(normal, own, now, zone, day_first) or reading


@lru_cache(maxsize=len(TABLES))
def _lexicon(code: str) -> Lexicon:
    return pure_lexicon(code).besides(pure_lexicon(ENGLISH.code))


def own_lexicon(locale: str) -> Lexicon:
    """The words of a locale's language and English; English alone where we lack the language."""
    code = locale.replace("_", "-").partition("-")[0].lower()
    return _lexicon(code if code in TABLES else ENGLISH.code)


@lru_cache(maxsize=len(TABLES))
def pure_lexicon(code: str) -> Lexicon:
    return build_lexicon(TABLES[code])


@lru_cache(maxsize=len(TABLES))
def borrowed_lexicon(code: str) -> Lexicon:
    return build_lexicon(TABLES[code], borrowed=True).besides(pure_lexicon(ENGLISH.code))


def _has(tokens: list[Token], kind: Kind) -> bool:
    return any(token.has(kind) for token in tokens)


def _tells_a_language(token: Token) -> bool:
    """Whether a word is long enough to be no accident: "no 8pm" is not Portuguese."""
    return len(token.text) >= 4 or not token.text.isascii()


def _read_foreign(
    text: str, own: Lexicon, now: datetime, zone: str, day_first: bool | None
) -> Reading | None:
    """What the languages that know every word agree on; None if none knows them all."""
    readings = []
    for code in TABLES:
        if code in (own.code, ENGLISH.code):
            continue
        reading, tokens = _read(text, borrowed_lexicon(code), now, zone, day_first)
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


def _read(
    text: str, lexicon: Lexicon, now: datetime, zone: str, day_first: bool | None
) -> tuple[Reading, list[Token]]:
    tokens = tokenize(text, lexicon)
    try:
        phrase = read_phrase(
            tokens,
            day_first=day_first,
            hour_word_tells_clock=lexicon.hour_word_tells_clock,
        )
        return resolve(phrase, now=now, zone=zone), tokens
    except Refused as refused:
        tz = get_zone(zone)
        alternatives = tuple(when.astimezone(tz) for when in refused.alternatives)
        return Reading(None, zone, refused.reason, alternatives, detail=refused.detail), tokens
