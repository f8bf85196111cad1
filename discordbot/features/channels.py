"""Channels that a member sees and the bot may announce in."""

from discordbot.interactions.interaction import Interaction
from guilds.enums import NEEDED_TO_ANNOUNCE, Permission
from guilds.errors import NotAllowed
from guilds.models import Channel, Member
from guilds.selectors import (
    can_see_channel,
    channel_not_found,
    find_bot_member,
    get_channel,
    missing_bot_permissions,
)
from notifications.messages.replies import missing_permissions


def check_channel(interaction: Interaction, host: Member, channel_id: int) -> None:
    """Raise unless the host sees the channel and the bot may announce there."""
    channel = seen_channel(host, channel_id)
    missing = missing_permissions_in(interaction, channel)
    if missing:
        raise NotAllowed(missing_permissions(missing, channel_id=channel_id), field="channel")


def seen_channel(member: Member, channel_id: int) -> Channel:
    """Raises `NotFound` for a channel the member does not see, as for one that is not there."""
    channel = get_channel(member.guild, channel_id)
    if not can_see_channel(channel, member):
        raise channel_not_found()
    return channel


def missing_permissions_in(interaction: Interaction, channel: Channel) -> Permission:
    """The permissions that the bot lacks; Discord tells those of the channel it was typed in."""
    if channel.id == interaction.channel_id:
        return NEEDED_TO_ANNOUNCE & ~interaction.app_permissions
    return missing_bot_permissions(channel, find_bot_member(channel.guild))
