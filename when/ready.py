"""The dictionaries of all languages, read before anybody types."""

from when.languages import ENGLISH, TABLES
from when.lengths import parse_duration
from when.phrases.parse import borrowed_lexicon, own_lexicon, pure_lexicon


def prepare() -> None:
    """Read all dictionaries now: 40 ms of work that the first phrases would wait for."""
    for code in TABLES:
        own_lexicon(code)
        pure_lexicon(code)
        if code != ENGLISH.code:
            borrowed_lexicon(code)
    parse_duration("1h")
