"""Limits of application commands, their options and choices."""

from __future__ import annotations

import re
from typing import Any

from sandbox.validation.fields import Form, utf16_length
from sandbox.world.state import Json

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER = 1, 2, 3, 4, 5, 6
CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = 7, 8, 9, 10, 11
LOCALES = frozenset(
    {
        "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl",
        "no", "pl", "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi",
        "th", "zh-CN", "ja", "zh-TW", "ko",
    }
)  # fmt: skip
_NAME = re.compile(r"^[-_'\w]{1,32}$", re.UNICODE)
_NAME_MESSAGE = ("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def check_command(form: Form, command: Any) -> None:
    """Collect all that Discord would refuse in one command."""
    if not isinstance(command, dict):
        form.error(None, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    kind = command.get("type") or SLASH
    form.one_of({"type": kind}, "type", {SLASH, USER_MENU, MESSAGE_MENU})
    _check_name(form, command, slash=kind == SLASH)
    if kind == SLASH:
        _check_description(form, command)
        _check_options(form, command, depth=0)
        if _size(command) > 8000:
            message = "Command exceeds maximum size (8000)"
            form.error(None, "APPLICATION_COMMAND_TOO_LARGE", message)
    elif command.get("description"):
        message = "Context menu commands cannot have description"
        form.error("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)
    _check_permissions(form, command)


def _check_permissions(form: Form, command: Json) -> None:
    bits = command.get("default_member_permissions")
    if bits is not None and not str(bits).isdigit():
        message = f'Value "{bits}" is not an integer string.'
        form.error("default_member_permissions", "NUMBER_TYPE_COERCE", message)
    for index, context in enumerate(form.rows(command, "contexts", 3)):
        with form.at("contexts"):
            if context not in {0, 1, 2}:
                form.error(index, "BASE_TYPE_CHOICES", "Value must be one of {0, 1, 2}.")


def _check_name(form: Form, body: Json, *, slash: bool = True) -> None:
    name = form.text(body, "name", 32, shortest=1, required=True)
    if name and slash and not _good_name(name):
        form.error("name", *_NAME_MESSAGE)
    _check_localizations(form, body, "name_localizations", 32, names=slash)


def _good_name(name: str) -> bool:
    return bool(_NAME.match(name)) and name == name.lower()


def _check_description(form: Form, body: Json) -> None:
    form.text(body, "description", 100, shortest=1, required=True)
    _check_localizations(form, body, "description_localizations", 100, names=False)


def _check_localizations(form: Form, body: Json, field: str, longest: int, *, names: bool) -> None:
    texts = body.get(field)
    if texts is None:
        return
    with form.at(field):
        for locale, text in texts.items():
            if locale not in LOCALES:
                form.error(locale, "BASE_TYPE_CHOICES", "Not a locale Discord knows.")
            elif not isinstance(text, str) or not 1 <= utf16_length(text) <= longest:
                message = f"Must be between 1 and {longest} in length."
                form.error(locale, "BASE_TYPE_BAD_LENGTH", message)
            elif names and not _good_name(text):
                form.error(locale, *_NAME_MESSAGE)


def _check_options(form: Form, body: Json, depth: int) -> None:
    names: set[str] = set()
    optional_seen = False
    options = form.rows(body, "options", 25)
    for index, option in enumerate(options):
        with form.at("options", index):
            if not isinstance(option, dict):
                form.error(None, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
                continue
            _check_option(form, option, depth)
            name = str(option.get("name"))
            if name in names:
                message = "Option names must be unique"
                form.error("name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message)
            names.add(name)
            if option.get("required") and optional_seen:
                message = "Required options must be placed before non-required options"
                form.error(None, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
            optional_seen = optional_seen or not option.get("required")
    kinds = {
        option.get("type") in {SUBCOMMAND, GROUP} for option in options if isinstance(option, dict)
    }
    if len(kinds) > 1:
        message = "Sub-commands and groups are mutually exclusive to all other option types"
        form.error("options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _check_option(form: Form, option: Json, depth: int) -> None:
    kind = form.one_of(option, "type", set(range(1, 12)))
    _check_name(form, option)
    _check_description(form, option)
    if kind in {SUBCOMMAND, GROUP}:
        if depth > 1 or (kind == GROUP and depth > 0):
            message = "Sub-commands may not be nested this deep"
            form.error("type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
        _check_options(form, option, depth + 1)
        return
    _check_choices(form, option)
    if option.get("choices") and option.get("autocomplete"):
        message = "Autocomplete options cannot have choices"
        form.error("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message)
    if option.get("autocomplete") and kind not in {STRING, INTEGER, NUMBER}:
        message = "Only string, integer and number options autocomplete"
        form.error("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE", message)
    if kind == STRING:
        form.number(option, "min_length", 0, 6000)
        form.number(option, "max_length", 1, 6000)
    elif kind in {INTEGER, NUMBER}:
        form.number(option, "min_value", -(2**53), 2**53, fractions=kind == NUMBER)
        form.number(option, "max_value", -(2**53), 2**53, fractions=kind == NUMBER)


def _check_choices(form: Form, option: Json) -> None:
    for index, choice in enumerate(form.rows(option, "choices", 25)):
        with form.at("choices", index):
            check_choice(form, choice, option.get("type"))


def check_choice(form: Form, choice: Any, kind: Any) -> None:
    """Check one choice of an option or of an autocomplete answer."""
    if not isinstance(choice, dict):
        form.error(None, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return
    form.text(choice, "name", 100, shortest=1, required=True)
    if kind == STRING:
        form.text(choice, "value", 100, required=True)
    else:
        form.number(choice, "value", required=True, fractions=kind == NUMBER)


def _size(body: Json) -> int:
    """Count the characters of names, descriptions and values of a command with all its options."""
    total = utf16_length(str(body.get("name", ""))) + utf16_length(str(body.get("description", "")))
    for choice in body.get("choices") or []:
        total += utf16_length(str(choice.get("name", "")) + str(choice.get("value", "")))
    return total + sum(_size(o) for o in body.get("options") or [] if isinstance(o, dict))
