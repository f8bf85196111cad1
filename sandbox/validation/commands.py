"""Limits of application commands."""

from __future__ import annotations

from typing import Any

from sandbox.validation.fields import NO_OBJECT, Form
from sandbox.validation.names import check_description, check_name
from sandbox.validation.options import check_options
from sandbox.world.state import Json

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
GUILD, BOT_DM, PRIVATE_CHANNEL = 0, 1, 2
INSTALLED_IN_GUILD = 0
MOST_CHARACTERS = 8000
_PERMISSIONS_MOST = 2**54 - 1


def check_command(form: Form, command: Any, *, in_guild: bool = False) -> None:
    """Collect all that Discord would refuse in one command, a global one or one of a guild."""
    if not isinstance(command, dict):
        form.error(None, *NO_OBJECT)
        return
    kind = command.get("type") or SLASH
    form.one_of({"type": kind}, "type", {SLASH, USER_MENU, MESSAGE_MENU})
    check_name(form, command, slash=kind == SLASH)
    if kind == SLASH:
        check_description(form, command)
        check_options(form, command)
        if isinstance(command.get("options") or [], list) and _size(command) > MOST_CHARACTERS:
            message = f"Command exceeds maximum size ({MOST_CHARACTERS})"
            form.error(None, "APPLICATION_COMMAND_TOO_LARGE", message)
    else:
        _check_menu(form, command)
    _check_permissions(form, command)
    # Guild commands are not available in direct messages.
    form.kinds(
        command, "contexts", {GUILD} if in_guild else {GUILD, BOT_DM, PRIVATE_CHANNEL}, least=1
    )
    form.kinds(command, "integration_types", {INSTALLED_IN_GUILD}, least=1)


def _check_menu(form: Form, command: Json) -> None:
    if command.get("description"):
        message = "Context menu commands cannot have description"
        form.error("description", "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message)
    if command.get("options"):
        message = "Context menu commands cannot have options"
        form.error("options", "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS", message)


def _check_permissions(form: Form, command: Json) -> None:
    bits = command.get("default_member_permissions")
    if bits is not None and not (str(bits).isdigit() and int(bits) <= _PERMISSIONS_MOST):
        message = f'Value "{bits}" is not an integer string.'
        form.error("default_member_permissions", "NUMBER_TYPE_COERCE", message)


def _size(body: Json) -> int:
    """Count the characters of names, descriptions and values of a command with all its options.

    Of a localised text the longest counts.
    """
    total = _longest(body, "name") + _longest(body, "description")
    for choice in body.get("choices") or []:
        if isinstance(choice, dict):
            total += _longest(choice, "name") + len(str(choice.get("value", "")))
    return total + sum(_size(o) for o in body.get("options") or [] if isinstance(o, dict))


def _longest(body: Json, field: str) -> int:
    localized = body.get(f"{field}_localizations")
    texts = [body.get(field), *(localized.values() if isinstance(localized, dict) else ())]
    return max((len(text) for text in texts if isinstance(text, str)), default=0)
