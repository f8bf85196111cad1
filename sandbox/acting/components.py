"""Clicks on buttons and choices in selects."""

from __future__ import annotations

from sandbox.acting.people import channel_for, message_for
from sandbox.acting.refusals import Refused
from sandbox.acting.slash import channel_is_here, resolve_user, role_is_here
from sandbox.validation.components import BUTTON, LINK_STYLE, component_by_id
from sandbox.validation.selects import (
    CHANNEL_SELECT,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    SELECT,
    USER_SELECT,
)
from sandbox.world.core import Interaction, Sandbox
from sandbox.world.interactions import COMPONENT, start_interaction
from sandbox.world.present import channel_json, role_json
from sandbox.world.state import Channel, Json


def use_component(
    box: Sandbox,
    user_id: int,
    channel_id: int,
    message_id: int,
    custom_id: str,
    values: list[str] | None,
) -> Interaction:
    """Click a button or choose in a select of a message this person sees."""
    channel = channel_for(box, user_id, channel_id)
    message = message_for(box, user_id, channel, message_id)
    if message.author_id != box.app_id:
        raise Refused("This message is not the application's.")
    part = component_by_id(message.components, custom_id)
    if part is None:
        raise Refused(f"There is nothing with the custom id {custom_id!r} on this message.")
    if part.get("disabled"):
        raise Refused("This is disabled.")
    data: Json = {
        "component_type": part["type"],
        "custom_id": custom_id,
        "id": part.get("id", 1),
    }
    if part["type"] == BUTTON:
        if part.get("style") == LINK_STYLE:
            raise Refused("A link button opens its address; nothing is sent.")
    else:
        data |= chosen(box, channel, part, values or [])
    return start_interaction(box, COMPONENT, user_id, channel, data, message=message)


def chosen(box: Sandbox, channel: Channel, part: Json, values: list[str]) -> Json:
    """Return the data of a choice; raises Refused for one that the client does not offer."""
    least, most = part.get("min_values", 1), part.get("max_values", 1)
    if not least <= len(values) <= most or len(set(values)) != len(values):
        raise Refused(f"Choose {least} to {most}.")
    if part["type"] == SELECT:
        known = {option["value"] for option in part["options"]}
        if not set(values) <= known:
            raise Refused("That is not one of the options.")
        return {"values": values}
    resolved: Json = {}
    for value in values:
        _resolve(box, channel, part["type"], int(value), resolved)
    return {"values": [str(value) for value in values], "resolved": resolved}


def _resolve(box: Sandbox, channel: Channel, kind: int, snowflake: int, resolved: Json) -> None:
    if kind in {USER_SELECT, MENTIONABLE_SELECT} and snowflake in box.world.users:
        resolve_user(box, channel, snowflake, resolved)
    elif kind in {ROLE_SELECT, MENTIONABLE_SELECT} and role_is_here(box, channel, snowflake):
        resolved.setdefault("roles", {})[str(snowflake)] = role_json(box.world.roles[snowflake])
    elif kind == CHANNEL_SELECT and channel_is_here(box, channel, snowflake):
        body = channel_json(box.world, box.world.channels[snowflake])
        resolved.setdefault("channels", {})[str(snowflake)] = body
    else:
        raise Refused("That is not in this server.")
