"""Discord's languages and ours: each that we have, and what we speak instead of one we lack."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import translation

# By the part of Discord's codes that names the language: Discord knows one Portuguese alone.
_LANGUAGES = {language.partition("-")[0]: language for language, _name in settings.LANGUAGES}
# Discord's codes for each of our languages but English, in which everything is written.
DISCORD_CODES = {
    language: codes
    for language, codes in settings.DISCORD_LANGUAGES.items()
    if language != settings.LANGUAGE_CODE
}
_locale: ContextVar[str] = ContextVar("locale", default="")
# What announcements may be written in: Discord's codes, and each language's name for itself.
NAMES = {settings.DISCORD_LANGUAGES[language][0]: name for language, name in settings.LANGUAGES}


def find_language(locale: str) -> str | None:
    """Our language for Discord's `locale` (`es-419`, `en-GB`), or None where we lack it."""
    return _LANGUAGES.get(locale.replace("_", "-").partition("-")[0].lower())


def language_of(locale: str) -> str:
    """Our language for Discord's `locale`; English where we lack it, or it is not known."""
    return find_language(locale) or settings.LANGUAGE_CODE


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """Speak the language of Discord's `locale` within the block, and remember which that was."""
    with translation.override(language_of(locale)), listening_in(locale):
        yield


@contextmanager
def listening_in(locale: str) -> Iterator[None]:
    """What is typed within the block is in the language of `locale`, whether we speak it or not."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def spoken_locale() -> str:
    """Of whoever we listen to; the language we speak where theirs is not known."""
    return _locale.get() or translation.get_language() or settings.LANGUAGE_CODE
