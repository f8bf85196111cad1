"""A claimed timer, whether it still holds, and its end."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from games.models import Game
from notifications.enums import State, TimerKind
from notifications.services.firing import is_current

log = logging.getLogger(__name__)

REMINDERS = frozenset({TimerKind.REMIND, TimerKind.REMIND_OWN})

_SETTLE = """
update notifications_timer t set state = %(end)s, lease_until = null
from unnest(%(ids)s::bigint[], %(fences)s::int[]) as ours (id, fence)
where t.id = any(%(ids)s::bigint[]) and t.id = ours.id and t.fence = ours.fence
    and t.state = 'leased'
returning t.id"""


@dataclass(frozen=True)
class DueTimer:
    """A claimed timer; `seconds_left` until its time by the database's clock, when claimed."""

    id: int
    game_id: int
    guild_id: int
    kind: str
    minutes_before: int
    schedule_version: int
    due_at: datetime
    expires_at: datetime
    attempts: int
    fence: int
    seconds_left: float

    @property
    def is_reminder(self) -> bool:
        return self.kind in REMINDERS


def end_of(timer: DueTimer, game: Game, now: datetime) -> State:
    """What becomes of a timer whose time has come; `DONE`: it is to be fired."""
    if _is_too_late(timer, game, now):
        log.warning("A reminder of game %s came too late and is dropped", game.id)
        return State.EXPIRED
    if is_current(game, timer.kind, timer.minutes_before, timer.schedule_version):
        return State.DONE
    return State.CANCELLED


def _is_too_late(timer: DueTimer, game: Game, now: datetime) -> bool:
    """Starts and ends are made up for, reminders are not."""
    is_of_this_schedule = timer.schedule_version == game.schedule_version
    return timer.is_reminder and is_of_this_schedule and now > timer.expires_at


def settle(timers: Sequence[DueTimer], state: State) -> set[int]:
    """The ids of those that were still ours: the others somebody took over meanwhile."""
    if not timers:
        return set()
    with connection.cursor() as cursor:
        ids, fences = [timer.id for timer in timers], [timer.fence for timer in timers]
        cursor.execute(_SETTLE, {"end": state, "ids": ids, "fences": fences})
        return {row[0] for row in cursor.fetchall()}
