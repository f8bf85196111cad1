"""Submitted modals: what a person types, chooses, ticks and uploads there."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from sandbox.acting.components import chosen
from sandbox.acting.people import channel_for
from sandbox.acting.refusals import Refused
from sandbox.validation.modals import (
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    LABEL,
    MOST_BOXES,
    RADIO_GROUP,
    TEXT_DISPLAY,
    TEXT_INPUT,
)
from sandbox.validation.selects import SELECTS
from sandbox.world.core import Interaction, Sandbox
from sandbox.world.interactions import MODAL_SUBMIT, start_interaction
from sandbox.world.messages import Upload, store_file
from sandbox.world.state import Channel, Json


@dataclass
class Filling:
    """A modal being filled in: `values` by custom id, and what they name (`resolved`)."""

    box: Sandbox
    channel: Channel
    values: Json
    known: set[str] = field(default_factory=set)
    resolved: Json = field(default_factory=dict)


def submit_modal(box: Sandbox, user_id: int, interaction_id: int, values: Json) -> Interaction:
    """Submit the modal that answered an interaction; inputs not named keep their prefill.

    A select and a group of boxes take a list, a radio group a value, a box true or false, and an
    upload a list of `{"filename", "content"}`, the content in base64.
    """
    opened = box.interactions.get(interaction_id)
    if opened is None or opened.modal is None or opened.user_id != user_id:
        raise Refused("No modal is open for this person.")
    channel = channel_for(box, user_id, opened.channel_id)
    filling = Filling(box, channel, values)
    rows = [_row(filling, row) for row in opened.modal["components"]]
    unknown = set(values) - filling.known
    if unknown:
        raise Refused(f"The modal has no input {', '.join(sorted(unknown))}.")
    message = None
    if opened.message_id is not None:
        message = box.world.find_message(channel.id, opened.message_id)
    data: Json = {"custom_id": opened.modal["custom_id"], "components": rows}
    if filling.resolved:
        data["resolved"] = filling.resolved
    return start_interaction(
        box, MODAL_SUBMIT, user_id, channel, data, message=message, modal_from=opened.id
    )


def _row(filling: Filling, row: Json) -> Json:
    shown: Json = {"type": row["type"], "id": row.get("id", 0)}
    if row["type"] == TEXT_DISPLAY:
        return shown
    if row["type"] == LABEL:
        return shown | {"component": _part(filling, row["component"])}
    return shown | {"components": [_part(filling, part) for part in row["components"]]}


def _part(filling: Filling, part: Json) -> Json:
    custom_id, kind = part["custom_id"], part["type"]
    filling.known.add(custom_id)
    body: Json = {"type": kind, "custom_id": custom_id, "id": part.get("id", 0)}
    given = filling.values.get(custom_id)
    if kind in SELECTS:
        return body | {"values": _selected(filling, part, given)}
    if kind == RADIO_GROUP:
        return body | {"value": _radio(part, given)}
    if kind == CHECKBOX_GROUP:
        return body | {"values": _boxes(part, given)}
    if kind == CHECKBOX:
        return body | {"value": bool(part.get("default") if given is None else given)}
    if kind == FILE_UPLOAD:
        return body | {"values": _uploads(filling, part, list(given or []))}
    assert kind == TEXT_INPUT
    return body | {"value": _typed(part, given if given is not None else part.get("value") or "")}


def _is_required(part: Json) -> bool:
    return part.get("required", True) is not False


def _selected(filling: Filling, part: Json, given: Any) -> list[str]:
    values = list(given or [])
    if not values and not _is_required(part):
        return []
    choice = chosen(filling.box, filling.channel, part, values)
    for kind, found in (choice.get("resolved") or {}).items():
        filling.resolved.setdefault(kind, {}).update(found)
    return list(choice["values"])


def _defaults(part: Json) -> list[str]:
    return [option["value"] for option in part["options"] if option.get("default")]


def _radio(part: Json, given: Any) -> str | None:
    value = given if given is not None else next(iter(_defaults(part)), None)
    if value is None and _is_required(part):
        raise Refused(f"{part['custom_id']} is required.")
    if value is not None and value not in {option["value"] for option in part["options"]}:
        raise Refused("That is not one of the options.")
    return value


def _boxes(part: Json, given: Any) -> list[str]:
    values = list(_defaults(part) if given is None else given)
    most = part.get("max_values") or min(len(part["options"]), MOST_BOXES)
    _check_count(part, len(values), most)
    if len(set(values)) != len(values) or not set(values) <= {o["value"] for o in part["options"]}:
        raise Refused("That is not one of the options.")
    return values


def _check_count(part: Json, count: int, most: int) -> None:
    if count == 0 and not _is_required(part):
        return
    least = part.get("min_values", 1)
    if not least <= count <= most:
        raise Refused(f"{part['custom_id']}: choose {least} to {most}.")


def _uploads(filling: Filling, part: Json, files: list[Json]) -> list[str]:
    _check_count(part, len(files), part.get("max_values") or 1)
    ids = []
    for file in files:
        data = base64.b64decode(file.get("content") or "")
        name, kind = str(file["filename"]), str(file.get("content_type") or "text/plain")
        _check_type(part, name, kind)
        upload = Upload(part["custom_id"], name, kind, data)
        attachment = store_file(filling.box, filling.channel, upload, {})
        filling.resolved.setdefault("attachments", {})[attachment["id"]] = attachment
        ids.append(attachment["id"])
    return ids


def _check_type(part: Json, name: str, kind: str) -> None:
    wanted = part.get("file_types")
    if not wanted:
        return
    if not any(name.lower().endswith(one) or kind.startswith(f"{one}/") for one in wanted):
        raise Refused(f"{name} is not of a type that is asked for.")


def _typed(part: Json, value: Any) -> str:
    text = str(value)
    label = part.get("label") or part["custom_id"]
    if _is_required(part) and not text.strip():
        raise Refused(f"{label} is required.")
    low, high = part.get("min_length") or 0, part.get("max_length") or 4000
    if len(text) > high or (text and len(text) < low):
        raise Refused(f"{label} must be {low} to {high} characters long.")
    return text
