"""The channels and messages that a person sees."""

from __future__ import annotations

from sandbox.acting.refusals import Refused
from sandbox.world.core import Sandbox
from sandbox.world.permissions import Permission, channel_permissions
from sandbox.world.state import DM, Channel, Message


def channel_for(box: Sandbox, user_id: int, channel_id: int) -> Channel:
    """Return the channel; raises Refused if the person does not see it."""
    if user_id not in box.world.users:
        raise Refused("There is no such user.")
    channel = box.world.channels.get(channel_id)
    if channel is None:
        raise Refused("There is no such channel.")
    if not channel_permissions(box.world, channel, user_id) & Permission.VIEW_CHANNEL:
        raise Refused("This person does not see the channel.")
    return channel


def message_for(box: Sandbox, user_id: int, channel: Channel, message_id: int) -> Message:
    """Return the message; raises Refused if it is ephemeral and another person's."""
    message = box.world.find_message(channel.id, message_id)
    if message is None or message.ephemeral_for not in {None, user_id}:
        raise Refused("There is no such message here.")
    return message


def visible_messages(box: Sandbox, user_id: int | None, channel_id: int) -> list[Message]:
    """List the messages a person sees, oldest first; None leaves ephemeral ones out."""
    rows = box.world.messages.get(channel_id, {}).values()
    shown = [message for message in rows if message.ephemeral_for in {None, user_id}]
    return sorted(shown, key=lambda message: message.id)


def visible_channels(box: Sandbox, user_id: int) -> list[Channel]:
    """List the channels and DMs a person sees."""
    return [
        channel
        for channel in box.world.channels.values()
        if channel_permissions(box.world, channel, user_id) & Permission.VIEW_CHANNEL
    ]


def has_bot(box: Sandbox, channel: Channel) -> bool:
    """Tell whether the application can be used in this channel."""
    if channel.type == DM:
        return box.app_id in channel.recipients
    return (
        channel.guild_id is not None and box.world.member(channel.guild_id, box.app_id) is not None
    )
