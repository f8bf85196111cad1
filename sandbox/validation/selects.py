"""Limits of selects, in messages and in modals."""

from __future__ import annotations

from typing import Any

from sandbox.validation.fields import NO_OBJECT, Form
from sandbox.validation.options import CHANNEL_TYPES
from sandbox.world.state import Json

SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 3, 5, 6, 7, 8
SELECTS = frozenset({SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
MOST = 25
# What the default values of a select may name.
_NAMES = {
    USER_SELECT: ("user",),
    ROLE_SELECT: ("role",),
    MENTIONABLE_SELECT: ("user", "role"),
    CHANNEL_SELECT: ("channel",),
}


def check_custom_id(form: Form, part: Json, seen: set[str]) -> None:
    custom_id = form.text(part, "custom_id", 100, shortest=1, required=True)
    if custom_id is None:
        return
    if custom_id in seen:
        message = "Component custom id cannot be duplicated"
        form.error("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(custom_id)


def check_select(form: Form, select: Json, seen: set[str], *, in_modal: bool = False) -> None:
    check_custom_id(form, select, seen)
    form.text(select, "placeholder", 150)
    options: list[Any] | None = None
    if select["type"] == SELECT:
        options = form.rows(select, "options", MOST, least=1, required=True)
        check_options(form, options)
    count = len(options) if options else None
    check_range(form, select, MOST, count, in_modal=in_modal)
    if select["type"] == CHANNEL_SELECT:
        form.kinds(select, "channel_types", CHANNEL_TYPES)
    form.flag(select, "disabled")
    if in_modal and select.get("disabled"):
        message = "Modals cannot have disabled components"
        form.error("disabled", "MODAL_COMPONENT_DISABLED", message)
    if options:
        defaults = sum(bool(o.get("default")) for o in options if isinstance(o, dict))
        _check_defaults(form, select, defaults, "options", may_be_none=True)
    elif select["type"] != SELECT:
        _check_default_values(form, select)


def check_range(
    form: Form, part: Json, most: int, count: int | None, *, in_modal: bool, every: bool = False
) -> None:
    """Check how many may be chosen: `most` of any part of this kind, `count` of this one.

    `every` says that without `max_values` all may be. In a modal something that is required
    cannot ask for none.
    """
    low = form.number(part, "min_values", 0, most)
    high = form.number(part, "max_values", 1, most)
    least = 1 if low is None else low
    highest = high if high is not None else ((count or most) if every else 1)
    if low is not None and low > max(highest, 1):
        form.error("max_values", "NUMBER_TYPE_MIN", "max_values must not be below min_values.")
    if count is not None and max(least, high or 0) > count:
        message = f"Must be {count} or fewer."
        form.error("max_values" if high else "min_values", "BASE_TYPE_BAD_LENGTH", message)
    if not in_modal:
        return
    required = form.flag(part, "required")
    if low == 0 and required in {None, True}:
        message = "min_values must be at least 1 where the component is required."
        form.error("min_values", "NUMBER_TYPE_MIN", message)


def _check_default_values(form: Form, select: Json) -> None:
    values = form.rows(select, "default_values", MOST)
    names = _NAMES[select["type"]]
    for index, value in enumerate(values):
        with form.at("default_values", index):
            if not isinstance(value, dict):
                form.error(None, *NO_OBJECT)
                continue
            form.id(value, "id", required=True)
            if value.get("type") not in names:
                form.error("type", "BASE_TYPE_CHOICES", f"Value must be one of {names}.")
    if values:
        _check_defaults(form, select, len(values), "default_values")


def _check_defaults(
    form: Form, select: Json, count: int, field: str, *, may_be_none: bool = False
) -> None:
    """Check that as many are chosen from the start as may be chosen."""
    least, most = select.get("min_values"), select.get("max_values")
    low = least if isinstance(least, int) else 1
    high = most if isinstance(most, int) else 1
    if count == 0 and may_be_none:
        return
    if not low <= count <= high:
        message = f"Number of default values must be between {low} and {high}."
        form.error(field, "SELECT_COMPONENT_DEFAULT_VALUES_INVALID", message)


def check_options(form: Form, options: list[Any]) -> None:
    """Check the options of a select, a radio group or a checkbox group: no value twice."""
    values: set[str] = set()
    for index, option in enumerate(options):
        with form.at("options", index):
            if not isinstance(option, dict):
                form.error(None, *NO_OBJECT)
                continue
            form.text(option, "label", 100, shortest=1, required=True)
            form.text(option, "description", 100)
            form.flag(option, "default")
            value = form.text(option, "value", 100, shortest=1, required=True)
            if value in values:
                message = "The specified option value is already used"
                form.error("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
            values.add(value or "")
