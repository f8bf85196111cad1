"""Control of acts: commands, clicks, modals, messages."""

from __future__ import annotations

import time
from typing import Any

from sandbox.acting.components import use_component
from sandbox.acting.modals import submit_modal
from sandbox.acting.outcomes import describe, seen_json, settle
from sandbox.acting.people import channel_for, message_for
from sandbox.acting.reading import mark_read
from sandbox.acting.refusals import Refused
from sandbox.acting.slash import ask_choices, run_command, usable_commands
from sandbox.control.call import Control, control
from sandbox.validation.messages import check_message
from sandbox.world.core import Interaction
from sandbox.world.interactions import remember_interaction, send_interaction
from sandbox.world.messages import create_message, delete_message, open_dm
from sandbox.world.permissions import Permission, can
from sandbox.world.present import channel_json, command_json
from sandbox.world.state import Json


async def _outcome(call: Control, interaction: Interaction) -> Json:
    if call.body.get("wait") is False:
        return describe(call.box, interaction)
    return await settle(
        call.box,
        interaction,
        follow=bool(call.body.get("follow")),
        patience=float(call.body.get("patience", 5.0)),
    )


@control("POST", "/act/command")
async def command(call: Control) -> Any:
    interaction = run_command(
        call.box,
        call.id("user_id"),
        call.id("channel_id"),
        call.body["name"],
        call.body.get("options") or {},
    )
    return await _outcome(call, interaction)


@control("POST", "/act/autocomplete")
async def autocomplete(call: Control) -> Any:
    interaction = ask_choices(
        call.box,
        call.id("user_id"),
        call.id("channel_id"),
        call.body["name"],
        call.body.get("options") or {},
        call.body["focused"],
    )
    return await _outcome(call, interaction)


@control("POST", "/act/component")
async def component(call: Control) -> Any:
    interaction = use_component(
        call.box,
        call.id("user_id"),
        call.id("channel_id"),
        call.id("message_id"),
        call.body["custom_id"],
        call.body.get("values"),
    )
    return await _outcome(call, interaction)


@control("POST", "/act/modal")
async def modal(call: Control) -> Any:
    interaction = submit_modal(
        call.box, call.id("user_id"), call.id("interaction_id"), call.body.get("values") or {}
    )
    return await _outcome(call, interaction)


@control("POST", "/act/message")
async def message(call: Control) -> Any:
    """Write as a person."""
    channel = channel_for(call.box, call.id("user_id"), call.id("channel_id"))
    if not can(call.box.world, channel, call.id("user_id"), Permission.SEND_MESSAGES):
        raise Refused("This person may not write here.")
    body = {"content": call.body.get("content", "")}
    check_message(body, files=0)
    return seen_json(call.box, create_message(call.box, channel, call.id("user_id"), body, []))


@control("POST", "/act/dm")
async def direct_message(call: Control) -> Any:
    """Open the direct messages between a person and the bot."""
    channel = open_dm(call.box, call.id("user_id"), call.box.app_id)
    return channel_json(call.box.world, channel)


@control("POST", "/act/read")
async def read(call: Control) -> Any:
    """Mark a channel as read, in every window of this person."""
    channel = channel_for(call.box, call.id("user_id"), call.id("channel_id"))
    mark_read(call.box, call.id("user_id"), channel.id)


@control("POST", "/act/dismiss")
async def dismiss(call: Control) -> Any:
    """Dismiss an ephemeral message."""
    channel = channel_for(call.box, call.id("user_id"), call.id("channel_id"))
    found = message_for(call.box, call.id("user_id"), channel, call.id("message_id"))
    if found.ephemeral_for is None:
        raise Refused("Only ephemeral messages can be dismissed.")
    delete_message(call.box, found)


@control("GET", "/commands")
async def commands(call: Control) -> Any:
    """List registered commands; with `user_id` and `channel_id`, those offered there."""
    user_id, channel_id = call.query_id("user_id"), call.query_id("channel_id")
    if user_id and channel_id:
        found = usable_commands(call.box, user_id, channel_for(call.box, user_id, channel_id))
    else:
        found = list(call.box.world.commands.values())
    return [command_json(one, call.box.app_id) for one in found]


@control("GET", "/interactions")
async def interactions(call: Control) -> Any:
    """List the outcomes of the interactions after the id `since`."""
    since = call.query_id("since") or 0
    return [describe(call.box, one) for one in call.box.interactions.values() if one.id > since]


@control("GET", "/interactions/{interaction_id}")
async def interaction(call: Control) -> Any:
    return describe(call.box, call.box.interactions[call.ids["interaction_id"]])


@control("POST", "/interactions/replay")
async def replay(call: Control) -> Any:
    """Send an interaction to the bot a second time with the same id; the newest one by default."""
    wanted = call.body.get("interaction_id")
    found = (
        call.box.interactions[int(wanted)] if wanted else list(call.box.interactions.values())[-1]
    )
    found.replays += 1
    return {"reached": send_interaction(call.box, found.payload), "id": str(found.id)}


@control("POST", "/interactions/raw")
async def raw(call: Control) -> Any:
    """Send a hand-made INTERACTION_CREATE; an absent id or token is filled in."""
    payload: Json = call.body["payload"]
    payload.setdefault("id", str(call.box.next_id()))
    payload.setdefault("token", call.box.new_token())
    payload.setdefault("application_id", str(call.box.app_id))
    payload.setdefault("version", 1)
    made = Interaction(
        id=int(payload["id"]),
        token=payload["token"],
        type=int(payload["type"]),
        user_id=int((payload.get("member") or payload)["user"]["id"]),
        channel_id=int(payload["channel_id"]),
        guild_id=int(payload["guild_id"]) if payload.get("guild_id") else None,
        payload=payload,
        sent=time.monotonic(),
        message_id=int(payload["message"]["id"]) if payload.get("message") else None,
    )
    remember_interaction(call.box, made)
    send_interaction(call.box, payload)
    return await _outcome(call, made)
