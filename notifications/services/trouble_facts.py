"""What stands behind the troubles that hosts are told of: missing permissions, closed DMs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from games.enums import Answer
from games.models import Participant
from guilds.models import Channel, Guild
from guilds.selectors import bot_members, missing_bot_permissions
from notifications.enums import Notice
from notifications.models import Delivery


def troubles_of(
    deliveries: Sequence[Delivery], guilds: Mapping[int, Guild], now: datetime
) -> dict[int, dict[str, Any]]:
    """More payload for these deliveries, by their id: what is the case at this moment."""
    facts = _channels([row for row in deliveries if row.notice == Notice.CHANNEL_TROUBLE], guilds)
    unreachable = [row for row in deliveries if row.notice == Notice.UNREACHABLE]
    if unreachable:
        names = _closed({row.game_id or 0 for row in unreachable}, now)
        facts |= {row.id: {"names": names[row.game_id or 0]} for row in unreachable}
    return facts


def _channels(
    deliveries: Sequence[Delivery], guilds: Mapping[int, Guild]
) -> dict[int, dict[str, Any]]:
    """Whether the channel is gone, and what the bot lacks in it as far as the mirror tells."""
    if not deliveries:
        return {}
    ids = {row.payload.get("channel_id") for row in deliveries}
    channels = {channel.id: channel for channel in Channel.objects.filter(id__in=ids)}
    bots = bot_members(guilds.keys())
    facts: dict[int, dict[str, Any]] = {}
    for row in deliveries:
        channel = channels.get(row.payload.get("channel_id", 0))
        if channel is not None:
            missing = missing_bot_permissions(channel, bots.get(row.guild_id))
            is_gone = channel.deleted_at is not None
            facts[row.id] = {"is_gone": is_gone, "missing": int(missing)}
    return facts


def _closed(game_ids: set[int], now: datetime) -> defaultdict[int, list[str]]:
    """Names on the rosters of those whose direct messages are known to be closed."""
    names: defaultdict[int, list[str]] = defaultdict(list)
    closed = Participant.objects.select_related("user").filter(
        game_id__in=game_ids,
        answer__in=[Answer.GOING, Answer.MAYBE],
        user__dm_blocked_until__gt=now,
    )
    for participant in closed:
        if participant.user:
            names[participant.game_id].append(participant.user.name)
    return names
