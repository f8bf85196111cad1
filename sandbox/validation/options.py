"""Options of application commands: their kinds, nesting and choices."""

from __future__ import annotations

from typing import Any

from sandbox.validation.fields import NO_OBJECT, Form
from sandbox.validation.names import (
    CHOICE_MOST,
    check_description,
    check_localizations,
    check_name,
)
from sandbox.world.state import Json

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER = 1, 2, 3, 4, 5, 6
CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 7, 8, 9, 10, 11
CHANNEL_TYPES = {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16}
WITH_CHOICES = frozenset({STRING, INTEGER, NUMBER})
NESTED = frozenset({SUBCOMMAND, GROUP})
MOST = 25
# A command holds subcommands and groups, a group holds subcommands, and neither holds more.
_BELOW: dict[int | None, set[int]] = {
    None: set(range(1, 12)),
    GROUP: {SUBCOMMAND},
    SUBCOMMAND: set(range(3, 12)),
}


def check_options(form: Form, body: Json, parent: int | None = None) -> None:
    """Check the options of a command, a group or a subcommand (`parent` is its kind)."""
    names: set[str] = set()
    optional_seen = False
    options = form.rows(body, "options", MOST)
    for index, option in enumerate(options):
        with form.at("options", index):
            if not isinstance(option, dict):
                form.error(None, *NO_OBJECT)
                continue
            _check_option(form, option, parent)
            if (name := str(option.get("name"))) in names:
                message = "Option names must be unique"
                form.error("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
            names.add(name)
            if option.get("required") and optional_seen:
                message = "Required options must be placed before non-required options"
                form.error(None, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
            optional_seen = optional_seen or not option.get("required")
    _check_mixture(form, [option for option in options if isinstance(option, dict)])


def _check_mixture(form: Form, options: list[Json]) -> None:
    if len({option.get("type") in NESTED for option in options}) > 1:
        message = "Sub-commands and groups are mutually exclusive to all other option types"
        form.error("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _check_option(form: Form, option: Json, parent: int | None) -> None:
    kind = form.one_of(option, "type", _BELOW[parent])
    check_name(form, option)
    check_description(form, option)
    if kind in NESTED:
        if kind in _BELOW[parent]:
            check_options(form, option, kind)
        return
    form.flag(option, "required")
    if kind == CHANNEL:
        form.kinds(option, "channel_types", CHANNEL_TYPES)
    if kind in WITH_CHOICES:
        _check_choices(form, option)
    _check_completion(form, option, kind)
    if kind == STRING:
        form.number(option, "min_length", 0, 6000)
        form.number(option, "max_length", 1, 6000)
    elif kind in {INTEGER, NUMBER}:
        form.number(option, "min_value", -(2**53), 2**53, fractions=kind == NUMBER)
        form.number(option, "max_value", -(2**53), 2**53, fractions=kind == NUMBER)


def _check_completion(form: Form, option: Json, kind: Any) -> None:
    if not form.flag(option, "autocomplete"):
        return
    if option.get("choices"):
        message = "Autocomplete options cannot have choices"
        form.error("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message)
    if kind not in WITH_CHOICES:
        message = "Only string, integer and number options autocomplete"
        form.error("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE", message)


def _check_choices(form: Form, option: Json) -> None:
    names: set[str] = set()
    for index, choice in enumerate(form.rows(option, "choices", MOST)):
        with form.at("choices", index):
            check_choice(form, choice, option.get("type"))
            name = str(choice.get("name")) if isinstance(choice, dict) else ""
            if name in names:
                message = "Option choice names must be unique"
                form.error(
                    "name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", message
                )
            names.add(name)


def check_choice(form: Form, choice: Any, kind: Any) -> None:
    """Check one choice of an option or of an autocomplete answer."""
    if not isinstance(choice, dict):
        form.error(None, *NO_OBJECT)
        return
    form.text(choice, "name", CHOICE_MOST, shortest=1, required=True)
    check_localizations(form, choice, "name_localizations", CHOICE_MOST)
    if kind == STRING:
        form.text(choice, "value", 100, required=True)
    else:
        form.number(choice, "value", -(2**53), 2**53, required=True, fractions=kind == NUMBER)
