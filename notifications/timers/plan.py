"""Timers planned with the change of their game, in its transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from games.enums import Answer, Status
from games.models import Game
from guilds.enums import Archive
from guilds.models import User
from notifications.enums import State, TimerKind
from notifications.models import Timer
from notifications.timers.rules import Due, Schedule, reminder_for, timers_for


def plan_timers(game: Game, *, now: datetime) -> None:
    """Write the timers of the game's present schedule; those of earlier ones become inert.

    Runs in the transaction of the change. Planning again moves only the timers whose time has
    moved.
    """
    wanted = timers_for(
        Schedule(
            status=game.status,
            starts_at=game.starts_at,
            ends_at=game.ends_at,
            reminder_minutes=tuple(game.reminder_minutes),
            post_at=game.post_at,
            signup_closes_at=game.signup_closes_at,
            own_minutes=own_minutes_of(game) if game.status == Status.SCHEDULED else (),
            decide_minutes=None if game.min_players is None else game.guild.decide_minutes,
            archive_at=_archive_at(game, now),
        ),
        now=now,
    )
    _write(game, wanted, now)


def plan_own_reminders(game: Game, user: User, *, now: datetime) -> None:
    """Plan a person's own reminders, after they came onto the roster or chose new times."""
    if not user.reminder_minutes or game.status != Status.SCHEDULED:
        return
    begins = max(now, game.post_at) if game.post_at else now
    due = [
        reminder_for(game.starts_at, minutes, TimerKind.REMIND_OWN)
        for minutes in user.reminder_minutes
    ]
    _write(game, [one for one in due if one.due_at > begins], now)


def ask_again_later(game: Game, *, now: datetime) -> None:
    """Look at the minimum once more, after somebody left when it was already decided."""
    Timer.objects.filter(
        game=game,
        kind=TimerKind.DECIDE,
        schedule_version=game.schedule_version,
        state=State.DONE,
    ).update(state=State.PENDING, due_at=now, attempts=0)


def own_minutes_of(game: Game) -> tuple[int, ...]:
    """The reminder times that the host and those going chose for themselves."""
    is_going = Q(participations__game=game, participations__answer=Answer.GOING)
    lists = (
        User.objects.filter(Q(id=game.host_id) | is_going, reminder_minutes__len__gt=0)
        .distinct()
        .values_list("reminder_minutes", flat=True)
    )
    return tuple({minutes for chosen in lists for minutes in chosen or ()})


def _archive_at(game: Game, now: datetime) -> datetime | None:
    if game.archive == Archive.KEEP:
        return None
    return now + timedelta(minutes=game.archive_after_minutes)


def _write(game: Game, wanted: Iterable[Due], now: datetime) -> None:
    Timer.objects.bulk_create(
        [
            Timer(
                game=game,
                guild_id=game.guild_id,
                kind=due.kind,
                minutes_before=due.minutes_before,
                schedule_version=game.schedule_version,
                due_at=max(due.due_at, now),
                expires_at=due.expires_at,
            )
            for due in wanted
        ],
        ignore_conflicts=True,
    )
