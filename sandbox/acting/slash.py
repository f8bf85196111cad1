"""Slash commands: find the command, check its options, build the interaction's data."""

from __future__ import annotations

from typing import Any

from sandbox.acting.people import channel_for, has_bot
from sandbox.acting.refusals import Refused
from sandbox.validation.commands import SLASH
from sandbox.validation.options import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER,
)
from sandbox.world.core import Interaction, Sandbox
from sandbox.world.interactions import AUTOCOMPLETE, COMMAND, start_interaction
from sandbox.world.permissions import ALL, Permission, channel_permissions, guild_permissions
from sandbox.world.present import channel_json, member_json, role_json, user_json
from sandbox.world.state import DM, Channel, Command, Json


def run_command(
    box: Sandbox, user_id: int, channel_id: int, name: str, values: Json
) -> Interaction:
    """Send a slash command; `name` holds subcommands after spaces."""
    channel, command, path, leaf = _find(box, user_id, channel_id, name)
    resolved: Json = {}
    options = _fill(box, channel, leaf, values, resolved)
    data = _data(command, path, options, resolved)
    return start_interaction(box, COMMAND, user_id, channel, data)


def ask_choices(
    box: Sandbox, user_id: int, channel_id: int, name: str, values: Json, focused: str
) -> Interaction:
    """Ask the bot to complete the option `focused`, whose typed text is in `values`."""
    channel, command, path, leaf = _find(box, user_id, channel_id, name)
    known = {option["name"]: option for option in leaf.get("options") or []}
    if focused not in known or not known[focused].get("autocomplete"):
        raise Refused(f"The option {focused} does not autocomplete.")
    resolved: Json = {}
    options = []
    for key, value in values.items():
        if key == focused:
            continue
        if key not in known:
            raise Refused(f"There is no option {key}.")
        options.append(_option(box, channel, known[key], value, resolved))
    text = str(values.get(focused, ""))
    typed = {"name": focused, "type": known[focused]["type"], "value": text, "focused": True}
    data = _data(command, path, [*options, typed], resolved)
    return start_interaction(box, AUTOCOMPLETE, user_id, channel, data)


def usable_commands(box: Sandbox, user_id: int, channel: Channel) -> list[Command]:
    """List the slash commands offered to a person here; the guild's own hide global namesakes."""
    found: dict[str, Command] = {}
    for command in box.world.commands.values():
        if command.type != SLASH or command.guild_id not in {None, channel.guild_id}:
            continue
        if _why_not(box, user_id, channel, command) is None and (
            command.name not in found or command.guild_id is not None
        ):
            found[command.name] = command
    return [found[name] for name in sorted(found)]


def _find(
    box: Sandbox, user_id: int, channel_id: int, name: str
) -> tuple[Channel, Command, list[Json], Json]:
    channel = channel_for(box, user_id, channel_id)
    if not has_bot(box, channel):
        raise Refused("The application is not here.")
    first, *rest = name.removeprefix("/").split()
    commands = [
        command
        for command in box.world.commands.values()
        if command.type == SLASH
        and command.name == first
        and command.guild_id in {None, channel.guild_id}
    ]
    if not commands:
        raise Refused(f"There is no command /{first}.")
    command = max(commands, key=lambda one: one.guild_id is not None)
    reason = _why_not(box, user_id, channel, command)
    if reason:
        raise Refused(reason)
    path, leaf = _descend(command, rest)
    return channel, command, path, leaf


def _why_not(box: Sandbox, user_id: int, channel: Channel, command: Command) -> str | None:
    contexts = command.body.get("contexts")
    if channel.type == DM or channel.guild_id is None:
        allowed = 1 in contexts if contexts is not None else command.body.get("dm_permission", True)
        return None if allowed else f"/{command.name} cannot be used in direct messages."
    if contexts is not None and 0 not in contexts:
        return f"/{command.name} cannot be used in a server."
    bits = channel_permissions(box.world, channel, user_id)
    if not bits & Permission.USE_APPLICATION_COMMANDS:
        return "This person may not use application commands here."
    needed = command.body.get("default_member_permissions")
    guild_bits = guild_permissions(box.world, box.guild(channel.guild_id), user_id)
    if needed is None or guild_bits == ALL:
        return None
    if int(needed) == 0 or bits & int(needed) != int(needed):
        return f"This person lacks the permissions /{command.name} asks for."
    return None


def _descend(command: Command, names: list[str]) -> tuple[list[Json], Json]:
    leaf: Json = command.body
    path: list[Json] = []
    for name in names:
        below = [o for o in leaf.get("options") or [] if o["type"] in {SUBCOMMAND, GROUP}]
        matching = [option for option in below if option["name"] == name]
        if not matching:
            raise Refused(f"/{command.name} has no subcommand {name}.")
        leaf = matching[0]
        path.append(leaf)
    if any(option["type"] in {SUBCOMMAND, GROUP} for option in leaf.get("options") or []):
        raise Refused(f"/{command.name} needs a subcommand.")
    return path, leaf


def _data(command: Command, path: list[Json], options: list[Json], resolved: Json) -> Json:
    for part in reversed(path):
        options = [{"name": part["name"], "type": part["type"], "options": options}]
    data: Json = {"id": str(command.id), "name": command.name, "type": SLASH, "options": options}
    if command.guild_id:
        data["guild_id"] = str(command.guild_id)
    if resolved:
        data["resolved"] = resolved
    return data


def _fill(box: Sandbox, channel: Channel, leaf: Json, values: Json, resolved: Json) -> list[Json]:
    known = {option["name"]: option for option in leaf.get("options") or []}
    unknown = set(values) - set(known)
    if unknown:
        raise Refused(f"There is no option {', '.join(sorted(unknown))}.")
    missing = [
        name for name, option in known.items() if option.get("required") and name not in values
    ]
    if missing:
        raise Refused(f"The option {', '.join(missing)} is required.")
    return [_option(box, channel, known[name], value, resolved) for name, value in values.items()]


def _option(box: Sandbox, channel: Channel, option: Json, value: Any, resolved: Json) -> Json:
    kind = option["type"]
    if kind == STRING:
        value = _text(option, value)
    elif kind in {INTEGER, NUMBER}:
        value = _number(option, value)
    elif kind == BOOLEAN:
        if not isinstance(value, bool):
            raise Refused(f"{option['name']} must be true or false.")
    elif kind in {USER, CHANNEL, ROLE, MENTIONABLE}:
        value = _entity(box, channel, option, value, resolved)
    elif kind == ATTACHMENT:
        raise Refused("The sandbox does not know attachment options.")
    choices = option.get("choices")
    if choices and value not in [choice["value"] for choice in choices]:
        raise Refused(f"{option['name']} must be one of its choices.")
    return {"name": option["name"], "type": kind, "value": value}


def _text(option: Json, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Refused(f"{option['name']} must be text.")
    text = value.strip()
    low, high = option.get("min_length") or 0, option.get("max_length") or 6000
    if not low <= len(text) <= high:
        raise Refused(f"{option['name']} must be {low} to {high} characters long.")
    return text


def _number(option: Json, value: Any) -> int | float:
    wanted = int if option["type"] == INTEGER else int | float
    if isinstance(value, bool) or not isinstance(value, wanted):
        raise Refused(f"{option['name']} must be a number.")
    low, high = option.get("min_value"), option.get("max_value")
    if (
        abs(value) > 2**53
        or (low is not None and value < low)
        or (high is not None and value > high)
    ):
        raise Refused(f"{option['name']} must be between {low} and {high}.")
    return value


def _entity(box: Sandbox, channel: Channel, option: Json, value: Any, resolved: Json) -> str:
    kind, snowflake = option["type"], int(value)
    if kind in {USER, MENTIONABLE} and snowflake in box.world.users:
        resolve_user(box, channel, snowflake, resolved)
    elif kind in {ROLE, MENTIONABLE} and role_is_here(box, channel, snowflake):
        resolved.setdefault("roles", {})[str(snowflake)] = role_json(box.world.roles[snowflake])
    elif kind == CHANNEL and channel_is_here(box, channel, snowflake):
        found = box.world.channels[snowflake]
        allowed = option.get("channel_types")
        if allowed and found.type not in allowed:
            raise Refused(f"{option['name']} must be another kind of channel.")
        body = channel_json(box.world, found)
        bits = channel_permissions(box.world, found, box.app_id)
        resolved.setdefault("channels", {})[str(snowflake)] = body | {"permissions": str(bits)}
    else:
        raise Refused(f"{option['name']} names nothing in this server.")
    return str(snowflake)


def resolve_user(box: Sandbox, channel: Channel, user_id: int, resolved: Json) -> None:
    resolved.setdefault("users", {})[str(user_id)] = user_json(box.world.users[user_id])
    if channel.guild_id is None:
        return
    member = box.world.member(channel.guild_id, user_id)
    if member is not None:
        bits = channel_permissions(box.world, channel, user_id)
        body = member_json(box.world, member, with_user=False) | {"permissions": str(bits)}
        resolved.setdefault("members", {})[str(user_id)] = body


def role_is_here(box: Sandbox, channel: Channel, role_id: int) -> bool:
    role = box.world.roles.get(role_id)
    return role is not None and role.guild_id == channel.guild_id


def channel_is_here(box: Sandbox, channel: Channel, channel_id: int) -> bool:
    found = box.world.channels.get(channel_id)
    return found is not None and found.guild_id is not None and found.guild_id == channel.guild_id
