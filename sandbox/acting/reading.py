"""Unread messages: one state for all windows of a person."""

from __future__ import annotations

from collections import Counter

from sandbox.acting.people import visible_messages
from sandbox.world.core import Sandbox
from sandbox.world.state import Channel, Json


def mark_read(box: Sandbox, user_id: int, channel_id: int) -> None:
    """Note that the person has seen everything in this channel."""
    seen = visible_messages(box, user_id, channel_id)
    newest = seen[-1].id if seen else 0
    if newest > box.world.read.get((user_id, channel_id), 0):
        box.world.read[user_id, channel_id] = newest
        box.hub.tell_page("read", user_id=str(user_id), channel_id=str(channel_id))


def unread_json(box: Sandbox, user_id: int, channel: Channel) -> Json:
    """`unread`: others wrote something after `last_read`; `pings`: how much of it notified them."""
    read = box.world.read.get((user_id, channel.id), 0)
    fresh = [
        message
        for message in box.world.messages.get(channel.id, {}).values()
        if message.id > read and message.author_id != user_id and message.ephemeral_for is None
    ]
    pings = sum(user_id in message.pings for message in fresh)
    return {"unread": bool(fresh), "pings": pings, "last_read": str(read)}


def waiting_for_people(box: Sandbox) -> Counter[int]:
    """Count for each person the unread messages that notified them."""
    waiting: Counter[int] = Counter()
    for message in box.world.all_messages():
        for user_id in message.pings:
            if message.id > box.world.read.get((user_id, message.channel_id), 0):
                waiting[user_id] += 1
    return waiting
