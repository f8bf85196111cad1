"""Channels and threads."""

from __future__ import annotations

import time

from sandbox.errors import ApiError
from sandbox.rest.call import Answer, Call, route
from sandbox.validation.fields import Form
from sandbox.world.guilds import announce_channel, remove_channel
from sandbox.world.messages import Origin, announce_message, create_message
from sandbox.world.permissions import Permission
from sandbox.world.present import channel_json
from sandbox.world.state import DM, NEWS, NEWS_THREAD, PRIVATE_THREAD, TEXT, THREAD, Channel


@route("GET", "/channels/{channel_id}")
async def get_channel(call: Call) -> Answer:
    return channel_json(call.box.world, call.channel())


@route("PATCH", "/channels/{channel_id}")
async def patch_channel(call: Call) -> Answer:
    channel = call.channel()
    need = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    if not (channel.is_thread and channel.owner_id == call.box.app_id):
        call.need(channel, need)
    form = Form()
    name = form.text(call.body, "name", 100, shortest=1)
    form.text(call.body, "topic", 1024)
    form.finish()
    channel.name = name or channel.name
    channel.topic = call.body.get("topic", channel.topic)
    channel.archived = bool(call.body.get("archived", channel.archived))
    channel.locked = bool(call.body.get("locked", channel.locked))
    announce_channel(call.box, "THREAD_UPDATE" if channel.is_thread else "CHANNEL_UPDATE", channel)
    return channel_json(call.box.world, channel)


@route("DELETE", "/channels/{channel_id}")
async def delete_channel(call: Call) -> Answer:
    channel = call.channel()
    if channel.type == DM:
        return channel_json(call.box.world, channel)
    call.need(
        channel, Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    )
    body = channel_json(call.box.world, channel)
    remove_channel(call.box, channel)
    return body


@route("POST", "/channels/{channel_id}/typing")
async def start_typing(call: Call) -> Answer:
    call.channel(Permission.SEND_MESSAGES)
    return None


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
async def start_thread(call: Call) -> Answer:
    box = call.box
    parent = call.channel(Permission.CREATE_PUBLIC_THREADS)
    message = box.message(parent.id, call.ids["message_id"])
    _check_thread(call, parent)
    if message.thread_id or message.id in box.world.channels:
        raise ApiError(160004)
    kind = NEWS_THREAD if parent.type == NEWS else THREAD
    thread = _make_thread(call, parent, message.id, kind)
    message.thread_id = thread.id
    message.flags |= 1 << 5
    announce_message(box, "MESSAGE_UPDATE", message)
    call.status = 201
    return channel_json(box.world, thread)


@route("POST", "/channels/{channel_id}/threads")
async def start_loose_thread(call: Call) -> Answer:
    box = call.box
    kind = PRIVATE_THREAD if call.body.get("type", PRIVATE_THREAD) == PRIVATE_THREAD else THREAD
    need = (
        Permission.CREATE_PRIVATE_THREADS
        if kind == PRIVATE_THREAD
        else Permission.CREATE_PUBLIC_THREADS
    )
    parent = call.channel(need)
    _check_thread(call, parent)
    thread = _make_thread(call, parent, box.next_id(), kind)
    if kind == THREAD:
        create_message(box, parent, box.app_id, {"content": thread.name}, [], Origin(type=18))
    call.status = 201
    return channel_json(box.world, thread)


def _check_thread(call: Call, parent: Channel) -> None:
    if parent.type not in {TEXT, NEWS}:
        raise ApiError(50035, errors=None)
    form = Form()
    form.text(call.body, "name", 100, shortest=1, required=True)
    form.one_of(call.body, "auto_archive_duration", {60, 1440, 4320, 10080}, required=False)
    form.finish()


def _make_thread(call: Call, parent: Channel, thread_id: int, kind: int) -> Channel:
    thread = Channel(
        id=thread_id,
        type=kind,
        guild_id=parent.guild_id,
        name=call.body["name"].strip(),
        parent_id=parent.id,
        owner_id=call.box.app_id,
        auto_archive_duration=call.body.get("auto_archive_duration") or 1440,
        created=time.time(),
    )
    call.box.world.channels[thread.id] = thread
    announce_channel(call.box, "THREAD_CREATE", thread, newly_created=True)
    return thread


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
async def add_thread_member(call: Call) -> Answer:
    call.channel(Permission.SEND_MESSAGES_IN_THREADS)
    call.box.user(call.ids["user_id"])
    return None
