"""Announcements brought up to date: claimed, posted or edited by the newest state, marked."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone

from discord_api import loop, outgoing
from discord_api.budget import Priority
from discord_api.errors import (
    LATER_SECONDS,
    UNKNOWN_MESSAGE,
    Cause,
    DiscordError,
    RateLimited,
    Unauthorized,
    Uncertain,
)
from discord_api.outgoing import SEND_SECONDS, Missing, Outgoing, SendFailed, Sent
from games.enums import Status
from games.models import Game
from games.selectors import snapshots_of
from games.snapshots import GameSnapshot
from guilds.enums import Archive
from guilds.models import Channel
from guilds.selectors import bot_members, missing_bot_permissions
from notifications.followers.announcement import claims
from notifications.followers.announcement.claims import Claim
from notifications.followers.announcement.former_posts import delete_former_posts
from notifications.followers.announcement.stale import wait_for_rights
from notifications.followers.announcement.state import (
    follow_game,
    give_up,
    mark_rendered,
    move_post,
    release,
    release_uncertain,
    remove_post,
)
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.post_lost import PostLost
from notifications.messages.announcement import render
from notifications.messages.wording import game_url
from notifications.nudges import ANNOUNCEMENTS, nudge
from notifications.outbox.queue import enqueue
from notifications.rules import (
    SETTLED_AFTER,
    away_wait,
    delivery_backoff,
    fault_backoff,
    nonce_for,
    vague_wait,
)
from notifications.shutdown import is_stopping
from postgres.clock import database_now

log = structlog.get_logger(__name__)

BATCH = 50
TOKEN_REFUSED_SECONDS = 60.0
LATER_TRIES = 10
OVER_BEFORE = "the game was over before it was announced"
GOES_ON_SECONDS = 5.0
# Edits that show this are urgent: `claims.CLAIM_EDITS` chooses by the same.
NEWS = frozenset({Status.IN_PROGRESS, Status.CANCELLED})


def render_due(*, limit: int = BATCH, seconds: float = GOES_ON_SECONDS) -> int:
    """Render announcements that are behind, for `seconds` while there are more. Returns how many.

    While more urgent requests have Discord's whole budget, other edits stay unclaimed.
    """
    end, count, is_more = time.monotonic() + seconds, 0, True
    while is_more and not is_stopping.is_set() and time.monotonic() < end:
        claimed, is_more = _claim(limit)
        if claimed:
            render_claimed(claimed)
        count += len(claimed)
    # The pace of edits is no multiple of the ticks: left to them, most would be late.
    if (turn_in := claims.seconds_to_next_turn()) is not None:
        nudge(ANNOUNCEMENTS, after=turn_in)
    delete_former_posts()
    return count


def _claim(limit: int) -> tuple[list[Claim], bool]:
    """Claim as many posts and edits as the queue for Discord has room for. The flag says whether
    there are more."""
    client, lease = loop.client(), claims.RENDER_LEASE
    room = min(client.room(Priority.POST), limit)
    posts = claims.claim(claims.CLAIM_POSTS, limit=room, lease=lease)
    left = min(client.room(Priority.EDIT), limit) - len(posts)
    news_only = left <= 0
    left = max(room - len(posts) if news_only else left, 0)
    edits = claims.claim(claims.CLAIM_EDITS, limit=left, news_only=news_only, lease=lease)
    claimed = posts + edits
    return claimed, bool(claimed) and (len(posts) == room or len(edits) == left)


def render_claimed(claimed: Sequence[Claim]) -> None:
    """Render the claimed announcements side by side. Each is marked as soon as Discord has
    answered."""
    try:
        snapshots, closed = _snapshots(claimed), _channels_closed_to_us(claimed)
    except OperationalError as error:
        for claim in claimed:  # nothing was sent: nobody need wait for a lease
            release(claim, retry_in_seconds=1, error=type(error).__name__)
        raise
    now = max(claim.claimed_at for claim in claimed)  # by the database's clock
    sending: dict[Future[Any], tuple[Claim, GameSnapshot]] = {}
    for claim in claimed:
        snapshot = snapshots.get(claim.game_id)
        if snapshot is None:
            give_up(claim, error="the bot is no longer on the server")
        elif claim.channel_id in closed and _is_edit(claim, snapshot):
            wait_for_rights(claim, snapshot)
        elif future := _begin_safely(claim, snapshot, now):
            sending[future] = (claim, snapshot)
    for future in as_completed(sending, timeout=SEND_SECONDS + 5):
        claim, snapshot = sending[future]
        try:
            _settle(claim, snapshot, future, is_closed=claim.channel_id in closed)
        except Exception:
            # Its lease will end, and another rendering follows.
            log.exception("announcement_not_settled", announcement_id=claim.id)


def _snapshots(claimed: Sequence[Claim]) -> dict[int, GameSnapshot]:
    """The games whose servers the bot is still on."""
    games = Game.objects.filter(
        id__in=[claim.game_id for claim in claimed], guild__left_at__isnull=True
    )
    return {s.id: s for s in snapshots_of(list(games.values_list("id", flat=True)))}


def _begin_safely(claim: Claim, snapshot: GameSnapshot, now: datetime) -> Future[Any] | None:
    try:
        return _begin(claim, snapshot, now)
    except Exception as error:
        log.exception("announcement_not_rendered", game_id=claim.game_id)
        wait = fault_backoff(claim.attempts).total_seconds()
        release(claim, retry_in_seconds=wait, error=f"{type(error).__name__}: {error}"[:500])
        return None


def _begin(claim: Claim, snapshot: GameSnapshot, now: datetime) -> Future[Any] | None:
    if claim.message_id is None:
        return _begin_post(claim, snapshot, now)
    if _is_to_go(snapshot):
        remove_post(claim, now=now)
        return None
    if _is_to_move(claim, snapshot):
        move_post(claim, channel_id=snapshot.post_channel_id, now=now)
        return None
    body = render(snapshot, now=now)
    edit = outgoing.edit(
        loop.client(),
        claim.channel_id,
        claim.message_id,
        body,
        Priority.POST if snapshot.status in NEWS else Priority.EDIT,
        snapshot.guild_id,
    )
    return loop.submit(edit)


def _is_edit(claim: Claim, snapshot: GameSnapshot) -> bool:
    is_there = claim.message_id is not None
    return is_there and not _is_to_go(snapshot) and not _is_to_move(claim, snapshot)


def _is_to_go(snapshot: GameSnapshot) -> bool:
    return snapshot.status == Status.ARCHIVED and snapshot.archive == Archive.REMOVE


def _is_to_move(claim: Claim, snapshot: GameSnapshot) -> bool:
    is_elsewhere = claim.channel_id != snapshot.post_channel_id
    return is_elsewhere and (snapshot.is_upcoming or snapshot.status == Status.ARCHIVED)


def _begin_post(claim: Claim, snapshot: GameSnapshot, now: datetime) -> Future[Any] | None:
    is_wanted = snapshot.is_upcoming or _is_moving_to_archive(claim, snapshot)
    if not is_wanted and not claim.took_over:
        give_up(claim, error=OVER_BEFORE)
        return None
    tried_at = claim.tried_at or claim.first_attempt_at
    if not is_wanted and now < tried_at + SETTLED_AFTER:  # that try may still be on its way
        release(claim, retry_in_seconds=SETTLED_AFTER.total_seconds(), error=OVER_BEFORE)
        return None
    body = render(snapshot, now=now, ping=claim.post_number == 1)
    message = Outgoing(
        body={
            **body,
            "nonce": nonce_for(f"ann:{claim.game_id}:{claim.post_number}"),
            "enforce_nonce": True,
        },
        channel_id=claim.channel_id,
        look_since=claim.first_attempt_at if claim.took_over else None,
        marker=game_url(snapshot.guild_id, snapshot.id),
        priority=Priority.POST,
        guild_id=snapshot.guild_id,
    )
    send = outgoing.post_once if is_wanted else outgoing.find_once
    return loop.submit(send(loop.client(), message))


def _is_moving_to_archive(claim: Claim, snapshot: GameSnapshot) -> bool:
    is_there = claim.channel_id == snapshot.post_channel_id != snapshot.channel_id
    return claim.post_number > 1 and snapshot.status == Status.ARCHIVED and is_there


def _settle(claim: Claim, snapshot: GameSnapshot, future: Future[Any], *, is_closed: bool) -> None:
    try:
        sent = future.result()
    except SendFailed as failed:
        _settle_failure(claim, snapshot, failed.reason)
        return
    if isinstance(sent, Missing):
        give_up(claim, error=OVER_BEFORE)
    elif isinstance(sent, Sent):
        _settle_post(claim, snapshot, sent, is_closed=is_closed)
    elif sent.is_shown:
        mark_rendered(claim, snapshot.revision)
    else:
        wait_for_rights(claim, snapshot)


def _settle_post(claim: Claim, snapshot: GameSnapshot, sent: Sent, *, is_closed: bool) -> None:
    """A post without its embed stands, and shows no revision yet."""
    if sent.message_id is None:
        _lose(claim, snapshot, database_now())
        return
    mark_rendered(
        claim,
        snapshot.revision if sent.is_shown else 0,
        message_id=sent.message_id,
        posted_at=timezone.now(),
    )
    if (is_closed or not sent.is_shown) and snapshot.is_upcoming:
        _tell_host_of_channel(claim)


def _settle_failure(claim: Claim, snapshot: GameSnapshot, reason: DiscordError | Uncertain) -> None:
    if isinstance(reason, Uncertain):
        is_away = loop.client().way.is_closed
        backoff = away_wait() if is_away else delivery_backoff(claim.attempts)
        release_uncertain(claim, retry_in_seconds=backoff.total_seconds(), error=str(reason))
    elif isinstance(reason, RateLimited) or reason.cause == Cause.LATER:
        _come_again(claim, snapshot, reason)
    elif isinstance(reason, Unauthorized):
        release(claim, retry_in_seconds=TOKEN_REFUSED_SECONDS, error=str(reason))
    elif reason.code == UNKNOWN_MESSAGE:
        _lose(claim, snapshot, database_now())
    else:
        _refuse(claim, snapshot, reason)


def _come_again(claim: Claim, snapshot: GameSnapshot, reason: DiscordError) -> None:
    """Try again when Discord asks to. After some minutes of refusals the host is told of them."""
    wait = 0.0
    if isinstance(reason, RateLimited):
        tried = fault_backoff(claim.attempts) if reason.is_vague else timedelta()
        wait = reason.retry_after + vague_wait(tried).total_seconds()
    if reason.cause == Cause.LATER:
        wait = max(wait, LATER_SECONDS)
        is_of_use = snapshot.is_upcoming or snapshot.is_cancelled
        if claim.attempts >= LATER_TRIES and is_of_use:
            _tell_host_of_channel(claim, reason.code, reason.message)
    release(claim, retry_in_seconds=wait, error=str(reason))


@transaction.atomic
def _lose(claim: Claim, snapshot: GameSnapshot, now: datetime) -> None:
    """Note that somebody deleted the post. It is never reposted by itself; the host is asked."""
    is_ours = give_up(claim, error="the announcement was deleted", lost_at=now)
    if is_ours and snapshot.is_upcoming:
        lost = PostLost().deliveries(game_id=claim.game_id, post_number=claim.post_number, now=now)
        enqueue(lost)


@transaction.atomic
def _refuse(claim: Claim, snapshot: GameSnapshot, reason: DiscordError) -> None:
    log.error("announcement_refused", game_id=claim.game_id, error=str(reason))
    is_ours = give_up(claim, error=str(reason), code=reason.code)
    if is_ours and follow_game(claim.game_id):
        return  # the host has chosen another channel meanwhile
    if is_ours and (snapshot.is_upcoming or snapshot.is_cancelled):
        _tell_host_of_channel(claim, reason.code, reason.message)


def _tell_host_of_channel(claim: Claim, code: int | None = None, said: str = "") -> None:
    kind = ChannelTrouble()
    enqueue(
        kind.deliveries(
            game_id=claim.game_id,
            channel_id=claim.channel_id,
            now=database_now(),
            code=code,
            said=said,
        )
    )


def _channels_closed_to_us(claimed: Sequence[Claim]) -> set[int]:
    """The channels in which the bot lacks a permission, as far as the mirror tells. Two queries.

    Discord takes an embed from a bot that may not embed, and shows nothing of it.
    """
    ids = {claim.channel_id for claim in claimed}
    channels = list(Channel.objects.filter(id__in=ids)) if ids else []
    bots = bot_members({channel.guild_id for channel in channels})
    return {
        channel.id
        for channel in channels
        if missing_bot_permissions(channel, bots.get(channel.guild_id))
    }
