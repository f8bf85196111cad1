"""Timers in hand: claimed under a lease and with a fence, settled, or put back to be tried again.

Any number of processes may claim at once: a claim takes rows nobody has (`SKIP LOCKED`).
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

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
LOOKED_AT = 2000
# Timers of one server and lane in work: with the fair number others go first, and none has more
# than most.
FAIR, MOST = 25, 100
REMINDERS = frozenset({TimerKind.REMIND, TimerKind.REMIND_OWN})


class Lane(Enum):
    """Timers that are claimed and fired apart, so that those of neither lane wait for the other's.

    `GAMES` has all that changes a game, and "it starts now", which comes after the start.
    """

    REMINDERS = "reminders"
    GAMES = "games"


_TAKE = """
    update notifications_timer t set
        state = 'leased', attempts = least(t.attempts + 1, 30000), fence = t.fence + 1,
        lease_until = statement_timestamp() + %(lease)s::interval
    where t.id = any(array(select id from due))
    returning t.id, t.game_id, t.guild_id, t.kind, t.minutes_before, t.schedule_version,
        t.due_at, t.expires_at, t.attempts, t.fence,
        extract(epoch from t.due_at - clock_timestamp())::float8, {earliest}"""
_IS_OF_LANE = "(kind in ('remind', 'remind_own') and minutes_before > 0) = %(is_early)s"
# "It starts now" comes after the start, which may call the game off.
_ORDER = "due_at, kind in ('remind', 'remind_own'), id"
_IS_DUE = f"""state = 'pending' and due_at >= %(watermark)s
        and due_at <= statement_timestamp() + %(ahead)s * interval '1 s' and {_IS_OF_LANE}"""
# A server with its fair part in work comes after all others. It is looked at apart, so that its
# thousands never hide the others. The last look at `state` is written so that no partial index,
# which would be read whole for each row, seems to serve it. `earliest` is the first that is due,
# whether it is claimed or not.
CLAIM_DUE = f"""
with busy as (
    select guild_id, count(*) as n from notifications_timer
    where state = 'leased' and {_IS_OF_LANE} group by 1
), first as (
    (select id, guild_id, due_at, kind from notifications_timer
    where {_IS_DUE}
        and guild_id <> all (array(select guild_id from busy where n >= {FAIR}))
    order by due_at, id limit {LOOKED_AT})
    union all
    (select id, guild_id, due_at, kind from notifications_timer
    where {_IS_DUE}
        and guild_id = any (array(select guild_id from busy where n >= {FAIR} and n < {MOST}))
    order by due_at, id limit {MOST})
), shared as (
    select first.*, coalesce(busy.n, 0) + row_number() over (
        partition by first.guild_id order by {_ORDER}) as n
    from first left join busy on busy.guild_id = first.guild_id
), next as (
    select id, row_number() over (order by n > {FAIR}, {_ORDER}) as place
    from shared where n <= {MOST}
    order by place limit %(limit)s + {MOST}
), due as (
    select t.id from next join notifications_timer t on t.id = next.id
    where t.id = any(array(select id from next)) and t.state || '' = 'pending'
    order by next.place limit %(limit)s
    for update of t skip locked
) {_TAKE}""".replace(
    "{earliest}",
    f"(select due_at from notifications_timer where {_IS_DUE} order by due_at limit 1)",
)
# Most ticks find nothing. To learn that takes the first row of two indexes; to plan a claim takes
# longer than to run it.
IS_ANYTHING_DUE = """
select coalesce((select due_at from notifications_timer
        where state = 'pending' and due_at >= %(watermark)s order by due_at limit 1)
    <= statement_timestamp() + %(ahead)s * interval '1 s', false)
or coalesce((select lease_until from notifications_timer
        where state = 'leased' order by lease_until limit 1) < statement_timestamp(), false)"""
CLAIM_ABANDONED = f"""
with due as (
    select id from notifications_timer
    where state = 'leased' and lease_until < statement_timestamp() and {_IS_OF_LANE}
    order by lease_until limit %(limit)s for update skip locked
) {_TAKE}""".replace("{earliest}", "null")

_SETTLE = """
update notifications_timer t set state = %(end)s, lease_until = null
from unnest(%(ids)s::bigint[], %(fences)s::int[]) as ours (id, fence)
where t.id = any(%(ids)s::bigint[]) and t.id = ours.id and t.fence = ours.fence
    and t.state = 'leased'
returning t.id"""

_watermarks: defaultdict[Lane, Watermark] = defaultdict(Watermark)


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


def claim(lane: Lane, limit: int) -> list[DueTimer]:
    """Claim up to `limit` timers of the lane that are due within 1.5 s, for 6 s.

    As many that their worker left behind are claimed besides.
    """
    watermark = _watermarks[lane]
    parameters = {
        "lease": LEASE,
        "limit": limit,
        "ahead": LOOK_AHEAD_SECONDS,
        "watermark": watermark.value(),
        "is_early": lane == Lane.REMINDERS,
    }
    (((is_anything_due,),),) = rows_of((IS_ANYTHING_DUE, parameters))
    if not is_anything_due:
        watermark.saw([])
        return []
    with transaction.atomic():
        _planner, abandoned, due = rows_of(
            (PLANNER, {}), (CLAIM_ABANDONED, parameters), (CLAIM_DUE, parameters)
        )
    watermark.saw([row[-1] for row in due])  # what is left for later must be found again
    return [DueTimer(*row[:-1]) for row in (*abandoned, *due)]


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
