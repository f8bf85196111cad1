"""Limits of modals and of what can be filled in there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.validation.components import ROW, kind_of
from sandbox.validation.fields import REQUIRED, Form
from sandbox.validation.selects import (
    SELECTS,
    check_custom_id,
    check_options,
    check_range,
    check_select,
)
from sandbox.world.state import Json

TEXT_INPUT, TEXT_DISPLAY, LABEL = 4, 10, 18
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23
MOST_PARTS = 5
MOST_TEXT = 4000
MOST_FILES = MOST_BOXES = 10
_FILE_TYPE = re.compile(r"^(image|video|audio|\.[\w.+-]+)$")

type Check = Callable[[Form, Json, set[str]], None]


def check_modal(data: Json) -> None:
    """Raise 50035 unless the modal has a title of 1 to 45 characters and one to five parts."""
    form = Form()
    form.text(data, "title", 45, shortest=1, required=True)
    form.text(data, "custom_id", 100, shortest=1, required=True)
    seen: set[str] = set()
    for index, part in enumerate(form.rows(data, "components", MOST_PARTS, least=1, required=True)):
        with form.at("components", index):
            _check_part(form, part, seen)
    form.finish()


def _check_part(form: Form, part: Any, seen: set[str]) -> None:
    if kind_of(part) == ROW:
        _check_input_row(form, part, seen)
    elif kind_of(part) == LABEL:
        _check_label(form, part, seen)
    elif kind_of(part) == TEXT_DISPLAY:
        form.text(part, "content", MOST_TEXT, shortest=1, required=True)
    else:
        form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {1, 10, 18}.")


def _check_input_row(form: Form, row: Json, seen: set[str]) -> None:
    for index, part in enumerate(form.rows(row, "components", 1, least=1, required=True)):
        with form.at("components", index):
            if kind_of(part) != TEXT_INPUT:
                form.error("type", "BASE_TYPE_CHOICES", "Value must be one of {4}.")
            else:
                form.text(part, "label", 45, shortest=1, required=True)
                _check_input(form, part, seen)


def _check_label(form: Form, row: Json, seen: set[str]) -> None:
    form.text(row, "label", 45, shortest=1, required=True)
    form.text(row, "description", 100, shortest=1)
    part = row.get("component")
    with form.at("component"):
        if not isinstance(part, dict):
            form.error(None, *REQUIRED)
        elif kind_of(part) in SELECTS:
            check_select(form, part, seen, in_modal=True)
        elif check := _CHECKS.get(kind_of(part)):
            check(form, part, seen)
        else:
            names = ", ".join(str(kind) for kind in sorted({*_CHECKS, *SELECTS}))
            form.error("type", "BASE_TYPE_CHOICES", f"Value must be one of {{{names}}}.")


def _check_input(form: Form, part: Json, seen: set[str]) -> None:
    form.one_of(part, "style", {1, 2})
    check_custom_id(form, part, seen)
    form.flag(part, "required")
    least = form.number(part, "min_length", 0, MOST_TEXT)
    most = form.number(part, "max_length", 1, MOST_TEXT)
    if least is not None and most is not None and least > most:
        form.error("max_length", "NUMBER_TYPE_MIN", "max_length must not be below min_length.")
    form.text(part, "value", most or MOST_TEXT)
    form.text(part, "placeholder", 100)


def _check_upload(form: Form, part: Json, seen: set[str]) -> None:
    check_custom_id(form, part, seen)
    check_range(form, part, MOST_FILES, None, in_modal=True)
    for index, kind in enumerate(form.distinct(part, "file_types", 10)):
        if not isinstance(kind, str) or not _FILE_TYPE.match(kind):
            with form.at("file_types"):
                form.error(index, "BASE_TYPE_CHOICES", "Not a type of file.")


def _check_radios(form: Form, part: Json, seen: set[str]) -> None:
    check_custom_id(form, part, seen)
    form.flag(part, "required")
    options = form.rows(part, "options", MOST_BOXES, least=2, required=True)
    check_options(form, options)
    if sum(bool(o.get("default")) for o in options if isinstance(o, dict)) > 1:
        message = "Only one option can be the default."
        form.error("options", "RADIO_GROUP_DEFAULT_INVALID", message)


def _check_boxes(form: Form, part: Json, seen: set[str]) -> None:
    check_custom_id(form, part, seen)
    options = form.rows(part, "options", MOST_BOXES, least=1, required=True)
    check_options(form, options)
    check_range(form, part, MOST_BOXES, len(options) or None, in_modal=True, every=True)


def _check_box(form: Form, part: Json, seen: set[str]) -> None:
    check_custom_id(form, part, seen)
    form.flag(part, "default")


_CHECKS: dict[int, Check] = {
    TEXT_INPUT: _check_input,
    FILE_UPLOAD: _check_upload,
    RADIO_GROUP: _check_radios,
    CHECKBOX_GROUP: _check_boxes,
    CHECKBOX: _check_box,
}
