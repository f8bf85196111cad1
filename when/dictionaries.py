"""The dictionaries of all languages, each made once."""

from functools import lru_cache

from when.languages import ENGLISH, TABLES
from when.lengths import parse_duration
from when.lexicon import Lexicon, build_lexicon, build_repetition_lexicon
from when.zones.cities import cities


def prepare() -> None:
    """Make all dictionaries now: 0.1 s of work that the first phrases would wait for."""
    for code in TABLES:
        own_lexicon(code)
        pure_lexicon(code)
        if code != ENGLISH.code:
            borrowed_lexicon(code)
    parse_duration("1h")
    cities()


@lru_cache(maxsize=len(TABLES))
def _lexicon(code: str) -> Lexicon:
    return pure_lexicon(code).besides(pure_lexicon(ENGLISH.code))


def own_lexicon(locale: str) -> Lexicon:
    """The words of a locale's language and English; English alone where we lack the language."""
    return _lexicon(language_of(locale))


def language_of(locale: str) -> str:
    """The code of a locale's language; English where we lack it."""
    code = locale.replace("_", "-").partition("-")[0].lower()
    return code if code in TABLES else ENGLISH.code


@lru_cache(maxsize=len(TABLES))
def pure_lexicon(code: str) -> Lexicon:
    return build_lexicon(TABLES[code])


@lru_cache(maxsize=len(TABLES))
def borrowed_lexicon(code: str) -> Lexicon:
    return build_lexicon(TABLES[code], borrowed=True).besides(pure_lexicon(ENGLISH.code))


@lru_cache(maxsize=len(TABLES))
def repetition_lexicon(code: str) -> Lexicon:
    """The words that repetitions are said with in one of our languages, and in English."""
    return build_repetition_lexicon(TABLES[code]).besides(
        build_repetition_lexicon(ENGLISH) if code == ENGLISH.code else repetition_lexicon("en")
    )
