"""Rows for the outbox, written with the change they tell of."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction

from notifications.models import Delivery
from notifications.nudges import DELIVERIES, nudge
from notifications.rules import OLDEST_MESSAGE
from postgres.clock import by_database


def enqueue(deliveries: Sequence[Delivery]) -> None:
    """Write rows in the transaction that makes them true, and wake a worker after it.

    A known dedupe key is left as it is. After 24 hours at the latest a row has expired.
    """
    for delivery in deliveries:
        delivery.expires_at = min(delivery.expires_at, delivery.due_at + OLDEST_MESSAGE)
    _write(deliveries)


def enqueue_now(deliveries: Sequence[Delivery]) -> None:
    """Enqueue rows that are due at once, by the database's clock if the process's is ahead."""
    for delivery in deliveries:
        delivery.expires_at = min(delivery.expires_at, delivery.due_at + OLDEST_MESSAGE)
        delivery.due_at = by_database(delivery.due_at)
    _write(deliveries)


def _write(deliveries: Sequence[Delivery]) -> None:
    if deliveries:
        Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        transaction.on_commit(partial(nudge, DELIVERIES), robust=True)
