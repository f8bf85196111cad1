"""Template tags for the forms of games and templates."""

from typing import Any

from django import template
from django.forms import BoundField
from django.urls import reverse

from games.forms.choices import Choices
from games.forms.preset import PresetForm
from games.forms.template import TemplateForm

register = template.Library()


@register.inclusion_tag("games/_roles.html")
def roles_field(form: PresetForm, name: str, empty: str = "") -> dict[str, Any]:
    """Render roles to tick, with their colours; `empty` says what ticking none means."""
    field = form[name]
    chosen = {str(role_id) for role_id in field.value() or ()}
    colors = {str(role.id): role.color for role in form.choices.roles}
    options = [
        {
            "id": role_id,
            "name": label,
            "color": _hex(colors.get(role_id)),
            "is_chosen": role_id in chosen,
            "pings_nobody": name == "notify_role_ids" and _pings_nobody(form, role_id),
        }
        for role_id, label in _offered(field)
    ]
    names = ", ".join(label for role_id, label in _offered(field) if role_id in chosen)
    return {
        "field": field,
        "options": options,
        "chosen": names,
        "empty": empty,
        "are_unpinged": any(option["pings_nobody"] for option in options),
    }


def _pings_nobody(form: PresetForm, role_id: str) -> bool:
    channel_id = str(form["channel"].value() or "")
    wanted = int(channel_id) if channel_id.isdigit() else None
    return form.choices.pings_nobody(int(role_id), wanted)


@register.inclusion_tag("games/_ranked_roles.html")
def ranked_roles_field(form: PresetForm, name: str) -> dict[str, Any]:
    """Render ranked roles: one select for each rank, and empty ones to add more."""
    field, most = form[name], 8
    chosen = [str(role_id) for role_id in field.value() or ()]
    ranks = [*chosen, "", ""][:most] if chosen else ["", "", ""]
    return {"field": field, "ranks": ranks, "options": _offered(field), "chosen": bool(chosen)}


@register.filter
def panel(form: PresetForm, name: str) -> list[BoundField]:
    """Return the form's fields that `games.fields` puts into this panel."""
    return [form[field.name] for field in form.rows() if field.panel == name]


@register.filter
def channel_options(form: PresetForm) -> list[dict[str, Any]]:
    """Return the channels to choose from, each with the permissions the bot lacks there."""
    value = str(form["channel"].value() or "")
    missing = _missing(form.choices)
    return [
        {"id": id_, "name": name, "missing": missing.get(id_, ""), "is_chosen": id_ == value}
        for id_, name in _offered(form["channel"])
    ]


@register.filter
def image_address(image_id: Any) -> str:
    """Return the picture's address, empty if the value is not a picture's id."""
    text = str(image_id or "")
    is_id = len(text) == 36 and all(c in "0123456789abcdef-" for c in text)
    return reverse("image", args=[text]) if is_id else ""


def _offered(field: BoundField) -> list[tuple[str, str]]:
    choices: Any = getattr(field.field, "choices", ())
    return [(str(value), str(label)) for value, label in choices]


def _missing(choices: Choices) -> dict[str, str]:
    return {str(choice.channel.id): choice.missing for choice in choices.channels}


def _hex(color: int | None) -> str:
    return f"#{color:06x}" if color else ""


@register.filter
def zone_name(zone: str) -> str:
    """Return the zone's name as people write it, with blanks."""
    return str(zone).replace("_", " ")


@register.filter
def anchor(field: BoundField) -> str:
    """Return the HTML id that a field's error links to."""
    if field.name == "slots":
        return "slots-editor"
    is_group = field.name in {*TemplateForm.ROLES, "locked_fields"}
    return f"{field.auto_id}_box" if is_group else f"{field.auto_id}"
