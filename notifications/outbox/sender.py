"""The outbox is sent: deliveries are claimed, made ready, sent together, settled one by one.

A crash at any point sends nothing twice: the nonce follows from the dedupe key, and a try older
than Discord's memory of nonces looks into the channel first.
"""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import OperationalError

from discord_api import loop
from discord_api.budget import Priority
from discord_api.outgoing import (
    SEND_SECONDS,
    Outgoing,
    find_once,
    post_once,
)
from notifications.models import Delivery
from notifications.outbox.claims import (
    ANY_PRIORITY,
    BATCH,
    claim_due,
    last_try_of,
    put_back,
    was_tried,
)
from notifications.outbox.facts import Facts, gather_facts
from notifications.outbox.outcomes import give_up, settle_outcome, settle_search
from notifications.outbox.preparation import Later, Unsendable, earlier_try, prepare
from notifications.rules import SETTLED_AFTER, fault_backoff
from notifications.shutdown import is_stopping
from postgres.clock import database_now

log = structlog.get_logger(__name__)

DATABASE_AWAY_FOR = timedelta(seconds=1)
# Longer than the second between two ticks, so that a rush is not sent in pieces.
GOES_ON_SECONDS = 10.0
# At least this many rows are claimed together while others are on their way.
WORTHWHILE = 8
# If the queue for Discord is full, the more urgent pass what waits in it.
MAY_PASS = (
    (Priority.UPKEEP, ANY_PRIORITY),
    (Priority.REMINDER, Priority.REMINDER),
    (Priority.NEWS, Priority.NEWS),
)


@dataclass(frozen=True)
class OnItsWay:
    """A delivery that Discord is asked about, and the facts to know when it has answered.

    `why`: it is not sent any more, only looked for.
    """

    delivery: Delivery
    facts: Facts
    why: Unsendable | None = None


type Sending = dict[Future[Any], OnItsWay]


def send_due(*, limit: int = BATCH, seconds: float = GOES_ON_SECONDS) -> int:
    """Send due deliveries, for `seconds` while there are more. Returns how many.

    No more are claimed than will have their turn at Discord soon: the rest stays where every worker
    and everything more urgent can pass it.
    """
    sending: Sending = {}
    try:
        return _send_while_more(limit, time.monotonic() + seconds, sending)
    finally:
        while sending:  # the database did not answer: what is on its way is settled all the same
            settle_next(sending)


def _send_while_more(limit: int, end: float, sending: Sending) -> int:
    count, is_more = 0, True
    while True:
        free = limit - len(sending)
        if is_more and free >= min(limit, WORTHWHILE) and time.monotonic() < end:
            claimed, is_more = _claim(free)
            begin(claimed, sending)
            count += len(claimed)
            if not claimed and not sending:
                return count
        if sending:
            settle_next(sending)
        elif time.monotonic() >= end:
            return count
        # Rows that waited for a channel or person that was being written to have their turn now.
        is_more = is_more or not sending


def _claim(free: int) -> tuple[list[Delivery], bool]:
    """Claim as many rows as the queue for Discord has room for. The flag says whether there may be
    more."""
    if is_stopping.is_set():
        return [], False
    client = loop.client()
    for priority, least in MAY_PASS:
        if room := min(client.room(priority), free):
            claimed = claim_due(limit=room, least=least)
            return claimed, len(claimed) >= room or least != ANY_PRIORITY
    return [], True


def send(claimed: Sequence[Delivery]) -> None:
    """Send claimed rows side by side. Each is settled as soon as Discord has answered."""
    sending: Sending = {}
    begin(claimed, sending)
    while sending:
        settle_next(sending)


def begin(claimed: Sequence[Delivery], sending: Sending) -> None:
    if not claimed:
        return
    facts = _gather_or_put_back(claimed)
    client = loop.client()
    for delivery in claimed:
        made = _prepare_safely(delivery, facts)
        if isinstance(made, Outgoing):
            sending[loop.submit(post_once(client, made))] = OnItsWay(delivery, facts)
        elif isinstance(made, Unsendable):
            search = find_once(client, earlier_try(delivery, facts))
            sending[loop.submit(search)] = OnItsWay(delivery, facts, made)


def settle_next(sending: Sending) -> None:
    """Wait for the next answers and settle their deliveries."""
    done, _others = wait(sending, timeout=SEND_SECONDS + 5, return_when=FIRST_COMPLETED)
    if not done:
        raise TimeoutError("the loop for Discord does not answer")
    for future in done:
        one = sending.pop(future)
        try:
            if one.why is None:
                settle_outcome(one.delivery, future, one.facts)
            else:
                settle_search(one.delivery, future, one.why, one.facts)
        except Exception:
            # Its lease will end, and another try follows.
            log.exception("delivery_not_settled", delivery_id=one.delivery.id)


def _gather_or_put_back(claimed: Sequence[Delivery]) -> Facts:
    """If the database gives no answer, put the rows back: nothing was tried, and nobody waits for a
    lease."""
    try:
        return gather_facts(claimed)
    except OperationalError as error:
        due_at = database_now() + DATABASE_AWAY_FOR
        for delivery in claimed:
            put_back(delivery, due_at=due_at, is_counted=False, last_error=type(error).__name__)
        raise


def _prepare_safely(delivery: Delivery, facts: Facts) -> Outgoing | Unsendable | None:
    """Make the message. `Unsendable` only where an earlier try is to be looked for first; None
    where the row is settled already."""
    try:
        made = prepare(delivery, facts)
    except Exception as error:
        log.exception("delivery_not_prepared", delivery_id=delivery.id)
        put_back(
            delivery,
            due_at=facts.now + fault_backoff(delivery.attempts),
            is_counted=True,
            last_error=f"{type(error).__name__}: {error}"[:500],
        )
        return None
    if isinstance(made, Later):
        _keep_quiet(delivery, made)
    elif isinstance(made, Outgoing) or _must_look(delivery, made, facts):
        return made
    return None


def _must_look(delivery: Delivery, why: Unsendable, facts: Facts) -> bool:
    """Whether an earlier try is to be looked for. If not, end the row, or let it wait while that
    try may still be on its way."""
    tried_at = last_try_of(delivery)
    if not was_tried(delivery) or tried_at is None:
        give_up(delivery, why, facts)
        return False
    settled_at = tried_at + SETTLED_AFTER
    if facts.now >= settled_at:
        return True
    put_back(delivery, due_at=settled_at, is_counted=False, last_error=why.reason)
    return False


def _keep_quiet(delivery: Delivery, later: Later) -> None:
    """Let the row wait: nothing was tried this time."""
    put_back(
        delivery,
        due_at=later.due_at,
        is_counted=False,
        expires_at=later.expires_at,
        last_error="waits for the end of quiet hours",
    )
