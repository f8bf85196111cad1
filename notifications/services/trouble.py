"""Telling the host what only a person can put right."""

from datetime import datetime, timedelta

from games.models import Game
from notifications.enums import Notice, Target
from notifications.models import Delivery
from notifications.services.delivery import enqueue

PRIORITY = 4
USEFUL_FOR = timedelta(days=1)


def tell_host_of_channel(*, game_id: int, channel_id: int, now: datetime) -> None:
    """The channel cannot be written to: told once a day, whatever the number of messages."""
    day = now.date().isoformat()
    _tell_host(game_id, Notice.CHANNEL_TROUBLE, f"trouble:{channel_id}:{day}", now)


def tell_host_of_lost_post(*, game_id: int, post_number: int, now: datetime) -> None:
    """The announcement was deleted by somebody: the host may repost it or call the game off."""
    _tell_host(game_id, Notice.POST_LOST, f"lost:{game_id}:{post_number}", now)


def _tell_host(game_id: int, notice: Notice, key: str, now: datetime) -> None:
    game = Game.objects.select_related("host").get(id=game_id)
    if game.host.discord_id is None:
        return
    enqueue(
        [
            Delivery(
                dedupe_key=f"{key}:{game.host.discord_id}",
                game=game,
                guild_id=game.guild_id,
                notice=notice,
                priority=PRIORITY,
                target=Target.USER,
                target_id=game.host.discord_id,
                due_at=now,
                expires_at=max(now + USEFUL_FOR, game.starts_at),
            )
        ]
    )
