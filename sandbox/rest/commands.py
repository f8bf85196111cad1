"""Application commands, global and of one guild."""

from __future__ import annotations

from typing import Any

from sandbox.errors import ApiError
from sandbox.rest.call import Answer, Call, route
from sandbox.validation.commands import SLASH, check_command
from sandbox.validation.fields import Form
from sandbox.world.present import command_json
from sandbox.world.state import Command, Json

GLOBAL = "/applications/{application_id}/commands"
GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"

# Fields of a command that say something by being null.
NULLABLE = frozenset({"default_member_permissions", "contexts"})
TAKEN = ("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")


def _scope(call: Call) -> int | None:
    """Return the guild, or None for global commands; raises 10002 or 50001.

    The application has no access to a guild that does not exist either.
    """
    if call.ids["application_id"] != call.box.app_id:
        raise ApiError(10002)
    guild_id = call.ids.get("guild_id")
    if guild_id is not None and call.box.world.member(guild_id, call.box.app_id) is None:
        raise ApiError(50001)
    return guild_id


def _commands(call: Call) -> list[Command]:
    scope = _scope(call)
    return [command for command in call.box.world.commands.values() if command.guild_id == scope]


def _find(call: Call) -> Command:
    for command in _commands(call):
        if command.id == call.ids["command_id"]:
            return command
    raise ApiError(10063)


def _without_nulls(value: Any) -> Any:
    """Discord takes null where it takes nothing, and never answers it there."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _completed(body: Json) -> Json:
    shown: Json = {
        key: _without_nulls(value)
        for key, value in body.items()
        if key not in {"id", "application_id", "version"} and (value is not None or key in NULLABLE)
    }
    shown["type"] = shown.get("type") or SLASH
    shown.setdefault("description", "")
    if shown.get("default_member_permissions") is not None:
        shown["default_member_permissions"] = str(shown["default_member_permissions"])
    return shown


def _save(call: Call, scope: int | None, body: Json, command_id: int | None = None) -> Command:
    box = call.box
    command = Command(command_id or box.next_id(), scope, _completed(body), box.next_id())
    box.world.commands[command.id] = command
    box.hub.tell_page("commands.update")
    return command


@route("GET", GLOBAL)
@route("GET", GUILD)
async def list_commands(call: Call) -> Answer:
    """List them; all localised texts come only when they are asked for."""
    shown = [command_json(command, call.box.app_id) for command in _commands(call)]
    return shown if call.flag("with_localizations") else [_without_localizations(c) for c in shown]


def _without_localizations(body: Json) -> Json:
    kept = {key: value for key, value in body.items() if not key.endswith("_localizations")}
    for part in ("options", "choices"):
        if isinstance(kept.get(part), list):
            kept[part] = [_without_localizations(one) for one in kept[part]]
    return kept


@route("PUT", GLOBAL)
@route("PUT", GUILD)
async def replace_commands(call: Call) -> Answer:
    scope = _scope(call)
    wanted: Any = call.content
    if not isinstance(wanted, list):
        raise ApiError(50035)
    form = Form()
    for index, body in enumerate(wanted):
        with form.at(index):
            check_command(form, body, in_guild=scope is not None)
    names = [
        (body.get("type") or SLASH, body.get("name")) for body in wanted if isinstance(body, dict)
    ]
    for index, name in enumerate(names):
        if name in names[:index]:
            with form.at(index):
                form.error("name", *TAKEN)
    form.finish()
    if len(wanted) > call.box.knobs.max_commands:
        raise ApiError(30032)
    before = {(command.type, command.name): command for command in _commands(call)}
    for command in before.values():
        del call.box.world.commands[command.id]
    kept = [_save(call, scope, body, _known(before, body)) for body in wanted]
    return [command_json(command, call.box.app_id) for command in kept]


def _known(before: dict[tuple[int, str], Command], body: Json) -> int | None:
    command = before.get((body.get("type") or SLASH, body["name"]))
    return command.id if command else None


@route("POST", GLOBAL)
@route("POST", GUILD)
async def create_command(call: Call) -> Answer:
    scope = _scope(call)
    form = Form()
    check_command(form, call.body, in_guild=scope is not None)
    form.finish()
    before = {(command.type, command.name): command for command in _commands(call)}
    known = _known(before, call.body)
    if known is None and len(before) >= call.box.knobs.max_commands:
        raise ApiError(30032)
    call.status = 200 if known else 201
    return command_json(_save(call, scope, call.body, known), call.box.app_id)


@route("GET", GLOBAL + "/{command_id}")
@route("GET", GUILD + "/{command_id}")
async def get_command(call: Call) -> Answer:
    return command_json(_find(call), call.box.app_id)


@route("PATCH", GLOBAL + "/{command_id}")
@route("PATCH", GUILD + "/{command_id}")
async def patch_command(call: Call) -> Answer:
    command = _find(call)
    body = {**command.body, **call.body}
    form = Form()
    check_command(form, body, in_guild=command.guild_id is not None)
    same = [(c.type, c.name) for c in _commands(call) if c.id != command.id]
    if (command.type, body.get("name")) in same:
        form.error("name", *TAKEN)
    form.finish()
    return command_json(_save(call, command.guild_id, body, command.id), call.box.app_id)


@route("DELETE", GLOBAL + "/{command_id}")
@route("DELETE", GUILD + "/{command_id}")
async def delete_command(call: Call) -> Answer:
    del call.box.world.commands[_find(call).id]
    call.box.hub.tell_page("commands.update")
    return None
