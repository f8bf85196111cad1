"""Channels of direct messages: kept with their person, forgotten when they are gone, and opened
before they are needed (decision 20).

Discord gives the bot and a person the same channel for ever. Opening it sends nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

import structlog
from django.core.cache import cache

from discord_api import loop, outgoing
from discord_api.budget import Priority
from discord_api.errors import DM_CLOSED, DiscordError, Uncertain
from discord_api.outgoing import SEND_SECONDS, SendFailed
from guilds.enums import DirectMessages
from guilds.models import User

log = structlog.get_logger(__name__)

# Nothing is opened ahead for so long after Discord did not like it, and for one person after it
# refused to open theirs. Then it is opened, or refused, when there is a message for them.
HELD_SECONDS = 600
REFUSED_SECONDS = 3600
_HELD = "direct-channels:held"


class Opening(Enum):
    """The end of one try to open a channel ahead."""

    OPENED = auto()
    REFUSED = auto()  # this person's; others may be opened
    UNANSWERED = auto()
    NOT_NOW = auto()  # nor would others be opened


@dataclass(frozen=True)
class Addressee:
    """A person who has no channel yet, and the server of the first message to them.

    `needed_at`: when that message is due.
    """

    user_id: int
    discord_id: int
    guild_id: int
    needed_at: datetime


def is_closed(user: User, now: datetime) -> bool:
    """Whether the person takes no direct messages, by their own choice or as Discord told us."""
    return user.direct_messages == DirectMessages.NEVER or bool(
        user.dm_blocked_until and user.dm_blocked_until > now
    )


def keep_channel(user: User, channel_id: int) -> None:
    if user.dm_channel_id != channel_id:
        User.objects.filter(id=user.id).update(dm_channel_id=channel_id)


def forget_channel(user: User) -> None:
    User.objects.filter(id=user.id).update(dm_channel_id=None)


def open_channel(person: Addressee) -> Opening:
    """Open the person's channel and keep it, if the budget has room to spare."""
    client = loop.client()
    if not client.room(Priority.UPKEEP):
        return Opening.NOT_NOW
    opening = outgoing.open_ahead(client, person.discord_id, person.guild_id)
    try:
        channel_id = loop.call(opening, timeout=SEND_SECONDS + 1)
    except SendFailed as failed:
        return _settle_failure(person, failed.reason)
    if channel_id is None:
        return Opening.NOT_NOW
    User.objects.filter(id=person.user_id).update(dm_channel_id=channel_id)
    return Opening.OPENED


def _settle_failure(person: Addressee, reason: DiscordError | Uncertain) -> Opening:
    if isinstance(reason, Uncertain):
        return Opening.UNANSWERED
    if not reason.is_permanent:
        return Opening.NOT_NOW
    if reason.code in DM_CLOSED:
        _note(_refused(person.user_id), REFUSED_SECONDS)
        return Opening.REFUSED
    hold_openings(str(reason))
    return Opening.NOT_NOW


def hold_openings(why: str) -> None:
    """Open nothing ahead for a while, since Discord shuts out bots that open many quickly."""
    log.warning("direct_channels_held", seconds=HELD_SECONDS, error=why)
    _note(_HELD, HELD_SECONDS)


def are_openings_held() -> bool:
    """Whether nothing is opened ahead at present, also while the cache cannot say so."""
    try:
        return bool(cache.get(_HELD))
    except Exception:  # noqa: BLE001  (whatever the cache's client raises)
        return True


def refused_of(user_ids: Collection[int]) -> set[int]:
    """Return those whose channel Discord refused to open lately."""
    keys = {_refused(user_id): user_id for user_id in user_ids}
    found: dict[str, Any] = cache.get_many(keys) if keys else {}
    return {keys[key] for key in found}


def _refused(user_id: int) -> str:
    return f"direct-channels:refused:{user_id}"


def _note(key: str, seconds: int) -> None:
    try:
        cache.set(key, 1, timeout=seconds)
    except Exception:  # noqa: BLE001  (whatever the cache's client raises)
        log.warning("direct_channels_not_noted", key=key)
