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
from postgres.rows import Rows, rows_of

LOOK_AHEAD_SECONDS = 1.5
# A timer fires in the transaction that ends it, so whoever lost its lease changes nothing: it need
# only be long enough for a batch in ordinary times.
LEASE = "6 s"
DATABASE_AWAY_FOR = timedelta(seconds=1)
LOOKED_AT = 2000
# Timers of one server in work: with the fair number others go first, and none has more than most.
FAIR, MOST = 3, 9
FAIR_REMINDERS, MOST_REMINDERS = 25, 100
REMINDERS = frozenset({TimerKind.REMIND, TimerKind.REMIND_OWN})

_TAKE = """
    update notifications_timer t set
        state = 'leased', attempts = least(t.attempts + 1, 30000), fence = t.fence + 1,
        lease_until = statement_timestamp() + %(lease)s::interval
    where t.id = any(array(select id from due))
    returning t.id, t.game_id, t.guild_id, t.kind, t.minutes_before, t.schedule_version,
        t.due_at, t.expires_at, t.attempts, t.fence,
        extract(epoch from t.due_at - clock_timestamp())::float8, {earliest}"""
# "It starts now" comes after the start, which may call the game off.
_REMINDS = "(kind in ('remind', 'remind_own') and minutes_before > 0)"
_ORDER = "due_at, kind in ('remind', 'remind_own'), id"
_IS_DUE = """state = 'pending' and due_at >= %(watermark)s
        and due_at <= statement_timestamp() + %(ahead)s * interval '1 s'"""
_COLUMNS = f"id, guild_id, due_at, kind, {_REMINDS} as reminds"


def _guilds(condition: str) -> str:
    """Whether this timer's server has so many timers of its sort in work."""
    return f"""guild_id = any (case when {_REMINDS}
            then array(select guild_id from busy where reminds and {condition})
            else array(select guild_id from busy where not reminds and {condition}) end)"""


_IS_FAIR = f"n < case when reminds then {FAIR_REMINDERS} else {FAIR} end"
_IS_FULL = f"n >= case when reminds then {MOST_REMINDERS} else {MOST} end"
# Reminders, which are fired many at once, go before what takes its time each; and a server with
# its fair part in work comes after all others. It is looked at apart, so that its thousands never
# hide the others. The last look at `state` is written so that no partial index, which would be
# read whole for each row, seems to serve it. `earliest` is the first that is due, whether it is
# claimed or not.
CLAIM_DUE = f"""
with busy as (
    select guild_id, {_REMINDS} as reminds, count(*) as n from notifications_timer
    where state = 'leased' group by 1, 2
), first as (
    (select {_COLUMNS} from notifications_timer
    where {_IS_DUE} and not {_guilds(f"not {_IS_FAIR}")}
    order by due_at, id limit {LOOKED_AT})
    union all
    (select {_COLUMNS} from notifications_timer
    where {_IS_DUE} and {_guilds(f"not {_IS_FAIR} and not {_IS_FULL}")}
    order by due_at, id limit {MOST_REMINDERS})
), shared as (
    select first.*, coalesce(busy.n, 0) + row_number() over (
        partition by first.guild_id, first.reminds order by {_ORDER}) as n
    from first left join busy
        on busy.guild_id = first.guild_id and busy.reminds = first.reminds
), next as (
    select id, row_number() over (order by is_over, not reminds, {_ORDER}) as place
    from shared, lateral (
        select n > case when reminds then {FAIR_REMINDERS} else {FAIR} end as is_over) as part
    where n <= case when reminds then {MOST_REMINDERS} else {MOST} end
    order by place limit %(limit)s + {MOST_REMINDERS}
), due as (
    select t.id from next join notifications_timer t on t.id = next.id
    where t.id = any(array(select id from next)) and t.state || '' = 'pending'
    order by next.place limit %(limit)s
    for update of t skip locked
) {_TAKE}""".replace(
    "{earliest}",
    f"(select due_at from notifications_timer where {_IS_DUE} order by due_at limit 1)",
)
CLAIM_ABANDONED = f"""
with due as (
    select id from notifications_timer
    where state = 'leased' and lease_until < statement_timestamp()
    order by lease_until limit %(limit)s for update skip locked
) {_TAKE}""".replace("{earliest}", "null")

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

    @property
    def is_early(self) -> bool:
        """Whether it reminds before the start, and so has nothing to wait for."""
        return self.is_reminder and self.minutes_before > 0


def claim_abandoned(limit: int) -> list[DueTimer]:
    """Claim up to `limit` timers that their worker left behind, for 6 s."""
    return [DueTimer(*row[:-1]) for row in _claim(CLAIM_ABANDONED, limit)]


def claim_due(limit: int) -> list[DueTimer]:
    """Claim up to `limit` timers that are due within 1.5 s, for 6 s."""
    rows = _claim(CLAIM_DUE, limit)
    _watermark.saw([row[-1] for row in rows])  # what is left for later must be found again
    return [DueTimer(*row[:-1]) for row in rows]


def _claim(sql: str, limit: int) -> Rows:
    parameters = {
        "lease": LEASE,
        "limit": limit,
        "ahead": LOOK_AHEAD_SECONDS,
        "watermark": _watermark.value(),
    }
    with transaction.atomic():
        _planner, rows = rows_of((PLANNER, {}), (sql, parameters))
    return rows


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
