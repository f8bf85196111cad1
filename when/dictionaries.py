"""The dictionaries of all languages, each made once."""

from functools import lru_cache

from when.languages import ENGLISH, TABLES
from when.lengths import parse_duration
from when.lexicon import Lexicon, build_lexicon


def prepare() -> None:
    """Make all dictionaries now: 40 ms of work that the first phrases would wait for."""
    for code in TABLES:
        own_lexicon(code)
        pure_lexicon(code)
        if code != ENGLISH.code:
            borrowed_lexicon(code)
    parse_duration("1h")


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
