"""Callbacks and follow-ups of interactions, by their token."""

from __future__ import annotations

import time

from sandbox.errors import ApiError
from sandbox.rest.call import Answer, Call, route
from sandbox.world.core import Interaction
from sandbox.world.interactions import (
    acknowledge,
    callback_json,
    check_data,
    create_reply,
    resolve_edit,
)
from sandbox.world.messages import delete_message
from sandbox.world.present import message_json
from sandbox.world.state import Message

WEBHOOK = "/webhooks/{application_id}/{token}"


@route(
    "POST",
    "/interactions/{interaction_id}/{token}/callback",
    auth="none",
    limited=False,
)
async def post_callback(call: Call) -> Answer:
    interaction = call.box.interactions.get(call.ids["interaction_id"])
    if interaction is None or interaction.token != call.words["token"]:
        raise ApiError(10062)
    acknowledge(call.box, interaction, call.body, call.files)
    if not call.flag("with_response"):
        return None
    return callback_json(call.box, interaction)


def _interaction(call: Call) -> Interaction:
    """Find the acknowledged interaction of a live token; raises 10015 or 50027."""
    found = call.box.interactions_by_token.get(call.words["token"])
    if call.ids["application_id"] != call.box.app_id:
        raise ApiError(10015)
    if found is None:
        raise ApiError(50027)
    if found.acked is None:
        raise ApiError(10015)
    if time.monotonic() - found.sent > call.box.knobs.token_lifetime:
        raise ApiError(50027)
    return found


def _original(call: Call, interaction: Interaction) -> Message:
    if interaction.original_id is None:
        raise ApiError(10008)
    return call.box.message(interaction.channel_id, interaction.original_id)


def _reply(call: Call, interaction: Interaction) -> Message:
    message_id = call.ids["message_id"]
    if message_id not in {*interaction.replies, interaction.original_id}:
        raise ApiError(10008)
    return call.box.message(interaction.channel_id, message_id)


def _shown(call: Call, message: Message) -> Answer:
    call.entry.message_id = message.id
    return message_json(call.box.world, message, call.box.app_id)


@route("POST", WEBHOOK, auth="none", counts_globally=False, limit="webhook.send")
async def post_followup(call: Call) -> Answer:
    interaction = _interaction(call)
    check_data(call.body, call.files)
    if interaction.thinking and interaction.original_id:
        message = _original(call, interaction)
        resolve_edit(call.box, interaction, message, call.body, call.files)
        return _shown(call, message)
    message = create_reply(call.box, interaction, call.body, call.files, call.body.get("flags"))
    interaction.announce()
    return _shown(call, message)


@route(
    "GET", WEBHOOK + "/messages/@original", auth="none", counts_globally=False, limit="webhook.read"
)
async def get_original(call: Call) -> Answer:
    return _shown(call, _original(call, _interaction(call)))


@route(
    "PATCH",
    WEBHOOK + "/messages/@original",
    auth="none",
    counts_globally=False,
    limit="webhook.edit",
)
async def patch_original(call: Call) -> Answer:
    interaction = _interaction(call)
    message = _original(call, interaction)
    resolve_edit(call.box, interaction, message, call.body, call.files)
    return _shown(call, message)


@route(
    "DELETE",
    WEBHOOK + "/messages/@original",
    auth="none",
    counts_globally=False,
    limit="webhook.delete",
)
async def delete_original(call: Call) -> Answer:
    interaction = _interaction(call)
    delete_message(call.box, _original(call, interaction))
    interaction.thinking = False
    interaction.announce()
    return None


@route(
    "GET",
    WEBHOOK + "/messages/{message_id}",
    auth="none",
    counts_globally=False,
    limit="webhook.read",
)
async def get_followup(call: Call) -> Answer:
    return _shown(call, _reply(call, _interaction(call)))


@route(
    "PATCH",
    WEBHOOK + "/messages/{message_id}",
    auth="none",
    counts_globally=False,
    limit="webhook.edit",
)
async def patch_followup(call: Call) -> Answer:
    interaction = _interaction(call)
    message = _reply(call, interaction)
    resolve_edit(call.box, interaction, message, call.body, call.files)
    return _shown(call, message)


@route(
    "DELETE",
    WEBHOOK + "/messages/{message_id}",
    auth="none",
    counts_globally=False,
    limit="webhook.delete",
)
async def delete_followup(call: Call) -> Answer:
    interaction = _interaction(call)
    delete_message(call.box, _reply(call, interaction))
    return None
