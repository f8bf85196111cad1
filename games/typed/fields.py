"""Convert a field's value to text and back, the same way in forms, commands and tables.

Moments are left out, since they need a clock and its zone (`guilds.typed_values`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from games.fields import Field, Kind
from games.typed.values import read_duration, read_number
from guilds.errors import Refused
from guilds.typed_values import read_reminders
from when import write_length, write_reminders

# Kinds that people type in words. Colours and choices are picked, but can be read here too.
WORDS = frozenset({Kind.LINE, Kind.TEXT, Kind.NUMBER, Kind.LENGTH, Kind.REMINDERS})
_WRITERS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.LENGTH: write_length,
    Kind.REMINDERS: write_reminders,
    Kind.COLOR: lambda color: f"#{color:06x}",
}


def write_value(field: Field, value: Any) -> str:
    """Return a text that `read_value` reads back, empty for None."""
    return "" if value is None else _WRITERS.get(field.kind, str)(value)


def read_value(field: Field, text: str) -> Any:
    """Return the value, None for an empty text.

    Raises `Refused` with an example, naming the field.
    """
    if not text.strip():
        return None
    match field.kind:
        case Kind.NUMBER:
            return read_number(text, field.name)
        case Kind.LENGTH:
            return read_duration(text)
        case Kind.REMINDERS:
            return read_reminders(text)
        case Kind.COLOR:
            return _read_color(field, text)
        case Kind.CHOICE:
            return _read_choice(field, text)
        case _:
            return text


def _read_color(field: Field, text: str) -> int:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text.strip()):
        raise Refused(_("Write a colour like #4f42d6."), field=field.name)
    return int(text.strip()[1:], 16)


def _read_choice(field: Field, text: str) -> str:
    """Find the choice by its value or its label, whatever the case."""
    wanted = text.strip().casefold()
    for value, label in field.choices.choices if field.choices else ():
        if wanted in {value, str(label).casefold()}:
            return str(value)
    raise Refused(_("That is none of the choices."), field=field.name)


# --- For display ---------------------------------------------------------------------------------


def choice_in_words(field: Field, value: Any) -> str:
    names = dict(field.choices.choices) if field.choices else {}
    return str(names.get(value, value or ""))


def slots_in_words(slots: Iterable[Mapping[str, Any]]) -> str:
    """Return a text like "🛡 Tank ×2, Healer ×1"."""
    shown = (
        f"{slot['emoji']} {slot['name']} ×{slot['capacity']}" for slot in slots if slot["name"]
    )
    return ", ".join(text.strip() for text in shown)
