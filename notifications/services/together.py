"""Many reminders of one moment, fired in one transaction: one by one would take longer than
Discord takes to accept them."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence

from django.db import transaction

from games.services.change import lock_games
from notifications import rules
from notifications.enums import State, TimerKind
from notifications.kinds.reminder import DueReminder
from notifications.services.clock import database_now
from notifications.services.due import DueTimer, end_of, settle
from notifications.services.reminder import remind_all

# So many games at most are locked at a time, for a few hundredths of a second.
TOGETHER = 25


def in_turn(timers: Iterable[DueTimer]) -> deque[DueTimer]:
    """By time; of one moment, starts before reminders, and each server's first before any
    server's second."""
    return deque(rules.in_turn(timers, rank=lambda timer: (timer.due_at, timer.is_reminder)))


def next_due(timers: deque[DueTimer], elapsed: float) -> list[DueTimer]:
    """Take the first, and where that is a reminder those after it whose time has come too,
    `elapsed` seconds after they were claimed."""
    found = [timers.popleft()]
    while timers and len(found) < TOGETHER and found[0].is_reminder and timers[0].is_reminder:
        if timers[0].seconds_left > elapsed:
            break
        found.append(timers.popleft())
    return found


@transaction.atomic
def fire_together(timers: Sequence[DueTimer]) -> None:
    """As `notifications.services.timer.fire` does with each. The games are locked by id."""
    games = {(game.guild_id, game.id): game for game in lock_games(t.game_id for t in timers)}
    now = database_now()
    ends: dict[State, list[DueTimer]] = defaultdict(list)
    for timer in timers:
        game = games.get((timer.guild_id, timer.game_id))
        ends[end_of(timer, game, now) if game else State.CANCELLED].append(timer)
    settle(ends[State.CANCELLED], State.CANCELLED)
    settle(ends[State.EXPIRED], State.EXPIRED)
    ours = settle(ends[State.DONE], State.DONE)
    remind_all(
        [
            DueReminder(
                games[timer.guild_id, timer.game_id],
                timer.minutes_before,
                timer.expires_at,
                is_own=timer.kind == TimerKind.REMIND_OWN,
            )
            for timer in ends[State.DONE]
            if timer.id in ours
        ],
        now,
    )
