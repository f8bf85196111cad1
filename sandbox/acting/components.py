"""Clicks on buttons, choices in selects, submitted modals."""

from __future__ import annotations

from typing import Any

from sandbox.acting.people import channel_for, message_for
from sandbox.acting.refusals import Refused
from sandbox.acting.slash import channel_is_here, resolve_user, role_is_here
from sandbox.validation.components import (
    BUTTON,
    CHANNEL_SELECT,
    LABEL,
    LINK_STYLE,
    MENTIONABLE_SELECT,
    ROLE_SELECT,
    SELECT,
    SELECTS,
    TEXT_INPUT,
    USER_SELECT,
    component_by_id,
)
from sandbox.validation.fields import utf16_length
from sandbox.world.core import Interaction, Sandbox
from sandbox.world.interactions import COMPONENT, MODAL_SUBMIT, start_interaction
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
        data |= _chosen(box, channel, part, values or [])
    return start_interaction(box, COMPONENT, user_id, channel, data, message=message)


def _chosen(box: Sandbox, channel: Channel, part: Json, values: list[str]) -> Json:
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


def submit_modal(box: Sandbox, user_id: int, interaction_id: int, values: Json) -> Interaction:
    """Submit the modal that answered an interaction; inputs not named keep their prefill."""
    opened = box.interactions.get(interaction_id)
    if opened is None or opened.modal is None or opened.user_id != user_id:
        raise Refused("No modal is open for this person.")
    channel = channel_for(box, user_id, opened.channel_id)
    known: set[str] = set()
    resolved: Json = {}
    rows = [_row(box, channel, row, values, known, resolved) for row in opened.modal["components"]]
    unknown = set(values) - known
    if unknown:
        raise Refused(f"The modal has no input {', '.join(sorted(unknown))}.")
    message = None
    if opened.message_id is not None:
        message = box.world.find_message(channel.id, opened.message_id)
    data: Json = {"custom_id": opened.modal["custom_id"], "components": rows}
    if resolved:
        data["resolved"] = resolved
    return start_interaction(
        box, MODAL_SUBMIT, user_id, channel, data, message=message, modal_from=opened.id
    )


def _row(
    box: Sandbox, channel: Channel, row: Json, values: Json, known: set[str], resolved: Json
) -> Json:
    if row["type"] == LABEL:
        part = _input(box, channel, row["component"], values, known, resolved)
        return {"type": LABEL, "id": row.get("id", 0), "component": part}
    parts = [_input(box, channel, part, values, known, resolved) for part in row["components"]]
    return {"type": 1, "id": row.get("id", 0), "components": parts}


def _input(
    box: Sandbox, channel: Channel, part: Json, values: Json, known: set[str], resolved: Json
) -> Json:
    custom_id = part["custom_id"]
    known.add(custom_id)
    body: Json = {"type": part["type"], "custom_id": custom_id, "id": part.get("id", 0)}
    if part["type"] in SELECTS:
        chosen = _chosen(box, channel, part, list(values.get(custom_id) or []))
        resolved.update(chosen.get("resolved") or {})
        return body | {"values": chosen["values"]}
    assert part["type"] == TEXT_INPUT
    return body | {"value": _typed(part, values.get(custom_id, part.get("value") or ""))}


def _typed(part: Json, value: Any) -> str:
    text = str(value)
    label = part.get("label") or part["custom_id"]
    if part.get("required", True) and not text.strip():
        raise Refused(f"{label} is required.")
    low, high = part.get("min_length") or 0, part.get("max_length") or 4000
    length = utf16_length(text)
    if length > high or (text and length < low):
        raise Refused(f"{label} must be {low} to {high} characters long.")
    return text
