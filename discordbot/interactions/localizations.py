"""Names and descriptions of commands in all our languages, as Discord registers them."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override, pgettext

from guilds.languages import DISCORD_CODES

# Names have contexts of their own in the catalogue: Discord takes only small letters there.
COMMAND, OPTION = "command name", "option name"


def named(name: str, context: str) -> dict[str, Any]:
    return _with_localizations("name", lambda: pgettext(context, name), english=name)


def described(description: str | Promise) -> dict[str, Any]:
    return _spoken("description", description)


def labelled(label: str | Promise) -> dict[str, Any]:
    """The label of one of an option's choices."""
    return _spoken("name", label)


def _spoken(key: str, text: str | Promise) -> dict[str, Any]:
    with override("en"):
        english = str(text)
    return _with_localizations(key, lambda: str(text), english=english)


def _with_localizations(key: str, say: Callable[[], str], *, english: str) -> dict[str, Any]:
    """The English text, and the others where they differ; Discord falls back to English."""
    localizations: dict[str, str] = {}
    for language, codes in DISCORD_CODES.items():
        with override(language):
            text = say()
        if text != english:
            localizations |= dict.fromkeys(codes, text)
    spoken: dict[str, Any] = {key: english}
    return spoken | ({f"{key}_localizations": localizations} if localizations else {})
