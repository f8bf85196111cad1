"""The outbox is sent: deliveries are claimed, made ready, sent together, settled one by one.

A crash at any point sends nothing twice: the nonce follows from the dedupe key, and a try older
than Discord's memory of nonces looks into the channel first.
"""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import timedelta

import structlog
from django.db import OperationalError, transaction

from discord_api import loop
from discord_api.budget import Priority
from discord_api.outgoing import SEND_SECONDS, Outgoing, Sent, post_once
from notifications.models import Delivery
from notifications.outbox.claims import (
    ANY_PRIORITY,
    BATCH,
    claim_due,
    put_back,
    settle,
)
from notifications.outbox.facts import Facts, gather_facts
from notifications.outbox.fallbacks import mention_instead
from notifications.outbox.outcomes import settle_outcome, try_again
from notifications.outbox.preparation import Later, Unsendable, prepare
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

# Deliveries on their way, and the facts to know when they have arrived.
type Sending = dict[Future[Sent], tuple[Delivery, Facts]]


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
    budget = loop.client().budget
    for priority, least in MAY_PASS:
        if room := min(budget.room(priority), free):
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
        outgoing = _prepare_safely(delivery, facts)
        if outgoing is not None:
            sending[loop.submit(post_once(client, outgoing))] = (delivery, facts)


def settle_next(sending: Sending) -> None:
    """Wait for the next answers and settle their deliveries."""
    done, _others = wait(sending, timeout=SEND_SECONDS + 5, return_when=FIRST_COMPLETED)
    if not done:
        raise TimeoutError("the loop for Discord does not answer")
    for future in done:
        delivery, facts = sending.pop(future)
        try:
            settle_outcome(delivery, future, facts)
        except Exception:
            # Its lease will end, and another try follows.
            log.exception("delivery_not_settled", delivery_id=delivery.id)


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


def _prepare_safely(delivery: Delivery, facts: Facts) -> Outgoing | None:
    try:
        outgoing = prepare(delivery, facts)
    except Exception as error:
        log.exception("delivery_not_prepared", delivery_id=delivery.id)
        try_again(delivery, f"{type(error).__name__}: {error}"[:500])
        return None
    if isinstance(outgoing, Unsendable):
        _give_up(delivery, outgoing, facts)
        return None
    if isinstance(outgoing, Later):
        _keep_quiet(delivery, outgoing)
        return None
    return outgoing


@transaction.atomic
def _give_up(delivery: Delivery, why: Unsendable, facts: Facts) -> None:
    if settle(delivery, why.state, last_error=why.reason) and why.is_fallback:
        mention_instead(delivery, facts)


def _keep_quiet(delivery: Delivery, later: Later) -> None:
    """Let the row wait as if it were new: nothing was tried."""
    put_back(
        delivery,
        due_at=later.due_at,
        is_counted=False,
        expires_at=later.expires_at,
        first_attempt_at=None,
        last_error="waits for the end of quiet hours",
    )
