"""Reminders: who gets one where, decided when the reminder's time has come."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from games.enums import Answer
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
    host, and direct messages for those who are to have them. Whoever has reminder times of
    their own is left out."""
    people = people_to_remind(get_snapshot(game.id))
    users = {user.discord_id: user for user in User.objects.filter(discord_id__in=people)}
    own = {person for person, user in users.items() if user.reminder_minutes is not None}
    by_dm = {
        person
        for person, user in users.items()
        if person not in own and wants_dm(user, guild_default=game.guild.remind_by_dm, now=now)
    }
    key, payload = _key(game, minutes), _payload(game, minutes)
    rows = _direct(game, [p for p in people if p in by_dm], minutes, expires_at, now)
    elsewhere = sorted(person for person in by_dm | own if person)
    mentioned = [person for person in people if person not in elsewhere]
    for number in range(chunks(len(mentioned))):
        chunk = {**payload, "chunk": number, "by_dm": elsewhere}
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


def remind_own(game: Game, minutes: int, expires_at: datetime, now: datetime) -> None:
    """The direct messages to those who play, or host, and chose this time for themselves."""
    people = people_to_remind(get_snapshot(game.id))
    users = User.objects.filter(discord_id__in=people, reminder_minutes__contains=[minutes])
    chosen = {user.discord_id for user in users}
    rows = _direct(game, [p for p in people if p in chosen], minutes, expires_at, now)
    enqueue(rows)


def own_minutes_of(game: Game) -> tuple[int, ...]:
    """The reminder times that the host and those going chose for themselves."""
    is_going = Q(participations__game=game, participations__answer=Answer.GOING)
    lists = (
        User.objects.filter(Q(id=game.host_id) | is_going, reminder_minutes__len__gt=0)
        .distinct()
        .values_list("reminder_minutes", flat=True)
    )
    return tuple({minutes for chosen in lists for minutes in chosen or ()})


def _direct(
    game: Game, people: Collection[int], minutes: int, expires_at: datetime, now: datetime
) -> list[Delivery]:
    key, payload = _key(game, minutes), _payload(game, minutes)
    return [
        _row(game, f"{key}:dm:{person}", Target.USER, person, payload, expires_at, now)
        for person in people
    ]


def _key(game: Game, minutes: int) -> str:
    return f"rem:{game.id}:{game.schedule_version}:{minutes}"


def _payload(game: Game, minutes: int) -> dict[str, Any]:
    return {"minutes": minutes, "schedule_version": game.schedule_version}


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
