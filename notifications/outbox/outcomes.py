"""The outcome of each delivery by Discord's answer: sent, wait, try again, never, elsewhere."""

import logging
from concurrent.futures import Future
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from discord_api.errors import (
    DM_CLOSED,
    LATER_SECONDS,
    OPENING_DMS_TOO_FAST,
    UNKNOWN_CHANNEL,
    Cause,
    DiscordError,
    RateLimited,
    Unauthorized,
    Uncertain,
)
from discord_api.outgoing import SendFailed, Sent
from guilds.models import User
from notifications.enums import State, Target
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.unreachable import Unreachable
from notifications.metrics import DELIVERIES, LATENESS
from notifications.models import Delivery
from notifications.outbox.claims import hold_back, put_back, settle
from notifications.outbox.facts import Facts
from notifications.outbox.fallbacks import mention_instead, write_instead
from notifications.outbox.queue import enqueue
from notifications.rules import DELIVERY_ATTEMPTS, delivery_backoff
from postgres.clock import database_now
from telemetry.counters import count, observe

log = structlog.get_logger(__name__)

DM_CLOSED_FOR = timedelta(days=7)
TOKEN_REFUSED_FOR = timedelta(minutes=1)
DMS_TOO_FAST_FOR = timedelta(seconds=30)


def settle_outcome(delivery: Delivery, future: Future[Sent], facts: Facts) -> None:
    """Write down the outcome once Discord's answer is there."""
    try:
        sent = future.result()
    except SendFailed as failed:
        _settle_failure(delivery, failed, facts)
        return
    if sent.full_for:  # before the row is let go: other workers do not know, and would be refused
        until = database_now() + timedelta(seconds=sent.full_for)
        hold_back(target_id=delivery.target_id, until=until)
    sent_at = timezone.now()
    observe(LATENESS, max((sent_at - delivery.due_at).total_seconds(), 0.0))
    count(DELIVERIES, state="sent")
    log.info(
        "delivery_sent",
        delivery_id=delivery.id,
        notice=delivery.notice,
        message_id=sent.message_id,
    )
    settle(
        delivery,
        State.DONE,
        sent_at=sent_at,
        channel_id=sent.channel_id,
        message_id=sent.message_id,
        http_status=200,
        error_code=None,
        last_error="",
    )
    _keep_dm_channel(delivery, sent.channel_id, facts)


def _settle_failure(delivery: Delivery, failed: SendFailed, facts: Facts) -> None:
    reason, now = failed.reason, database_now()
    if isinstance(reason, RateLimited):
        until = now + timedelta(seconds=reason.retry_after)
        _wait(delivery, until, reason)
        if not reason.is_global:
            hold_back(target_id=delivery.target_id, until=until)
    elif isinstance(reason, Unauthorized):
        _wait(delivery, now + TOKEN_REFUSED_FOR, reason)
    elif isinstance(reason, DiscordError) and reason.cause == Cause.LATER:
        _wait(delivery, now + timedelta(seconds=LATER_SECONDS), reason)
    elif isinstance(reason, Uncertain):
        try_again(delivery, str(reason), status=reason.status)
    elif delivery.target == Target.USER:
        _settle_closed_dm(delivery, reason, facts, now)
    else:
        _settle_refusal(delivery, reason, facts, now)


def _wait(delivery: Delivery, until: datetime, reason: DiscordError) -> None:
    put_back(
        delivery,
        due_at=until,
        is_counted=False,
        http_status=reason.status,
        error_code=reason.code,
        last_error=str(reason),
    )


def try_again(delivery: Delivery, error: str, *, status: int = 0) -> None:
    fields = {"http_status": status or None, "last_error": error}
    if delivery.attempts >= DELIVERY_ATTEMPTS:
        settle(delivery, State.DEAD, **fields)
        return
    due_at = database_now() + delivery_backoff(delivery.attempts)
    put_back(delivery, due_at=due_at, is_counted=True, **fields)


@transaction.atomic
def _settle_closed_dm(
    delivery: Delivery, reason: DiscordError, facts: Facts, now: datetime
) -> None:
    user = facts.users.get(delivery.target_id)
    if reason.code == UNKNOWN_CHANNEL and user and user.dm_channel_id:
        User.objects.filter(id=user.id).update(dm_channel_id=None)
        try_again(delivery, str(reason), status=reason.status)
        return
    if reason.code == OPENING_DMS_TOO_FAST and delivery.attempts < 3:
        put_back(delivery, due_at=now + DMS_TOO_FAST_FOR, is_counted=True, last_error=str(reason))
        return
    is_ours = _bury(delivery, reason)
    if reason.code in DM_CLOSED:
        User.objects.filter(discord_id=delivery.target_id).update(
            dm_blocked_until=now + DM_CLOSED_FOR
        )
    if is_ours and delivery.game_id:  # whatever the reason is, the host hears who was not reached
        enqueue(
            Unreachable().deliveries(game_id=delivery.game_id, person=delivery.target_id, now=now)
        )
        mention_instead(delivery, facts)


@transaction.atomic
def _settle_refusal(delivery: Delivery, reason: DiscordError, facts: Facts, now: datetime) -> None:
    """Tell the host why, and write to those whom the message named in the channel."""
    is_ours = _bury(delivery, reason)
    if not is_ours or not delivery.game_id:
        return
    trouble = ChannelTrouble()
    enqueue(
        trouble.deliveries(
            game_id=delivery.game_id,
            channel_id=delivery.target_id,
            now=now,
            code=reason.code,
            said=reason.message,
        )
    )
    write_instead(delivery, facts)


def _bury(delivery: Delivery, reason: DiscordError) -> bool:
    """Mark the delivery as failed for good: nothing will try it again by itself."""
    count(DELIVERIES, state="failed")
    level = logging.INFO if reason.code in DM_CLOSED else logging.ERROR
    log.log(
        level,
        "delivery_failed",
        delivery_id=delivery.id,
        notice=delivery.notice,
        error=str(reason),
    )
    return settle(
        delivery,
        State.DEAD,
        http_status=reason.status,
        error_code=reason.code,
        last_error=str(reason),
    )


def _keep_dm_channel(delivery: Delivery, channel_id: int, facts: Facts) -> None:
    user = facts.users.get(delivery.target_id)
    if delivery.target == Target.USER and user and user.dm_channel_id != channel_id:
        User.objects.filter(id=user.id).update(dm_channel_id=channel_id)
