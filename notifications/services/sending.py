"""Sending the outbox: claim, check against the present, send together, settle each answer.

A crash at any point sends nothing twice: the nonce follows from the dedupe key, and a try
older than Discord's memory of nonces looks into the channel first.
"""

import logging
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.utils import timezone

from guilds.discord import loop
from guilds.discord.budget import Priority
from guilds.discord.errors import (
    CHANNEL_BROKEN,
    DM_CLOSED,
    OPENING_DMS_TOO_FAST,
    UNKNOWN_CHANNEL,
    DiscordError,
    RateLimited,
    Unauthorized,
    Uncertain,
)
from guilds.discord.outgoing import SEND_SECONDS, Outgoing, SendFailed, Sent, post_once
from guilds.enums import DirectMessages
from guilds.models import User
from notifications.enums import Notice, State, Target
from notifications.metrics import DELIVERIES, LATENESS
from notifications.models import Delivery
from notifications.rules import DELIVERY_ATTEMPTS, delivery_backoff
from notifications.services.clock import database_now
from notifications.services.delivery import (
    ANY_PRIORITY,
    BATCH,
    claim_due,
    enqueue,
    hold_back,
    put_back,
    settle,
)
from notifications.services.preparing import Facts, Later, Unsendable, gather_facts, prepare
from notifications.services.trouble import tell_host_of_channel, tell_host_of_unreachable
from notifications.stopping import is_stopping
from telemetry.counters import count, observe

log = logging.getLogger(__name__)

DM_CLOSED_FOR = timedelta(days=7)
TOKEN_REFUSED_FOR = timedelta(minutes=1)
DMS_TOO_FAST_FOR = timedelta(seconds=30)
DATABASE_AWAY_FOR = timedelta(seconds=1)
# Longer than the second between two ticks, so that a rush is not sent in pieces.
GOES_ON_SECONDS = 10.0
# So many rows at least are claimed together while others are on their way.
WORTHWHILE = 8

# What is on its way, and what to know of it when it has arrived.
type Sending = dict[Future[Sent], tuple[Delivery, Facts]]


def send_due(*, limit: int = BATCH, seconds: float = GOES_ON_SECONDS) -> int:
    """Send what is due; goes on for `seconds` while there is more. Returns how many.

    No more is claimed than will have its turn at Discord soon: the rest stays where every
    worker and everything more urgent can pass it.
    """
    end, count, is_more = time.monotonic() + seconds, 0, True
    sending: Sending = {}
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
        # What waited for a channel or person that was being written to has its turn now.
        is_more = is_more or not sending


def _claim(free: int) -> tuple[list[Delivery], bool]:
    """Rows there is room for in the queue for Discord, and whether there may be more."""
    if is_stopping.is_set():
        return [], False
    budget, least = loop.client().budget, ANY_PRIORITY
    room = min(budget.room(Priority.UPKEEP), free)
    if not room:  # but the most urgent pass those that wait
        room, least = min(budget.room(Priority.NEWS), free), Priority.NEWS
    if not room:
        return [], True
    claimed = claim_due(limit=room, least=least)
    return claimed, len(claimed) >= room or least != ANY_PRIORITY


def send(claimed: Sequence[Delivery]) -> None:
    """Send claimed rows side by side; each is settled as soon as its own answer is there."""
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
    """Wait for the next answers and settle what they are about."""
    done, _others = wait(sending, timeout=SEND_SECONDS + 5, return_when=FIRST_COMPLETED)
    if not done:
        raise TimeoutError("the loop for Discord does not answer")
    for future in done:
        delivery, facts = sending.pop(future)
        try:
            _settle_answer(delivery, future, facts)
        except Exception:
            log.exception("Delivery %s could not be settled; its lease will end", delivery.id)


def _gather_or_put_back(claimed: Sequence[Delivery]) -> Facts:
    """Where the database gives no answer nothing was tried, and nobody waits for a lease."""
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
        log.exception("Delivery %s cannot be made into a message", delivery.id)
        _try_again(delivery, f"{type(error).__name__}: {error}"[:500])
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
        _mention_instead(delivery, facts)


def _keep_quiet(delivery: Delivery, later: Later) -> None:
    """Nothing was tried: the row waits as if it were new."""
    put_back(
        delivery,
        due_at=later.due_at,
        is_counted=False,
        expires_at=later.expires_at,
        first_attempt_at=None,
        last_error="waits for the end of quiet hours",
    )


def _settle_answer(delivery: Delivery, future: Future[Sent], facts: Facts) -> None:
    try:
        sent = future.result()
    except SendFailed as failed:
        _settle_failure(delivery, failed, facts)
        return
    sent_at = timezone.now()
    observe(LATENESS, max((sent_at - delivery.due_at).total_seconds(), 0.0))
    count(DELIVERIES, state="sent")
    log.info("Delivery %s (%s) sent: message %s", delivery.id, delivery.notice, sent.message_id)
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
    elif isinstance(reason, Uncertain):
        _try_again(delivery, str(reason), status=reason.status)
    elif delivery.target == Target.USER:
        _settle_closed_dm(delivery, reason, facts, now)
    else:
        _settle_refusal(delivery, reason, now)


def _wait(delivery: Delivery, until: datetime, reason: DiscordError) -> None:
    put_back(
        delivery,
        due_at=until,
        is_counted=False,
        http_status=reason.status,
        error_code=reason.code,
        last_error=str(reason),
    )


def _try_again(delivery: Delivery, error: str, *, status: int = 0) -> None:
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
        _try_again(delivery, str(reason), status=reason.status)
        return
    if reason.code == OPENING_DMS_TOO_FAST and delivery.attempts < 3:
        put_back(delivery, due_at=now + DMS_TOO_FAST_FOR, is_counted=True, last_error=str(reason))
        return
    is_ours = _bury(delivery, reason)
    if reason.code in DM_CLOSED:
        User.objects.filter(discord_id=delivery.target_id).update(
            dm_blocked_until=now + DM_CLOSED_FOR
        )
        if is_ours and delivery.game_id:
            tell_host_of_unreachable(game_id=delivery.game_id, person=delivery.target_id, now=now)
    if is_ours and reason.code in DM_CLOSED | {OPENING_DMS_TOO_FAST}:
        _mention_instead(delivery, facts)


@transaction.atomic
def _settle_refusal(delivery: Delivery, reason: DiscordError, now: datetime) -> None:
    is_ours = _bury(delivery, reason)
    if is_ours and reason.code in CHANNEL_BROKEN and delivery.game_id:
        tell_host_of_channel(game_id=delivery.game_id, channel_id=delivery.target_id, now=now)


def _bury(delivery: Delivery, reason: DiscordError) -> bool:
    """Failed for good: nothing will try it again by itself."""
    count(DELIVERIES, state="failed")
    level = logging.INFO if reason.code in DM_CLOSED else logging.ERROR
    log.log(level, "Delivery %s (%s) failed: %s", delivery.id, delivery.notice, reason)
    return settle(
        delivery,
        State.DEAD,
        http_status=reason.status,
        error_code=reason.code,
        last_error=str(reason),
    )


def _mention_instead(delivery: Delivery, facts: Facts) -> None:
    """One message in the game's channel that names and pings the person, where the server
    wants that or the person prefers it to direct messages."""
    snapshot = facts.games[delivery.game_id or 0]
    user = facts.users.get(delivery.target_id)
    is_chosen = user is not None and user.direct_messages == DirectMessages.NEVER
    is_wanted = is_chosen or facts.guilds[delivery.guild_id].mention_unreachable
    if not is_wanted or delivery.notice in {Notice.CHANNEL_TROUBLE, Notice.UNREACHABLE}:
        return
    enqueue(
        [
            Delivery(
                dedupe_key=f"{delivery.dedupe_key}:fb",
                game_id=delivery.game_id,
                guild_id=delivery.guild_id,
                notice=delivery.notice,
                priority=delivery.priority,
                target=Target.CHANNEL,
                target_id=snapshot.channel_id,
                payload={**delivery.payload, "mention": delivery.target_id},
                due_at=database_now(),
                expires_at=delivery.expires_at,
            )
        ]
    )


def _keep_dm_channel(delivery: Delivery, channel_id: int, facts: Facts) -> None:
    user = facts.users.get(delivery.target_id)
    if delivery.target == Target.USER and user and user.dm_channel_id != channel_id:
        User.objects.filter(id=user.id).update(dm_channel_id=channel_id)
