"""Telling the host what only a person can put right."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from games.models import Game
from guilds.discord.budget import Priority
from notifications.enums import Notice, Target
from notifications.models import Delivery
from notifications.services.delivery import enqueue

USEFUL_FOR = timedelta(days=1)
GATHER = timedelta(seconds=20)


def tell_host_of_channel(*, game_id: int, channel_id: int, now: datetime) -> None:
    """The channel cannot be written to: told once a day, whatever the number of messages."""
    day = now.date().isoformat()
    key, payload = f"trouble:{channel_id}:{day}", {"channel_id": channel_id}
    _tell_host(game_id, Notice.CHANNEL_TROUBLE, key, now, payload)


def tell_host_of_lost_post(*, game_id: int, post_number: int, now: datetime) -> None:
    """The announcement was deleted by somebody: the host may repost it or call the game off."""
    _tell_host(game_id, Notice.POST_LOST, f"lost:{game_id}:{post_number}", now)


def tell_host_of_unreachable(*, game_id: int, person: int, now: datetime) -> None:
    """Somebody's direct messages are closed: once a day, after gathering whose else are."""
    key = f"unreachable:{game_id}:{now.date().isoformat()}"
    _tell_host(game_id, Notice.UNREACHABLE, key, now + GATHER, about=person)


def _tell_host(
    game_id: int,
    notice: Notice,
    key: str,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
    *,
    about: int = 0,
) -> None:
    game = Game.objects.select_related("host").get(id=game_id)
    if game.host.discord_id is None or game.host.discord_id == about:
        return
    enqueue(
        [
            Delivery(
                dedupe_key=f"{key}:{game.host.discord_id}",
                game=game,
                guild_id=game.guild_id,
                notice=notice,
                priority=Priority.UPKEEP,
                target=Target.USER,
                target_id=game.host.discord_id,
                payload=dict(payload or {}),
                due_at=due_at,
                expires_at=due_at + USEFUL_FOR,
            )
        ]
    )
