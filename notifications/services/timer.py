"""Timers: planned with the game's change, claimed a moment early, fired at their time.

Any number of processes may call `dispatch_due` at once: a claim takes rows nobody has
(`SKIP LOCKED`), under a lease and with a fence.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from games.enums import Answer, Status
from games.models import Game
from games.services.change import lock_game
from guilds.enums import Archive
from guilds.errors import NotFound
from guilds.models import User
from guilds.rows import rows_of
from notifications.enums import State, TimerKind
from notifications.models import Timer
from notifications.rules import (
    TIMER_ATTEMPTS,
    Due,
    Schedule,
    reminder_for,
    timer_backoff,
    timers_for,
)
from notifications.services.clock import database_now
from notifications.services.due import DueTimer, end_of, settle
from notifications.services.firing import FIRE
from notifications.services.planner import PLANNER
from notifications.services.together import fire_together, in_turn, next_due
from notifications.services.watermark import Watermark

log = logging.getLogger(__name__)

LOOK_AHEAD_SECONDS = 1.5
LEASE = "30 s"
BATCH = 200

_TAKE = """
    update notifications_timer t set
        state = 'leased', attempts = t.attempts + 1, fence = t.fence + 1,
        lease_until = statement_timestamp() + %(lease)s::interval
    where t.id = any(array(select id from due))
    returning t.id, t.game_id, t.guild_id, t.kind, t.minutes_before, t.schedule_version,
        t.due_at, t.expires_at, t.attempts, t.fence,
        extract(epoch from t.due_at - clock_timestamp())::float8"""
CLAIM_DUE = f"""
with due as (
    select id from notifications_timer
    where state = 'pending' and due_at >= %(watermark)s
        and due_at <= statement_timestamp() + %(ahead)s * interval '1 s'
    order by due_at, id limit %(limit)s for update skip locked
) {_TAKE}"""
CLAIM_ABANDONED = f"""
with due as (
    select id from notifications_timer
    where state = 'leased' and lease_until < statement_timestamp()
    order by lease_until limit %(limit)s for update skip locked
) {_TAKE}"""

_watermark = Watermark()


def plan_timers(game: Game, *, now: datetime) -> None:
    """Write the timers of the game's present schedule; those of earlier ones become inert.

    Inside the transaction of the change. Planning again moves what has moved, and no more.
    """
    wanted = timers_for(
        Schedule(
            status=game.status,
            starts_at=game.starts_at,
            ends_at=game.ends_at,
            reminder_minutes=tuple(game.reminder_minutes),
            post_at=game.post_at,
            signup_closes_at=game.signup_closes_at,
            own_minutes=own_minutes_of(game),
            decide_minutes=None if game.min_players is None else game.guild.decide_minutes,
            archive_at=_archive_at(game, now),
        ),
        now=now,
    )
    _write(game, wanted, now)


def plan_own_reminders(game: Game, user: User, *, now: datetime) -> None:
    """Somebody came onto the roster, or chose reminder times of their own."""
    if not user.reminder_minutes or game.status != Status.SCHEDULED:
        return
    begins = max(now, game.post_at) if game.post_at else now
    due = [
        reminder_for(game.starts_at, minutes, TimerKind.REMIND_OWN)
        for minutes in user.reminder_minutes
    ]
    _write(game, [one for one in due if one.due_at > begins], now)


def ask_again_later(game: Game, *, now: datetime) -> None:
    """Somebody left after the time to decide: look at the minimum once more."""
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


def dispatch_due(*, limit: int = BATCH) -> int:
    """Claim what is due within 1.5 s, wait for each one's moment, fire it. Returns how many."""
    timers = [*_claim(CLAIM_ABANDONED, limit), *_claim(CLAIM_DUE, limit)]
    claimed_at = time.monotonic()  # after the claims: a millisecond late is better than early
    waiting = in_turn(timers)
    while waiting:
        wait = waiting[0].seconds_left - (time.monotonic() - claimed_at)
        if wait > 0:
            time.sleep(min(wait, LOOK_AHEAD_SECONDS))
        _fire_all(next_due(waiting, time.monotonic() - claimed_at))
    return len(timers)


def _fire_all(timers: Sequence[DueTimer]) -> None:
    """Together where there are several; one by one when that fails, to find the bad one."""
    if len(timers) > 1:
        try:
            fire_together(timers)
        except Exception:
            log.exception("%s reminders could not be fired together", len(timers))
        else:
            return
    for timer in timers:
        fire_safely(timer)


def _claim(sql: str, limit: int) -> list[DueTimer]:
    parameters = {
        "lease": LEASE,
        "limit": limit,
        "ahead": LOOK_AHEAD_SECONDS,
        "watermark": _watermark.value(),
    }
    with transaction.atomic():
        _planner, rows = rows_of((PLANNER, {}), (sql, parameters))
    timers = [DueTimer(*row) for row in rows]
    if sql is CLAIM_DUE:
        _watermark.saw([timer.due_at for timer in timers])
    return timers


def fire_safely(timer: DueTimer) -> None:
    """Fire; a row that fails waits longer each time and never stops the others."""
    try:
        fire(timer)
    except NotFound:
        settle([timer], State.CANCELLED)
    except Exception as error:
        log.exception("Timer %s (%s of game %s) failed", timer.id, timer.kind, timer.game_id)
        _back_off(timer, f"{type(error).__name__}: {error}"[:500])


@transaction.atomic
def fire(timer: DueTimer) -> None:
    """Do what the timer is for, if it still holds: in one transaction with marking it done.

    The game is locked before the timer, as everywhere.
    """
    game = lock_game(timer.guild_id, timer.game_id)
    now = database_now()
    end = end_of(timer, game, now)
    if settle([timer], end) and end == State.DONE:
        FIRE[TimerKind(timer.kind)](game, timer.minutes_before, timer.expires_at, now)


def _back_off(timer: DueTimer, error: str) -> None:
    is_dead = timer.attempts >= TIMER_ATTEMPTS
    Timer.objects.filter(id=timer.id, fence=timer.fence).update(
        state=State.DEAD if is_dead else State.PENDING,
        due_at=database_now() + timer_backoff(timer.attempts),
        lease_until=None,
        last_error=error,
    )
