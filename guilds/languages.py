"""Discord's locales mapped to our languages, with English for those we lack."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import translation

# Keyed by the language part of Discord's codes: Discord has only one Portuguese.
_LANGUAGES = {language.partition("-")[0]: language for language, _name in settings.LANGUAGES}
# Discord's codes for each of our languages except English, the language of the sources.
DISCORD_CODES = {
    language: codes
    for language, codes in settings.DISCORD_LANGUAGES.items()
    if language != settings.LANGUAGE_CODE
}
_locale: ContextVar[str] = ContextVar("locale", default="")
# The languages for announcements: Discord's code, and the language's own name.
NAMES = {settings.DISCORD_LANGUAGES[language][0]: name for language, name in settings.LANGUAGES}


def find_language(locale: str) -> str | None:
    """Return our language for Discord's `locale` (`es-419`, `en-GB`), or None if we lack it."""
    return _LANGUAGES.get(locale.replace("_", "-").partition("-")[0].lower())


def language_of(locale: str) -> str:
    """Return our language for Discord's `locale`; English if it is unknown or we lack it."""
    return find_language(locale) or settings.LANGUAGE_CODE


@contextmanager
def in_language(locale: str) -> Iterator[None]:
    """Within the block, translate into the language of `locale` and read typed text in it."""
    with translation.override(language_of(locale)), listening_in(locale):
        yield


@contextmanager
def listening_in(locale: str) -> Iterator[None]:
    """Within the block, typed text is in the language of `locale`, even if we lack it."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def spoken_locale() -> str:
    """Return the locale of typed text; if it is unknown, the active language."""
    return _locale.get() or translation.get_language() or settings.LANGUAGE_CODE
