"""Reminders: who gets one where, decided when the reminder's time has come."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from games.models import Game
from games.selectors import get_snapshot
from games.snapshots import GameSnapshot
from guilds.enums import DirectMessages
from guilds.models import User
from notifications.enums import Notice, Target
from notifications.models import Delivery
from notifications.rules import chunks
from notifications.services.delivery import enqueue

PRIORITY = 2


def remind(game: Game, minutes: int, expires_at: datetime, now: datetime) -> None:
    """Write the deliveries of one reminder: a message that mentions those who play and the
    host, and direct messages for those who are to have them."""
    snapshot = get_snapshot(game.id)
    people = people_to_remind(snapshot)
    users = User.objects.filter(discord_id__in=people)
    by_dm = {
        user.discord_id
        for user in users
        if user.discord_id and wants_dm(user, guild_default=game.guild.remind_by_dm, now=now)
    }
    key = f"rem:{game.id}:{game.schedule_version}:{minutes}"
    payload = {"minutes": minutes, "schedule_version": game.schedule_version}
    rows = [
        _row(game, f"{key}:dm:{person}", Target.USER, person, payload, expires_at, now)
        for person in people
        if person in by_dm
    ]
    mentioned = [person for person in people if person not in by_dm]
    for number in range(chunks(len(mentioned))):
        chunk = {**payload, "chunk": number, "by_dm": sorted(by_dm)}
        rows.append(
            _row(
                game,
                f"{key}:ch:{number}",
                Target.CHANNEL,
                game.channel_id,
                chunk,
                expires_at,
                now,
            )
        )
    enqueue(rows)


def _row(
    game: Game,
    key: str,
    target: Target,
    target_id: int,
    payload: Mapping[str, Any],
    expires_at: datetime,
    now: datetime,
) -> Delivery:
    return Delivery(
        dedupe_key=key,
        game=game,
        guild_id=game.guild_id,
        notice=Notice.REMINDER,
        priority=PRIORITY,
        target=target,
        target_id=target_id,
        payload=dict(payload),
        due_at=now,
        expires_at=expires_at,
    )


def people_to_remind(snapshot: GameSnapshot) -> list[int]:
    """Discord ids of the host and those who really play, each once."""
    people = [snapshot.host_discord_id, *(p.discord_id for p in snapshot.playing)]
    return list(dict.fromkeys(person for person in people if person))


def people_to_mention(snapshot: GameSnapshot, by_dm: Collection[int]) -> list[int]:
    return [person for person in people_to_remind(snapshot) if person not in by_dm]


def wants_dm(user: User, *, guild_default: bool, now: datetime) -> bool:
    """Their own word first, then the server's; nobody whose DMs are known to be closed."""
    if user.dm_blocked_until and user.dm_blocked_until > now:
        return False
    if user.direct_messages == DirectMessages.INHERIT:
        return guild_default
    return user.direct_messages == DirectMessages.ALWAYS
