"""Parts that messages share: times, lengths, addresses, buttons, and pinging nobody."""

from datetime import datetime
from typing import Any

from django.conf import settings

Message = dict[str, Any]

SUPPRESS_EMBEDS = 1 << 2
LINK, PRIMARY, SECONDARY, SUCCESS, DANGER = 5, 1, 2, 3, 4


def pinging(*, users: list[int] | None = None, roles: list[int] | None = None) -> Message:
    """Make `allowed_mentions` for these alone; without any, nobody is pinged."""
    allowed: Message = {"parse": []}
    if users:
        allowed["users"] = [str(user_id) for user_id in users]
    if roles:
        allowed["roles"] = [str(role_id) for role_id in roles]
    return allowed


def without_link_previews(message: Message) -> Message:
    """Keep Discord from showing pages that a reason or a name links to below the message.

    The flag would hide embeds of our own too, so it is set only where there are none.
    https://discord.com/developers/docs/resources/message#message-object-message-flags
    """
    return message if message.get("embeds") else message | {"flags": SUPPRESS_EMBEDS}


def timestamp(moment: datetime, style: str = "F") -> str:
    return f"<t:{int(moment.timestamp())}:{style}>"


def when(moment: datetime) -> str:
    """The time in the reader's own zone, and how far away it is."""
    return f"{timestamp(moment)} ({timestamp(moment, 'R')})"


def game_url(guild_id: int, game_id: int) -> str:
    return f"{settings.SITE_URL}/g/{guild_id}/games/{game_id}/"


def row(*components: Message) -> Message:
    return {"type": 1, "components": list(components)}


def button(label: str, custom_id: str, style: int, *, disabled: bool = False) -> Message:
    return {
        "type": 2,
        "style": style,
        "label": label,
        "custom_id": custom_id,
        "disabled": disabled,
    }


def link(label: str, url: str) -> Message:
    return {"type": 2, "style": LINK, "label": label, "url": url}
