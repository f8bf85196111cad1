"""Discord's locales as languages of ours."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation


def language_of(locale: str) -> str:
    """Our language for Discord's `locale` (`pt-BR`, `en-US`); empty where we lack it."""
    try:
        return translation.get_supported_language_variant(locale.lower())
    except LookupError:
        return ""


def in_language(locale: str) -> AbstractContextManager[None]:
    """Speak the locale's language, or the site's where we lack it."""
    return translation.override(language_of(locale) or settings.LANGUAGE_CODE)
