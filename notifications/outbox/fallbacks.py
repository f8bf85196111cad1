"""The other way to people: a mention in the channel for a direct message that nobody would get,
and direct messages for a message that its channel does not take.

Each person gets one message at most: a way that was tried is not taken again.
"""

from typing import Any

from guilds.enums import DirectMessages
from guilds.models import OPEN, Channel
from notifications.enums import Target
from notifications.kinds import KINDS, Context
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
    if not Channel.objects.filter(id=snapshot.channel_id, **OPEN).exists():
        return
    mention = _instead_of(
        delivery,
        key=f"{delivery.dedupe_key}:fb",
        target=Target.CHANNEL,
        target_id=snapshot.channel_id,
        payload={**delivery.payload, "mention": delivery.target_id},
    )
    enqueue([mention])


def write_instead(delivery: Delivery, facts: Facts) -> None:
    """Write a direct message to each person whom the channel's message names.

    A person who gets this message directly already has a row under the same key.
    """
    snapshot = facts.games.get(delivery.game_id or 0)
    kind = KINDS.get(delivery.notice)
    if snapshot is None or kind is None:
        return
    context = Context(
        game=snapshot,
        payload=delivery.payload,
        delivery_id=delivery.id,
        target=delivery.target,
        target_id=delivery.target_id,
    )
    stem, _channel, _number = delivery.dedupe_key.partition(":ch:")
    enqueue(
        [
            _instead_of(
                delivery,
                key=f"{stem}:dm:{person}",
                target=Target.USER,
                target_id=person,
                payload=kind.payload_for_one(delivery.payload),
            )
            for person in kind.named_in_channel(context)
        ]
    )


def _instead_of(
    delivery: Delivery, *, key: str, target: Target, target_id: int, payload: dict[str, Any]
) -> Delivery:
    """Return the same notice, due now and of use as long, for another target."""
    return Delivery(
        dedupe_key=key,
        game_id=delivery.game_id,
        guild_id=delivery.guild_id,
        notice=delivery.notice,
        priority=delivery.priority,
        target=target,
        target_id=target_id,
        payload=payload,
        due_at=database_now(),
        expires_at=delivery.expires_at,
    )
