"""Discord's languages and ours: what we have, and what we speak instead of what we lack."""

from contextlib import AbstractContextManager

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


def find_language(locale: str) -> str | None:
    """Our language for Discord's `locale` (`es-419`, `en-GB`), or None where we lack it."""
    return _LANGUAGES.get(locale.replace("_", "-").partition("-")[0].lower())


def language_of(locale: str) -> str:
    """Our language for Discord's `locale`; English where we lack it, or it is not known."""
    return find_language(locale) or settings.LANGUAGE_CODE


def in_language(locale: str) -> AbstractContextManager[None]:
    """Speak the language of Discord's `locale` within the block."""
    return translation.override(language_of(locale))
