"""Discord's languages and ours: what we have, and what we speak instead of what we lack."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import translation

# By the part of Discord's codes that names the language: Discord knows one Portuguese alone.
_LANGUAGES = {"en": "en", "de": "de", "fr": "fr", "es": "es", "pt": "pt-br"}
# Discord's codes for each of our languages but English, in which everything is written.
DISCORD_CODES = {
    "de": ("de",),
    "fr": ("fr",),
    "es": ("es-ES", "es-419"),
    "pt-br": ("pt-BR",),
}
_locale: ContextVar[str] = ContextVar("locale", default="")
# What announcements may be written in: Discord's codes, and each language's name for itself.
NAMES = {
    ({"en": ("en-US",)} | DISCORD_CODES)[language][0]: name for language, name in settings.LANGUAGES
}


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
