"""A mention in the game's channel, in place of a direct message that nobody would get."""

from guilds.enums import DirectMessages
from notifications.enums import Target
from notifications.kinds import KINDS
from notifications.models import Delivery
from notifications.outbox.facts import Facts
from notifications.outbox.queue import enqueue
from postgres.clock import database_now


def mention_instead(delivery: Delivery, facts: Facts) -> None:
    """Name and ping the person in one message in the game's channel.

    Nothing is written unless the server wants that, or the person prefers it to direct messages.
    """
    snapshot = facts.games[delivery.game_id or 0]
    user = facts.users.get(delivery.target_id)
    is_chosen = user is not None and user.direct_messages == DirectMessages.NEVER
    is_wanted = is_chosen or facts.guilds[delivery.guild_id].mention_unreachable
    if not is_wanted or not KINDS[delivery.notice].may_mention:
        return
    enqueue(
        [
            Delivery(
                dedupe_key=f"{delivery.dedupe_key}:fb",
                game_id=delivery.game_id,
                guild_id=delivery.guild_id,
                notice=delivery.notice,
                priority=delivery.priority,
                target=Target.CHANNEL,
                target_id=snapshot.channel_id,
                payload={**delivery.payload, "mention": delivery.target_id},
                due_at=database_now(),
                expires_at=delivery.expires_at,
            )
        ]
    )
