"""Limits of buttons, selects and modals."""

from __future__ import annotations

from typing import Any

from sandbox.validation.fields import REQUIRED, Form
from sandbox.world.state import Json

ROW, BUTTON, SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = (
    1, 2, 3, 4, 5, 6, 7, 8,
)  # fmt: skip
SELECTS = frozenset({SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT})
LABEL = 18
LINK_STYLE = 5
PREMIUM_STYLE = 6


def check_components(form: Form, body: Json) -> None:
    """Check the rows of a message: five, each of five buttons or one select, no custom id twice."""
    seen: set[str] = set()
    for index, row in enumerate(form.rows(body, "components", 5)):
        with form.at("components", index):
            if not isinstance(row, dict) or row.get("type") != ROW:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {1}.")
                continue
            _check_row(form, row, seen)


def _check_row(form: Form, row: Json, seen: set[str]) -> None:
    parts = form.rows(row, "components", 5, least=1, required=True)
    if any(_kind(part) in SELECTS for part in parts) and len(parts) > 1:
        form.error("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length.")
    for index, part in enumerate(parts):
        with form.at("components", index):
            if _kind(part) == BUTTON:
                _check_button(form, part, seen)
            elif _kind(part) in SELECTS:
                _check_select(form, part, seen)
            else:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {2, 3, 5, 6, 7, 8}.")


def _kind(part: Any) -> int:
    return int(part.get("type", 0)) if isinstance(part, dict) else 0


def _check_button(form: Form, button: Json, seen: set[str]) -> None:
    style = form.one_of(button, "style", {1, 2, 3, 4, LINK_STYLE, PREMIUM_STYLE})
    form.text(button, "label", 80)
    if (
        not (button.get("label") or "").strip()
        and not button.get("emoji")
        and style != PREMIUM_STYLE
    ):
        form.error(None, "BUTTON_COMPONENT_INVALID", "A button must have a label or emoji.")
    if style == LINK_STYLE:
        if not form.text(button, "url", 512, required=True):
            return
        if not str(button["url"]).startswith(("http://", "https://", "discord://")):
            form.error("url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
        if button.get("custom_id"):
            message = "A custom id and url cannot both be specified"
            form.error(None, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
        return
    if button.get("url"):
        form.error("url", "BUTTON_COMPONENT_INVALID", "Only link buttons have a url.")
    _check_custom_id(form, button, seen)


def _check_custom_id(form: Form, part: Json, seen: set[str]) -> None:
    custom_id = form.text(part, "custom_id", 100, shortest=1, required=True)
    if custom_id is None:
        return
    if custom_id in seen:
        message = "Component custom id cannot be duplicated"
        form.error("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    seen.add(custom_id)


def _check_select(form: Form, select: Json, seen: set[str]) -> None:
    _check_custom_id(form, select, seen)
    form.text(select, "placeholder", 150)
    least = form.number(select, "min_values", 0, 25)
    most = form.number(select, "max_values", 1, 25)
    if least is not None and most is not None and least > most:
        form.error("max_values", "NUMBER_TYPE_MIN", "max_values must not be below min_values.")
    if select["type"] != SELECT:
        return
    options = form.rows(select, "options", 25, least=1, required=True)
    if most is not None and options and most > len(options):
        message = f"max_values must be {len(options)} or fewer."
        form.error("max_values", "BASE_TYPE_BAD_LENGTH", message)
    _check_options(form, options)


def _check_options(form: Form, options: list[Any]) -> None:
    values: set[str] = set()
    for index, option in enumerate(options):
        with form.at("options", index):
            if not isinstance(option, dict):
                form.error(None, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
                continue
            form.text(option, "label", 100, shortest=1, required=True)
            form.text(option, "description", 100)
            value = form.text(option, "value", 100, shortest=1, required=True)
            if value in values:
                message = "The specified option value is already used"
                form.error("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
            values.add(value or "")


def check_modal(data: Json) -> None:
    """Raise 50035 unless the modal has a title of 1 to 45 characters and one to five inputs."""
    form = Form()
    form.text(data, "title", 45, shortest=1, required=True)
    form.text(data, "custom_id", 100, shortest=1, required=True)
    seen: set[str] = set()
    for index, row in enumerate(form.rows(data, "components", 5, least=1, required=True)):
        with form.at("components", index):
            if _kind(row) == ROW:
                _check_input_row(form, row, seen)
            elif _kind(row) == LABEL:
                _check_label(form, row, seen)
            else:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 18}.")
    form.finish()


def _check_input_row(form: Form, row: Json, seen: set[str]) -> None:
    for index, part in enumerate(form.rows(row, "components", 1, least=1, required=True)):
        with form.at("components", index):
            if _kind(part) != TEXT_INPUT:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {4}.")
            else:
                form.text(part, "label", 45, shortest=1, required=True)
                _check_input(form, part, seen)


def _check_label(form: Form, row: Json, seen: set[str]) -> None:
    form.text(row, "label", 45, shortest=1, required=True)
    form.text(row, "description", 100)
    part = row.get("component")
    with form.at("component"):
        if _kind(part) == TEXT_INPUT and isinstance(part, dict):
            _check_input(form, part, seen)
        elif _kind(part) in SELECTS and isinstance(part, dict):
            _check_select(form, part, seen)
        else:
            form.error(None, *REQUIRED)


def _check_input(form: Form, part: Json, seen: set[str]) -> None:
    form.one_of(part, "style", {1, 2})
    _check_custom_id(form, part, seen)
    form.number(part, "min_length", 0, 4000)
    most = form.number(part, "max_length", 1, 4000) or 4000
    form.text(part, "value", most)
    form.text(part, "placeholder", 100)


def component_by_id(components: list[Json], custom_id: str) -> Json | None:
    """Find the button, select or input with this custom id, anywhere in these rows."""
    for row in components:
        parts = list(row.get("components") or [])
        if row.get("component"):
            parts.append(row["component"])
        for part in parts:
            if part.get("custom_id") == custom_id:
                return dict(part)
    return None
