"""The values of a form, in words."""

from typing import Any

from django.utils.translation import gettext as _

from games.fields import FIELDS, Field, Kind
from games.forms.choices import Choices
from games.typed.fields import choice_in_words, slots_in_words

_BY_NAME = {field.name: field for field in FIELDS}


def shown_value(name: str, value: Any, choices: Choices) -> str:
    """Return a form field's value in words, “none” if it is empty."""
    if name in _BY_NAME:
        text = _shown(_BY_NAME[name], value, choices)
    elif isinstance(value, bool):
        text = _("yes") if value else _("no")
    else:
        text = str(value or "")
    return text or _("none")


def _shown(field: Field, value: Any, choices: Choices) -> str:
    match field.kind:
        case Kind.ROLES | Kind.RANKED_ROLES:
            names = {str(role.id): role.name for role in (*choices.roles, *choices.other_roles)}
            names[str(choices.member.guild_id)] = "@everyone"
            return ", ".join(names[str(one)] for one in value or () if str(one) in names)
        case Kind.SLOTS:
            return slots_in_words(value or ())
        case Kind.CHANNEL:
            shown = (c.channel.name for c in choices.channels if str(c.channel.id) == str(value))
            return "".join(f"#{name}" for name in shown)
        case Kind.CHOICE:
            return choice_in_words(field, value)
        case Kind.IMAGE:
            return _("yes") if value else ""
        case _:
            return str(value or "")
