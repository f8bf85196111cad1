"""Timers in hand: claimed under a lease and with a fence, settled, or put back to be tried again.

Any number of processes may claim at once: a claim takes rows nobody has (`SKIP LOCKED`).
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from notifications.enums import State, TimerKind
from notifications.models import Timer
from notifications.rules import fault_backoff
from notifications.timers.watermark import Watermark
from postgres.clock import database_now
from postgres.planner_settings import PLANNER
from postgres.rows import rows_of

LOOK_AHEAD_SECONDS = 1.5
# A timer fires in the transaction that ends it, so whoever lost its lease changes nothing: it need
# only be long enough for a batch in ordinary times.
LEASE = "6 s"
DATABASE_AWAY_FOR = timedelta(seconds=1)
REMINDERS = frozenset({TimerKind.REMIND, TimerKind.REMIND_OWN})

_TAKE = """
    update notifications_timer t set
        state = 'leased', attempts = least(t.attempts + 1, 30000), fence = t.fence + 1,
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

_SETTLE = """
update notifications_timer t set state = %(end)s, lease_until = null
from unnest(%(ids)s::bigint[], %(fences)s::int[]) as ours (id, fence)
where t.id = any(%(ids)s::bigint[]) and t.id = ours.id and t.fence = ours.fence
    and t.state = 'leased'
returning t.id"""

_watermark = Watermark()


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


def claim_abandoned(limit: int) -> list[DueTimer]:
    """Claim up to `limit` timers that their worker left behind, for 6 s."""
    return _claim(CLAIM_ABANDONED, limit)


def claim_due(limit: int) -> list[DueTimer]:
    """Claim up to `limit` timers that are due within 1.5 s, for 6 s."""
    timers = _claim(CLAIM_DUE, limit)
    _watermark.saw([timer.due_at for timer in timers])
    return timers


def _claim(sql: str, limit: int) -> list[DueTimer]:
    parameters = {
        "lease": LEASE,
        "limit": limit,
        "ahead": LOOK_AHEAD_SECONDS,
        "watermark": _watermark.value(),
    }
    with transaction.atomic():
        _planner, rows = rows_of((PLANNER, {}), (sql, parameters))
    return [DueTimer(*row) for row in rows]


def settle(timers: Sequence[DueTimer], state: State) -> set[int]:
    """End those timers that are still ours, and return their ids. Others have been taken over."""
    if not timers:
        return set()
    with connection.cursor() as cursor:
        ids, fences = [timer.id for timer in timers], [timer.fence for timer in timers]
        cursor.execute(_SETTLE, {"end": state, "ids": ids, "fences": fences})
        return {row[0] for row in cursor.fetchall()}


def back_off(timer: DueTimer, error: str) -> None:
    """Let it be tried again, after a longer wait each time. A reminder ends by its expiry, and all
    else by being done: nothing ends by a count of tries."""
    Timer.objects.filter(id=timer.id, fence=timer.fence).update(
        state=State.PENDING,
        due_at=database_now() + fault_backoff(timer.attempts),
        lease_until=None,
        last_error=error,
    )


def wait_for_database(timer: DueTimer, error: str) -> None:
    """Let it be tried again in a moment: the timer is well, the database was not."""
    Timer.objects.filter(id=timer.id, fence=timer.fence).update(
        state=State.PENDING,
        attempts=max(timer.attempts - 1, 0),
        due_at=database_now() + DATABASE_AWAY_FOR,
        lease_until=None,
        last_error=error,
    )
