"""Names and descriptions of commands and options, in all locales."""

from __future__ import annotations

import unicodedata
from typing import Any

from sandbox.validation.fields import NO_OBJECT, Form
from sandbox.world.state import Json

# Those of https://docs.discord.com/developers/reference#locales, and two that Discord's
# description has besides: ar and he.
LOCALES = frozenset(
    {
        "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
        "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi",
        "th", "zh-CN", "ja", "zh-TW", "ko", "ar", "he",
    }
)  # fmt: skip
NAME_MOST, DESCRIPTION_MOST, CHOICE_MOST = 32, 100, 100
_INVALID_NAME = ("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
# The Devanagari and Thai scripts, whose vowel signs are neither letters nor numbers.
_SCRIPTS = (
    (0x0900, 0x0950), (0x0955, 0x0963), (0x0966, 0x097F), (0xA8E0, 0xA8FF), (0x11B00, 0x11B09),
    (0x0E01, 0x0E3A), (0x0E40, 0x0E5B),
)  # fmt: skip


def check_name(form: Form, body: Json, *, slash: bool = True) -> None:
    """Check a name of 1 to 32 characters; one that is typed after a slash has rules of its own."""
    name = form.text(body, "name", NAME_MOST, shortest=1, required=True)
    if name and slash and not is_name(name):
        form.error("name", *_INVALID_NAME)
    check_localizations(form, body, "name_localizations", NAME_MOST, names=slash)


def check_description(form: Form, body: Json) -> None:
    form.text(body, "description", DESCRIPTION_MOST, shortest=1, required=True)
    check_localizations(form, body, "description_localizations", DESCRIPTION_MOST)


def check_localizations(
    form: Form, body: Json, field: str, longest: int, *, names: bool = False
) -> None:
    """Check a text in other locales, under the same rules as the text itself."""
    texts: Any = body.get(field)
    if texts is None:
        return
    if not isinstance(texts, dict):
        form.error(field, *NO_OBJECT)
        return
    with form.at(field):
        for locale, text in texts.items():
            if locale not in LOCALES:
                form.error(locale, "BASE_TYPE_CHOICES", "Not a locale Discord knows.")
            elif not isinstance(text, str) or not 1 <= len(text) <= longest:
                message = f"Must be between 1 and {longest} in length."
                form.error(locale, "BASE_TYPE_BAD_LENGTH", message)
            elif names and not is_name(text):
                form.error(locale, *_INVALID_NAME)


def is_name(name: str) -> bool:
    """Tell whether it fits `^[-_'\\p{L}\\p{N}\\p{sc=Deva}\\p{sc=Thai}]{1,32}$`, in lower case."""
    return 1 <= len(name) <= NAME_MOST and name == name.lower() and all(map(_is_allowed, name))


def _is_allowed(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return any(low <= ord(character) <= high for low, high in _SCRIPTS)
