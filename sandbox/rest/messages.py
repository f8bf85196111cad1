"""Messages of a channel."""

from __future__ import annotations

import time
from collections import deque

from sandbox.errors import ApiError
from sandbox.rest.call import Answer, Call, route
from sandbox.validation.messages import check_message
from sandbox.world.messages import announce_message, delete_message, edit_message, post_message
from sandbox.world.permissions import Permission, can
from sandbox.world.present import message_json
from sandbox.world.state import DM, FORUMS, MESSAGEABLE, Channel, Message


@route("POST", "/channels/{channel_id}/messages", limit="message.create")
async def send_message(call: Call) -> Answer:
    channel = call.channel()
    _check_may_send(call, channel)
    check_message(call.body, files=len(call.files))
    _drop_embeds(call, channel)
    message, _ = post_message(call.box, channel, call.box.app_id, call.body, call.files)
    call.entry.message_id = message.id
    return message_json(call.box.world, message, call.box.app_id)


def _check_may_send(call: Call, channel: Channel) -> None:
    if channel.type in FORUMS:
        raise ApiError(40058)
    if channel.type not in MESSAGEABLE:
        raise ApiError(50008)
    if channel.type == DM:
        _check_dm_open(call, channel)
        return
    call.need(
        channel,
        Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES,
    )
    if call.files:
        call.need(channel, Permission.ATTACH_FILES)
    if call.body.get("message_reference") and not _may(
        call, channel, Permission.READ_MESSAGE_HISTORY
    ):
        raise ApiError(160002)
    _check_not_locked(call, channel)
    channel.archived = False


def _check_not_locked(call: Call, channel: Channel) -> None:
    """Refuse to write in a locked thread, or to change what stands in an archived one."""
    if channel.locked and not _may(call, channel, Permission.MANAGE_THREADS):
        raise ApiError(50083 if channel.archived else 160005)


def _may(call: Call, channel: Channel, permission: Permission) -> bool:
    return can(call.box.world, channel, call.box.app_id, permission)


def _drop_embeds(call: Call, channel: Channel) -> None:
    """Leave embeds out where the bot may not embed links. The answer is the same as otherwise.

    https://github.com/discord/discord-api-docs/issues/2601 and 5648
    """
    if call.body.get("embeds") and not _may(call, channel, Permission.EMBED_LINKS):
        del call.body["embeds"]


def _check_dm_open(call: Call, channel: Channel) -> None:
    box = call.box
    other = next(user for user in channel.recipients if user != box.app_id)
    if not box.world.shared_guilds(box.app_id, other):
        raise ApiError(50278)
    if not box.user(other).dms_open:
        raise ApiError(50007)


@route("GET", "/channels/{channel_id}/messages")
async def list_messages(call: Call) -> Answer:
    channel = call.channel()
    if not can(call.box.world, channel, call.box.app_id, Permission.READ_MESSAGE_HISTORY):
        return []
    limit = call.number("limit", 50, 1, 100)
    shown = visible_messages(call, channel)
    query = call.query
    if "around" in query:
        middle = int(query["around"])
        older = [m for m in shown if m.id <= middle][-(limit // 2 + 1) :]
        newer = [m for m in shown if m.id > middle][: limit - len(older)]
        shown = older + newer
    elif "after" in query:
        shown = [m for m in shown if m.id > int(query["after"])][:limit]
    elif "before" in query:
        shown = [m for m in shown if m.id < int(query["before"])][-limit:]
    else:
        shown = shown[-limit:]
    return [message_json(call.box.world, m, call.box.app_id) for m in reversed(shown)]


def visible_messages(call: Call, channel: Channel) -> list[Message]:
    rows = call.box.world.messages.get(channel.id, {}).values()
    return sorted((m for m in rows if m.ephemeral_for is None), key=lambda m: m.id)


@route("GET", "/channels/{channel_id}/messages/{message_id}")
async def get_message(call: Call) -> Answer:
    message = _find(call, Permission.READ_MESSAGE_HISTORY)
    return message_json(call.box.world, message, call.box.app_id)


@route("PATCH", "/channels/{channel_id}/messages/{message_id}", limit="message.edit")
async def patch_message(call: Call) -> Answer:
    message = _find(call)
    if message.author_id != call.box.app_id:
        raise ApiError(50005)
    check_message(call.body, files=len(call.files), keeps=True)
    channel = call.box.channel(message.channel_id)
    _check_not_locked(call, channel)
    _drop_embeds(call, channel)
    _check_old_edits(call, message)
    edit_message(call.box, message, call.body, call.files)
    return message_json(call.box.world, message, call.box.app_id)


def _check_old_edits(call: Call, message: Message) -> None:
    knobs = call.box.knobs
    if time.time() - message.created < knobs.old_message_age:
        return
    now = time.monotonic()
    recent = call.box.old_edits.setdefault(message.channel_id, deque())
    while recent and recent[0] <= now - knobs.old_message_per:
        recent.popleft()
    if len(recent) >= knobs.old_message_edits:
        raise ApiError(30046)
    recent.append(now)


@route("DELETE", "/channels/{channel_id}/messages/{message_id}", limit="message.delete")
async def remove_message(call: Call) -> Answer:
    message = _find(call)
    if message.author_id != call.box.app_id:
        call.need(call.box.channel(message.channel_id), Permission.MANAGE_MESSAGES)
    delete_message(call.box, message)
    return None


@route("POST", "/channels/{channel_id}/messages/bulk-delete")
async def remove_messages(call: Call) -> Answer:
    channel = call.channel(Permission.MANAGE_MESSAGES)
    wanted = call.body.get("messages") or []
    if not 2 <= len(wanted) <= 100:
        raise ApiError(50035)
    for one in wanted:
        message = call.box.world.find_message(channel.id, int(one))
        if message is not None:
            delete_message(call.box, message)
    return None


@route("GET", "/channels/{channel_id}/pins")
async def list_pins(call: Call) -> Answer:
    channel = call.channel(Permission.READ_MESSAGE_HISTORY)
    box = call.box
    return [
        message_json(box.world, m, box.app_id) for m in visible_messages(call, channel) if m.pinned
    ]


@route("PUT", "/channels/{channel_id}/pins/{message_id}")
async def pin_message(call: Call) -> Answer:
    return _set_pinned(call, pinned=True)


@route("DELETE", "/channels/{channel_id}/pins/{message_id}")
async def unpin_message(call: Call) -> Answer:
    return _set_pinned(call, pinned=False)


def _set_pinned(call: Call, *, pinned: bool) -> Answer:
    channel = call.channel()
    if not can(call.box.world, channel, call.box.app_id, Permission.MANAGE_MESSAGES):
        call.need(channel, Permission.PIN_MESSAGES)
    message = _find(call)
    message.pinned = pinned
    announce_message(call.box, "MESSAGE_UPDATE", message)
    return None


def _find(call: Call, *permissions: Permission) -> Message:
    """Find the message of the path; ephemeral ones do not exist for these routes."""
    channel = call.channel(*permissions)
    message = call.box.message(channel.id, call.ids["message_id"])
    if message.ephemeral_for is not None:
        raise ApiError(10008)
    return message
