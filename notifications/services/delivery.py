"""The outbox's rows: written with the change they tell of, claimed, settled.

How a claimed row is sent is in `notifications.services.sending`.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guilds.errors import Refused
from notifications.enums import State
from notifications.models import Delivery
from notifications.nudges import DELIVERIES, nudge
from notifications.rules import OLDEST_MESSAGE, in_turn
from notifications.services.clock import by_database
from notifications.services.planner import PLANNER

LEASE = "30 s"
BATCH = 50
LOOKED_AT = 2000
TAKEN_BY_OTHERS = 200
AT_ONCE = 5
ANY_PRIORITY = 32767
# What an operator's "again" gives a row whose time has not run out.
ANOTHER_TRY = timedelta(hours=1)

_TAKE = """
    update notifications_delivery d set
        state = 'leased', attempts = d.attempts + 1, fence = d.fence + 1,
        lease_until = statement_timestamp() + %(lease)s::interval,
        first_attempt_at = coalesce(d.first_attempt_at, statement_timestamp())
    where d.id = any(array(select id from due)) returning d.*"""
# Each server's first is due before any server's second. Somebody who is being written to right
# now, or to whom Discord takes no more, is left alone, and nobody gets more at once than Discord
# takes of a channel in five seconds: so a full or slow channel keeps a few rows busy and no more.
# Beyond so many due rows that they are not all looked at, the more urgent and older ones go first.
CLAIM_DUE = f"""
with first as (
    select id, priority, due_at, guild_id, target_id from notifications_delivery
    where state = 'pending' and due_at <= statement_timestamp() and priority <= %(least)s
        and target_id <> all (
            array(select target_id from notifications_delivery where state = 'leased'))
        and target_id <> all (array(
            select target_id from notifications_heldtarget where until > statement_timestamp()))
    order by priority, due_at, id limit {LOOKED_AT}
), placed as (
    select *,
        row_number() over (partition by priority, guild_id order by due_at, id) as turn,
        row_number() over (partition by target_id order by priority, due_at, id) as place
    from first
), next as (
    select * from placed where place <= {AT_ONCE}
    order by priority, turn, due_at, id limit %(limit)s + {TAKEN_BY_OTHERS}
), due as (
    select d.id from next join notifications_delivery d on d.id = next.id
    where d.id = any(array(select id from next)) and d.state = 'pending'
    order by next.priority, next.turn, next.due_at, next.id limit %(limit)s
    for update of d skip locked
) {_TAKE}"""
# Those that are there wait, and so do those that come meanwhile.
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
CLAIM_ABANDONED = f"""
with due as (
    select id from notifications_delivery
    where state = 'leased' and lease_until < statement_timestamp()
    order by lease_until limit %(limit)s for update skip locked
) {_TAKE}"""


def enqueue(deliveries: Sequence[Delivery]) -> None:
    """Write rows in the transaction that makes them true, and wake a worker after it.

    A known dedupe key is left as it is. After 24 hours at the latest a row has expired.
    """
    for delivery in deliveries:
        delivery.expires_at = min(delivery.expires_at, delivery.due_at + OLDEST_MESSAGE)
    _write(deliveries)


def enqueue_now(deliveries: Sequence[Delivery]) -> None:
    """As `enqueue`, of what is due at once: by the database's clock, if the process's is ahead."""
    for delivery in deliveries:
        delivery.expires_at = min(delivery.expires_at, delivery.due_at + OLDEST_MESSAGE)
        delivery.due_at = by_database(delivery.due_at)
    _write(deliveries)


def _write(deliveries: Sequence[Delivery]) -> None:
    if deliveries:
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        transaction.on_commit(partial(nudge, DELIVERIES), robust=True)


def claim_due(*, limit: int = BATCH, least: int = ANY_PRIORITY) -> list[Delivery]:
    """Up to `limit` due rows that are no less urgent than `least`, and as many that their worker
    left behind, ours for 30 s."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PLANNER)
        parameters = {"lease": LEASE, "limit": limit, "least": least}
        rows = [
            *Delivery.objects.raw(CLAIM_DUE, parameters),
            *Delivery.objects.raw(CLAIM_ABANDONED, parameters),
        ]
    # As they were chosen.
    return in_turn(rows, rank=lambda row: row.priority)


def hold_back(*, target_id: int, until: datetime) -> None:
    """Nothing more to this channel or person before then: Discord takes no more of it."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_BACK, {"target_id": target_id, "until": until})


def settle(delivery: Delivery, state: State, **fields: Any) -> bool:
    """The end of a row in our hands; False when somebody took it over, and nothing changed."""
    return bool(
        Delivery.objects.filter(id=delivery.id, fence=delivery.fence, state=State.LEASED).update(
            state=state, lease_until=None, **fields
        )
    )


def put_back(delivery: Delivery, *, due_at: datetime, is_counted: bool, **fields: Any) -> bool:
    """Try again then. `is_counted`: whether this try used one up."""
    attempts = delivery.attempts if is_counted else max(delivery.attempts - 1, 0)
    return settle(delivery, State.PENDING, due_at=due_at, attempts=attempts, **fields)


@transaction.atomic
def retry_delivery(*, delivery_id: int, is_forced: bool = False) -> Delivery:
    """An operator's "again": new tries under the same dedupe key.

    Raises `Refused` for a row that was sent, is being sent, or came too late (unless forced).
    """
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    now = timezone.now()
    if delivery.state in {State.DONE, State.LEASED}:
        raise Refused(_("This message was sent, or is being sent."))
    if delivery.expires_at <= now and not is_forced:
        raise Refused(_("It is too late for this message."))
    delivery.state, delivery.attempts, delivery.due_at = State.PENDING, 0, now
    delivery.expires_at = max(delivery.expires_at, now + ANOTHER_TRY if is_forced else now)
    delivery.last_error = ""
    delivery.save(update_fields=["state", "attempts", "due_at", "expires_at", "last_error"])
    return delivery


@transaction.atomic
def drop_delivery(*, delivery_id: int) -> Delivery:
    """An operator's "never mind". Raises `Refused` for a row that was sent or is being sent."""
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state in {State.DONE, State.LEASED}:
        raise Refused(_("This message was sent, or is being sent."))
    delivery.state, delivery.last_error = State.CANCELLED, "dropped by an operator"
    delivery.save(update_fields=["state", "last_error"])
    return delivery
