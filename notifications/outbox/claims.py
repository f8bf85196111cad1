"""Deliveries in hand: claimed under a lease and with a fence, settled, or put back for later."""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, JSONField, Value
from django.db.models.expressions import CombinedExpression

from notifications.enums import State
from notifications.models import Delivery
from notifications.rules import in_turn
from postgres.planner_settings import PLANNER

# Longer than a request to Discord may take (`SEND_SECONDS`), so that nobody else sends what a
# living worker is sending, and no longer: what a dead one held comes late by as much.
LEASE = "12 s"
BATCH = 50
LOOKED_AT = 2000
TAKEN_BY_OTHERS = 200
AT_ONCE = 5
FAIR = 5
# Enough for half a second's requests to Discord on their way, and not all places of a worker.
OF_A_SERVER = 24
ANY_PRIORITY = 32767
# In the payload of a row: when the answer of its last try was lost, in seconds since 1970.
TRIED_AT = "tried_at"

_TAKE = """
    update notifications_delivery d set
        state = 'leased', attempts = least(d.attempts + 1, 30000), fence = d.fence + 1,
        lease_until = statement_timestamp() + %(lease)s::interval,
        first_attempt_at = coalesce(d.first_attempt_at, statement_timestamp())
    where d.id = any(array(select id from due)) returning d.*"""
# Each server's first is due before any server's second. Somebody who is being written to right
# now, or to whom Discord takes no more, is left alone, and nobody gets more at once than Discord
# takes of a channel in five seconds: so a full or slow channel keeps a few rows busy and no more.
# A server with `FAIR` rows in work comes after all others, however urgent its next ones are, and
# none has more than `OF_A_SERVER`. Beyond so many due rows that they are not all looked at, the
# more urgent and older ones go first; a server that has its part is looked at apart, so that its
# thousands never hide the others.
_IS_READY = """state = 'pending' and due_at <= statement_timestamp() and priority <= %(least)s
        and target_id <> all (
            array(select target_id from notifications_delivery where state = 'leased'))
        and target_id <> all (array(
            select target_id from notifications_heldtarget where until > statement_timestamp()))"""
CLAIM_DUE = f"""
with busy as (
    select guild_id, count(*) as n from notifications_delivery where state = 'leased'
    group by guild_id
), first as (
    (select id, priority, due_at, guild_id, target_id from notifications_delivery
    where {_IS_READY}
        and guild_id <> all (array(select guild_id from busy where n >= {FAIR}))
    order by priority, due_at, id limit {LOOKED_AT})
    union all
    (select id, priority, due_at, guild_id, target_id from notifications_delivery
    where {_IS_READY}
        and guild_id = any (
            array(select guild_id from busy where n >= {FAIR} and n < {OF_A_SERVER}))
    order by priority, due_at, id limit {TAKEN_BY_OTHERS})
), placed as (
    select *,
        row_number() over (partition by priority, guild_id order by due_at, id) as turn,
        row_number() over (partition by target_id order by priority, due_at, id) as place
    from first
), shared as (
    select placed.*, coalesce(busy.n, 0) + row_number() over (
        partition by placed.guild_id order by priority, due_at, id) as share
    from placed left join busy on busy.guild_id = placed.guild_id where place <= {AT_ONCE}
), next as (
    select *, share > {FAIR} as is_over from shared where share <= {OF_A_SERVER}
    order by share > {FAIR}, priority, turn, due_at, id limit %(limit)s + {TAKEN_BY_OTHERS}
), due as (
    select d.id from next join notifications_delivery d on d.id = next.id
    where d.id = any(array(select id from next)) and d.state || '' = 'pending'
    order by next.is_over, next.priority, next.turn, next.due_at, next.id limit %(limit)s
    for update of d skip locked
) {_TAKE}"""
CLAIM_ABANDONED = f"""
with due as (
    select id from notifications_delivery
    where state = 'leased' and lease_until < statement_timestamp()
    order by lease_until limit %(limit)s for update skip locked
) {_TAKE}"""
# Rows that are there already wait, and so do those that come meanwhile.
HOLD_BACK = """
with hold as (
    insert into notifications_heldtarget as hold (target_id, until)
    values (%(target_id)s, %(until)s)
    on conflict (target_id) do update set until = greatest(hold.until, excluded.until)
), held as (
    select id from notifications_delivery
    where state = 'pending' and target_id = %(target_id)s and due_at < %(until)s
    order by id for update skip locked
)
update notifications_delivery d set due_at = %(until)s
where d.id = any(array(select id from held))"""


def claim_due(*, limit: int = BATCH, least: int = ANY_PRIORITY) -> list[Delivery]:
    """Claim up to `limit` due rows that are no less urgent than `least`, for 12 s.

    As many that their worker left behind are claimed besides.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PLANNER)
        parameters = {"lease": LEASE, "limit": limit, "least": least}
        rows = [
            *Delivery.objects.raw(CLAIM_DUE, parameters),
            *Delivery.objects.raw(CLAIM_ABANDONED, parameters),
        ]
    # In the order in which they were chosen.
    return in_turn(rows, rank=lambda row: row.priority)


def hold_back(*, target_id: int, until: datetime) -> None:
    """Send nothing more to this channel or person before then: Discord takes no more of it."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_BACK, {"target_id": target_id, "until": until})


def settle(delivery: Delivery, state: State, **fields: Any) -> bool:
    """End a row in our hands. Returns False, and changes nothing, if somebody took it over."""
    return bool(
        Delivery.objects.filter(id=delivery.id, fence=delivery.fence, state=State.LEASED).update(
            state=state, lease_until=None, **fields
        )
    )


def put_back(delivery: Delivery, *, due_at: datetime, is_counted: bool, **fields: Any) -> bool:
    """Let it be tried again then. `is_counted`: whether this try may have arrived."""
    if not is_counted:
        fields |= untried(delivery)
    return settle(delivery, State.PENDING, due_at=due_at, **fields)


def note_try(delivery: Delivery, at: datetime) -> None:
    """Note when the answer of a try was lost, in a row that is still ours."""
    tried = Value({TRIED_AT: at.timestamp()}, JSONField())
    Delivery.objects.filter(id=delivery.id, fence=delivery.fence).update(
        payload=CombinedExpression(F("payload"), "||", tried, output_field=JSONField())
    )


def last_try_of(delivery: Delivery) -> datetime | None:
    """When the last try of this row was that may have arrived, as far as it was noted."""
    moments = [delivery.first_attempt_at] if delivery.first_attempt_at else []
    if tried_at := delivery.payload.get(TRIED_AT):
        moments.append(datetime.fromtimestamp(tried_at, UTC))
    return max(moments, default=None)


def was_tried(delivery: Delivery) -> bool:
    """Whether an earlier try of this claimed row may have arrived: then it is looked for in its
    channel before anything else is done about it."""
    return delivery.attempts > 1 and delivery.first_attempt_at is not None


def untried(delivery: Delivery) -> dict[str, Any]:
    """The fields of a claimed row with which nothing was tried this time."""
    attempts = max(delivery.attempts - 1, 0)
    return {"attempts": attempts} | ({} if attempts else {"first_attempt_at": None})
