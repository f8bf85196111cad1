"""The second word about an announcement: it stands in its channel, or why it does not.

A post is made by the worker, after the press that asked for it was answered. The answer says that
it will be posted, and is followed up for half a minute. Later trouble is told by a notice.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from discordbot.interactions.callbacks import Message, NotDelivered
from discordbot.interactions.database import in_database
from games.models import Game
from notifications.followers.announcement.outcome import outcome_of
from notifications.messages import replies
from postgres.outage import OUTAGES

log = structlog.get_logger(__name__)

# Seconds between looks: most posts stand after the first.
PAUSES = (0.4, 0.6, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 6.0)


async def confirm_post(game_id: int, say: Callable[[Message], Awaitable[None]]) -> None:
    """Wait for the game's announcement and say what became of it. Says nothing if it takes longer
    than the pauses together."""
    for pause in PAUSES:
        await asyncio.sleep(pause)
        try:
            message = await in_database(_outcome, game_id)
        except (*OUTAGES, Game.DoesNotExist):
            continue
        if message is None:
            continue
        try:
            await say(message)
        except NotDelivered as error:
            log.warning("confirmation_not_delivered", game_id=game_id, error=str(error))
        return


def _outcome(game_id: int) -> Message | None:
    outcome = outcome_of(game_id)
    if not outcome.is_settled:
        return None
    guild_id = Game.objects.values_list("guild_id", flat=True).get(id=game_id)
    if outcome.trouble is not None:
        return replies.not_posted(outcome.trouble, guild_id=guild_id, game_id=game_id)
    return replies.posted(guild_id=guild_id, game_id=game_id, channel_id=outcome.channel_id)
