"""The outcome of each delivery by Discord's answer: sent, wait, try again, never, elsewhere."""

import logging
from concurrent.futures import Future
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from discord_api import loop
from discord_api.errors import (
    DM_CLOSED,
    GONE,
    LATER_SECONDS,
    NO_COMMON_GUILD,
    OPENING_DMS_TOO_FAST,
    UNKNOWN_CHANNEL,
    Cause,
    DiscordError,
    RateLimited,
    Uncertain,
    cause_of,
)
from discord_api.outgoing import Missing, SendFailed, Sent
from guilds.models import Member, User
from guilds.services.recheck import look_up
from notifications.enums import State, Target
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.unreachable import Unreachable
from notifications.metrics import DELIVERIES, LATENESS
from notifications.models import Delivery
from notifications.outbox.claims import hold_back, note_try, put_back, settle, untried
from notifications.outbox.direct_channels import forget_channel, hold_openings, keep_channel
from notifications.outbox.facts import Facts
from notifications.outbox.fallbacks import mention_instead, write_instead
from notifications.outbox.preparation import Unsendable
from notifications.outbox.queue import enqueue
from notifications.rules import away_wait, delivery_backoff, vague_wait
from postgres.clock import database_now
from telemetry.counters import count, observe

log = structlog.get_logger(__name__)

# The answers about somebody who is on no server of ours, it seems.
LEFT = GONE | {NO_COMMON_GUILD}
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
    observe(LATENESS, max((timezone.now() - delivery.due_at).total_seconds(), 0.0))
    _note_sent(delivery, sent, facts)


def settle_search(
    delivery: Delivery, future: Future[Sent | Missing], why: Unsendable, facts: Facts
) -> None:
    """Write down what became of a row that is not to be sent any more, though an earlier try of it
    may have arrived."""
    try:
        found = future.result()
    except SendFailed as failed:
        reason, now = failed.reason, database_now()
        if isinstance(reason, Uncertain) or not reason.is_permanent:
            wait_for(delivery, failed, now)
            return
        unseen = f"{why.reason}; an earlier try cannot be looked for: {reason}"
        settle(delivery, why.state, last_error=unseen, **untried(delivery))
        return
    if isinstance(found, Sent):
        _note_sent(delivery, found, facts)
    else:
        give_up(delivery, why, facts)


@transaction.atomic
def give_up(delivery: Delivery, why: Unsendable, facts: Facts) -> None:
    """End a row that is not to be sent any more, and of which nothing arrived."""
    is_ours = settle(delivery, why.state, last_error=why.reason, **untried(delivery))
    if is_ours and why.is_fallback:
        mention_instead(delivery, facts)
    was_put_off = cause_of(delivery.error_code or 0) == Cause.LATER
    if is_ours and why.state == State.EXPIRED and was_put_off:
        _tell_host(delivery, delivery.error_code or 0, delivery.last_error, facts.now)


def _note_sent(delivery: Delivery, sent: Sent, facts: Facts) -> None:
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
        sent_at=timezone.now(),
        channel_id=sent.channel_id,
        message_id=sent.message_id,
        http_status=200,
        error_code=None,
        last_error="",
    )
    user = facts.users.get(delivery.target_id)
    if user and delivery.target == Target.USER:
        keep_channel(user, sent.channel_id)


def _settle_failure(delivery: Delivery, failed: SendFailed, facts: Facts) -> None:
    reason, now = failed.reason, database_now()
    if isinstance(reason, Uncertain) or not reason.is_permanent:
        if isinstance(reason, Uncertain):
            note_try(delivery, now)
        wait_for(delivery, failed, now)
    elif delivery.target == Target.USER:
        is_gone = reason.code in LEFT and _has_left(delivery)
        _settle_closed_dm(delivery, reason, facts, now, is_gone=is_gone)
    else:
        _settle_refusal(delivery, reason, facts, now)


def _has_left(delivery: Delivery) -> bool:
    """Ask Discord whether somebody who cannot be written to is still on the server. Who is not
    loses the seat there."""
    members = Member.objects.select_related("user", "guild").filter(
        guild_id=delivery.guild_id, user__discord_id=delivery.target_id
    )
    member = members.first()
    if member is None:
        return False
    return member.left_at is not None or bool(look_up([member]))


def wait_for(delivery: Delivery, failed: SendFailed, now: datetime) -> None:
    """Put the row back until Discord takes it, or answers at all. No count of tries ends it: that
    is left to its expiry."""
    reason = failed.reason
    if isinstance(reason, Uncertain):
        due_at = now + (away_wait() if is_away() else delivery_backoff(delivery.attempts))
        fields = {"http_status": reason.status or None, "last_error": str(reason)}
        put_back(delivery, due_at=due_at, is_counted=True, **fields)
    elif isinstance(reason, RateLimited):
        until = now + timedelta(seconds=reason.retry_after)
        own = vague_wait(now - delivery.created_at) if reason.is_vague else timedelta()
        _wait(delivery, until + own, reason)
        if not reason.is_global:
            hold_back(target_id=delivery.target_id, until=until)
    elif reason.cause == Cause.LATER:
        _wait(delivery, now + timedelta(seconds=LATER_SECONDS), reason)
    else:
        _wait(delivery, now + TOKEN_REFUSED_FOR, reason)


def is_away() -> bool:
    """Whether Discord answers nobody at present, as far as this process knows."""
    return loop.client().way.is_closed


def _wait(delivery: Delivery, until: datetime, reason: DiscordError) -> None:
    put_back(
        delivery,
        due_at=until,
        is_counted=False,
        http_status=reason.status or None,
        error_code=reason.code,
        last_error=str(reason),
    )


@transaction.atomic
def _settle_closed_dm(
    delivery: Delivery, reason: DiscordError, facts: Facts, now: datetime, *, is_gone: bool
) -> None:
    user = facts.users.get(delivery.target_id)
    if reason.code == UNKNOWN_CHANNEL and user and user.dm_channel_id:
        forget_channel(user)
        _wait(delivery, now, reason)
        return
    if reason.code == OPENING_DMS_TOO_FAST:
        hold_openings(str(reason))
    if reason.code == OPENING_DMS_TOO_FAST and now + DMS_TOO_FAST_FOR < delivery.expires_at:
        _wait(delivery, now + DMS_TOO_FAST_FOR, reason)
        return
    is_ours = _bury(delivery, reason)
    if is_gone:  # nobody to name in the channel or to ask the host about
        return
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
    _tell_host(delivery, reason.code, reason.message, now)
    write_instead(delivery, facts)


def _tell_host(delivery: Delivery, code: int, said: str, now: datetime) -> None:
    """Tell of a message that its channel did not take, and by which refusal."""
    if delivery.target == Target.CHANNEL and delivery.game_id:
        trouble = ChannelTrouble().deliveries(
            game_id=delivery.game_id,
            channel_id=delivery.target_id,
            now=now,
            code=code,
            said=said,
        )
        enqueue(trouble)


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
