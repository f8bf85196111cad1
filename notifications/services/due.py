"""A claimed timer, whether it still holds, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from games.models import Game
from notifications.enums import State, TimerKind

REMINDERS = frozenset({TimerKind.REMIND, TimerKind.REMIND_OWN})

_SETTLE = """
update notifications_timer t set state = %s, lease_until = null
from unnest(%s::bigint[], %s::int[]) as ours (id, fence)
where t.id = ours.id and t.fence = ours.fence and t.state = 'leased'
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


def is_too_late(timer: DueTimer, game: Game, now: datetime) -> bool:
    """Starts and ends are made up for, reminders are not."""
    is_of_this_schedule = timer.schedule_version == game.schedule_version
    return timer.is_reminder and is_of_this_schedule and now > timer.expires_at


def settle(timers: Sequence[DueTimer], state: State) -> set[int]:
    """The ids of those that were still ours: the others somebody took over meanwhile."""
    if not timers:
        return set()
    with connection.cursor() as cursor:
        ids, fences = [timer.id for timer in timers], [timer.fence for timer in timers]
        cursor.execute(_SETTLE, [state, ids, fences])
        return {row[0] for row in cursor.fetchall()}
