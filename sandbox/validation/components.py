"""Limits of buttons and of the rows of a message."""

from __future__ import annotations

from typing import Any

from sandbox.validation.fields import Form
from sandbox.validation.selects import SELECTS, check_custom_id, check_select
from sandbox.world.state import Json

ROW, BUTTON = 1, 2
LINK_STYLE, PREMIUM_STYLE = 5, 6
URL_MOST = 512


def check_components(form: Form, body: Json) -> None:
    """Check the rows of a message: five, each of five buttons or one select, no custom id twice."""
    seen: set[str] = set()
    for index, row in enumerate(form.rows(body, "components", 5)):
        with form.at("components", index):
            if kind_of(row) != ROW:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {1}.")
                continue
            _check_row(form, row, seen)


def kind_of(part: Any) -> int:
    """Return a component's type; 0 for what is none."""
    kind = part.get("type") if isinstance(part, dict) else None
    return kind if isinstance(kind, int) and not isinstance(kind, bool) else 0


def _check_row(form: Form, row: Json, seen: set[str]) -> None:
    parts = form.rows(row, "components", 5, least=1, required=True)
    if any(kind_of(part) in SELECTS for part in parts) and len(parts) > 1:
        form.error("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 1 in length.")
    for index, part in enumerate(parts):
        with form.at("components", index):
            if kind_of(part) == BUTTON:
                _check_button(form, part, seen)
            elif kind_of(part) in SELECTS:
                check_select(form, part, seen)
            else:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {2, 3, 5, 6, 7, 8}.")


def _check_button(form: Form, button: Json, seen: set[str]) -> None:
    style = form.one_of(button, "style", {1, 2, 3, 4, LINK_STYLE, PREMIUM_STYLE})
    form.flag(button, "disabled")
    if style == PREMIUM_STYLE:
        _check_premium(form, button)
        return
    form.text(button, "label", 80)
    if not str(button.get("label") or "").strip() and not button.get("emoji"):
        form.error(None, "BUTTON_COMPONENT_INVALID", "A button must have a label or emoji.")
    if button.get("sku_id"):
        form.error("sku_id", "BUTTON_COMPONENT_INVALID", "Only premium buttons have a sku.")
    if style == LINK_STYLE:
        _check_link(form, button)
        return
    if button.get("url"):
        form.error("url", "BUTTON_COMPONENT_INVALID", "Only link buttons have a url.")
    check_custom_id(form, button, seen)


def _check_premium(form: Form, button: Json) -> None:
    form.id(button, "sku_id", required=True)
    for field in ("custom_id", "label", "url", "emoji"):
        if button.get(field):
            form.error(field, "BUTTON_COMPONENT_INVALID", f"Premium buttons have no {field}.")


def _check_link(form: Form, button: Json) -> None:
    if not form.text(button, "url", URL_MOST, required=True):
        return
    if not str(button["url"]).startswith(("http://", "https://", "discord://")):
        form.error("url", "URL_TYPE_INVALID_SCHEME", "Scheme must be one of ('http', 'https').")
    if button.get("custom_id"):
        message = "A custom id and url cannot both be specified"
        form.error(None, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)


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
