"""Reminders: who gets one where, decided when the reminder's time has come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from games.enums import Answer
from games.models import Game
from games.selectors import snapshots_of
from games.snapshots import GameSnapshot
from guilds.discord.budget import Priority
from guilds.enums import DirectMessages
from guilds.models import User
from notifications.enums import Notice, Target
from notifications.models import Delivery
from notifications.rules import chunks
from notifications.services.delivery import enqueue


@dataclass(frozen=True)
class Reminder:
    """One of a game's reminders whose time has come; `is_own`: for those alone who chose this
    time for themselves."""

    game: Game
    minutes: int
    expires_at: datetime
    is_own: bool = False


def remind(game: Game, minutes: int, expires_at: datetime, now: datetime) -> None:
    remind_all([Reminder(game, minutes, expires_at)], now)


def remind_own(game: Game, minutes: int, expires_at: datetime, now: datetime) -> None:
    remind_all([Reminder(game, minutes, expires_at, is_own=True)], now)


def remind_all(reminders: Sequence[Reminder], now: datetime) -> None:
    """Write the deliveries of reminders, in six queries however many they are."""
    if not reminders:
        return
    games = Game.objects.select_related("guild", "channel", "host")
    snapshots = snapshots_of(games.filter(id__in={reminder.game.id for reminder in reminders}))
    people = {snapshot.id: people_to_remind(snapshot) for snapshot in snapshots}
    everybody = {person for ids in people.values() for person in ids}
    users = {u.discord_id or 0: u for u in User.objects.filter(discord_id__in=everybody)}
    rows: list[Delivery] = []
    for reminder in reminders:
        rows_of = _own_rows if reminder.is_own else _rows
        rows += rows_of(reminder, people[reminder.game.id], users, now)
    enqueue(rows)


def _rows(
    reminder: Reminder, people: Sequence[int], users: Mapping[int, User], now: datetime
) -> list[Delivery]:
    """A message that mentions those who play and the host, and direct messages for those who
    are to have them. Whoever has reminder times of their own is left out."""
    default = reminder.game.guild.remind_by_dm
    own = {p for p in people if p in users and users[p].reminder_minutes is not None}
    by_dm = {
        person
        for person in people
        if person in users
        and person not in own
        and wants_dm(users[person], guild_default=default, now=now)
    }
    rows = _direct(reminder, [p for p in people if p in by_dm], now)
    elsewhere = sorted(by_dm | own)
    mentioned = [person for person in people if person not in elsewhere]
    for number in range(chunks(len(mentioned))):
        chunk = {**_payload(reminder), "chunk": number, "by_dm": elsewhere}
        channel = reminder.game.channel_id
        rows.append(_row(reminder, f"ch:{number}", Target.CHANNEL, channel, chunk, now))
    return rows


def _own_rows(
    reminder: Reminder, people: Sequence[int], users: Mapping[int, User], now: datetime
) -> list[Delivery]:
    """The direct messages to those who play, or host, and chose this time for themselves."""
    chosen = [
        person
        for person in people
        if person in users and reminder.minutes in (users[person].reminder_minutes or ())
    ]
    return _direct(reminder, chosen, now)


def own_minutes_of(game: Game) -> tuple[int, ...]:
    """The reminder times that the host and those going chose for themselves."""
    is_going = Q(participations__game=game, participations__answer=Answer.GOING)
    lists = (
        User.objects.filter(Q(id=game.host_id) | is_going, reminder_minutes__len__gt=0)
        .distinct()
        .values_list("reminder_minutes", flat=True)
    )
    return tuple({minutes for chosen in lists for minutes in chosen or ()})


def _direct(reminder: Reminder, people: Collection[int], now: datetime) -> list[Delivery]:
    payload = _payload(reminder)
    return [_row(reminder, f"dm:{person}", Target.USER, person, payload, now) for person in people]


def _payload(reminder: Reminder) -> dict[str, Any]:
    return {
        "minutes": reminder.minutes,
        "schedule_version": reminder.game.schedule_version,
    }


def _row(
    reminder: Reminder,
    to: str,
    target: Target,
    target_id: int,
    payload: Mapping[str, Any],
    now: datetime,
) -> Delivery:
    game = reminder.game
    return Delivery(
        dedupe_key=f"rem:{game.id}:{game.schedule_version}:{reminder.minutes}:{to}",
        game=game,
        guild_id=game.guild_id,
        notice=Notice.REMINDER,
        priority=Priority.REMINDER,
        target=target,
        target_id=target_id,
        payload=dict(payload),
        due_at=now,
        expires_at=reminder.expires_at,
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
