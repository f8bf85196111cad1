"""Timers are fired at their time: claimed a moment early, and in one transaction with their action.

Those of one moment share transactions: one by one would take longer than Discord takes to accept
what follows from them.
"""

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import structlog
from django.db import OperationalError, transaction

from games.models import Game
from games.services.change import lock_games
from notifications import rules
from notifications.enums import State, TimerKind
from notifications.shutdown import is_stopping
from notifications.timers.actions import FIRE, Due, is_current
from notifications.timers.claims import (
    LOOK_AHEAD_SECONDS,
    DueTimer,
    Lane,
    back_off,
    claim,
    settle,
    wait_for_database,
)
from postgres.clock import database_now

log = structlog.get_logger(__name__)

BATCH = 200
# At most this many games are locked at a time, for a few hundredths of a second.
TOGETHER = 25
# As long as a gate of `notifications.tasks` may be held, so that a rush is not fired in pieces.
GOES_ON_SECONDS = 5.0
OVERDUE = datetime.min.replace(tzinfo=UTC)


def dispatch_due(*lanes: Lane, limit: int = BATCH, seconds: float = GOES_ON_SECONDS) -> int:
    """Claim timers due within 1.5 s, wait for each one's moment, fire it. Returns how many.

    Goes on for `seconds` in each of the lanes while there are more; without any, in all.
    """
    return sum(_dispatch(lane, limit, seconds) for lane in lanes or Lane)


def _dispatch(lane: Lane, limit: int, seconds: float) -> int:
    end, count = time.monotonic() + seconds, 0
    while True:
        timers = claim(lane, limit)
        _fire_in_turn(timers, time.monotonic())
        count += len(timers)
        if not timers or is_stopping.is_set() or time.monotonic() >= end:
            return count


def _fire_in_turn(timers: Sequence[DueTimer], claimed_at: float) -> None:
    """`claimed_at` is after the claim: a millisecond late is better than early."""
    waiting = in_turn(timers)
    while waiting:
        wait = waiting[0].seconds_left - (time.monotonic() - claimed_at)
        if wait > 0:
            time.sleep(min(wait, LOOK_AHEAD_SECONDS))
        _fire_all(next_due(waiting, time.monotonic() - claimed_at))


def _fire_all(timers: Sequence[DueTimer]) -> None:
    """Fire several together; if that fails one by one, to find the bad one."""
    if len(timers) > 1:
        try:
            fire(timers)
        except Exception:
            log.exception("timers_not_fired_together", count=len(timers))
        else:
            return
    for timer in timers:
        fire_safely(timer)


def in_turn(timers: Iterable[DueTimer]) -> deque[DueTimer]:
    """Order by time, what is overdue first; of one moment, starts before "it starts now". Each
    server's first comes before any server's second."""

    def rank(timer: DueTimer) -> tuple[datetime, bool]:
        moment = timer.due_at if timer.seconds_left > 0 else OVERDUE
        return moment, timer.is_reminder

    return deque(rules.in_turn(timers, rank=rank))


def next_due(timers: deque[DueTimer], elapsed: float) -> list[DueTimer]:
    """Take the first, and those after it that share its transaction: due as well, and reminders
    like it, or of other games, since what is done to a game decides what follows.

    `elapsed` is in seconds since they were claimed.
    """
    found = [timers.popleft()]
    while timers and len(found) < TOGETHER and timers[0].seconds_left <= elapsed:
        if timers[0].is_reminder != found[0].is_reminder:
            break
        if not timers[0].is_reminder and timers[0].game_id in {one.game_id for one in found}:
            break
        found.append(timers.popleft())
    return found


def fire_safely(timer: DueTimer) -> None:
    """Fire one timer. If it fails it waits longer each time and never stops the others."""
    try:
        fire([timer])
    except OperationalError as error:
        log.warning("timer_waits_for_database", timer_id=timer.id, error=type(error).__name__)
        wait_for_database(timer, type(error).__name__)
    except Exception as error:
        log.exception("timer_failed", timer_id=timer.id, kind=timer.kind, game_id=timer.game_id)
        back_off(timer, f"{type(error).__name__}: {error}"[:500])


@transaction.atomic
def fire(timers: Sequence[DueTimer]) -> None:
    """Do the timers' actions, where they still hold, in one transaction with marking them done.

    The games are locked before the timers, as everywhere, in the order of their ids. Of a game
    there may be several reminders, or one other timer.
    """
    games = {(game.guild_id, game.id): game for game in lock_games(t.game_id for t in timers)}
    now = database_now()
    ends: dict[State, list[DueTimer]] = defaultdict(list)
    for timer in timers:
        game = games.get((timer.guild_id, timer.game_id))
        ends[end_of(timer, game, now) if game else State.CANCELLED].append(timer)
    settle(ends[State.CANCELLED], State.CANCELLED)
    settle(ends[State.EXPIRED], State.EXPIRED)
    ours = settle(ends[State.DONE], State.DONE)
    due: dict[TimerKind, list[Due]] = defaultdict(list)
    for timer in ends[State.DONE]:
        if timer.id in ours:
            game = games[timer.guild_id, timer.game_id]
            due[TimerKind(timer.kind)].append(Due(game, timer.minutes_before, timer.expires_at))
    for kind, found in due.items():
        FIRE[kind](found, now)


def end_of(timer: DueTimer, game: Game, now: datetime) -> State:
    """The end of a timer whose time has come; `DONE`: it is to be fired."""
    if _is_too_late(timer, game, now):
        log.warning("reminder_too_late", game_id=game.id)
        return State.EXPIRED
    if is_current(game, timer.kind, timer.minutes_before, timer.schedule_version):
        return State.DONE
    return State.CANCELLED


def _is_too_late(timer: DueTimer, game: Game, now: datetime) -> bool:
    """Starts and ends are made up for, reminders are not."""
    is_of_this_schedule = timer.schedule_version == game.schedule_version
    return timer.is_reminder and is_of_this_schedule and now > timer.expires_at
