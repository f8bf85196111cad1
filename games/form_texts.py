"""What stands in a form, as a line to read."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from games.enums import SignupMethod
from games.form_choices import Choices
from games.preset_form import ROLE_FIELDS


def shown_value(name: str, value: Any, choices: Choices) -> str:
    """One field's value in words; “none” where it is empty."""
    if name in ROLE_FIELDS:
        names = {str(role.id): role.name for role in choices.roles}
        names[str(choices.member.guild_id)] = "@everyone"
        text = ", ".join(names[str(role_id)] for role_id in value or () if str(role_id) in names)
    elif name == "slots":
        text = _slots(value or ())
    elif name == "channel":
        choice = next((c for c in choices.channels if str(c.channel.id) == str(value)), None)
        text = f"#{choice.channel.name}" if choice else ""
    elif name == "signup_method":
        text = str(dict(SignupMethod.choices).get(value, ""))
    elif name == "image":
        text = _("yes") if value else ""
    elif isinstance(value, bool):
        text = _("yes") if value else _("no")
    else:
        text = str(value or "")
    return text or _("none")


def _slots(rows: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(
        f"{row['emoji']} {row['name']} ×{row['capacity']}".strip() for row in rows if row["name"]
    )
