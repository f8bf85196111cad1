"""Announcements brought up to date: claimed, posted or edited by the newest state, marked."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, as_completed
from datetime import datetime
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
from discord_api.outgoing import SEND_SECONDS, Outgoing, SendFailed, Sent
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
from notifications.outbox.queue import enqueue
from notifications.rules import VERIFY_AFTER, delivery_backoff, nonce_for
from notifications.shutdown import is_stopping
from postgres.clock import database_now

log = structlog.get_logger(__name__)

BATCH = 50
TOKEN_REFUSED_SECONDS = 60.0
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
    delete_former_posts()
    return count


def _claim(limit: int) -> tuple[list[Claim], bool]:
    """Claim as many posts and edits as the queue for Discord has room for. The flag says whether
    there are more."""
    budget, lease = loop.client().budget, claims.RENDER_LEASE
    room = min(budget.room(Priority.NEWS), limit)
    posts = claims.claim(claims.CLAIM_POSTS, limit=room, lease=lease)
    left = min(budget.room(Priority.EDIT), limit) - len(posts)
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
        elif future := _begin_safely(claim, snapshot, now):
            sending[future] = (claim, snapshot)
    for future in as_completed(sending, timeout=SEND_SECONDS + 5):
        claim, snapshot = sending[future]
        try:
            is_closed = claim.message_id is None and claim.channel_id in closed
            _settle(claim, snapshot, future, is_closed=is_closed)
        except Exception:
            # Its lease will end, and another rendering follows.
            log.exception("announcement_not_settled", announcement_id=claim.id)


def _snapshots(claimed: Sequence[Claim]) -> dict[int, GameSnapshot]:
    """The games whose servers the bot is still on."""
    games = Game.objects.select_related("guild", "channel", "host").filter(
        id__in=[claim.game_id for claim in claimed], guild__left_at__isnull=True
    )
    return {s.id: s for s in snapshots_of(games)} if games.exists() else {}


def _begin_safely(claim: Claim, snapshot: GameSnapshot, now: datetime) -> Future[Any] | None:
    try:
        return _begin(claim, snapshot, now)
    except Exception as error:
        log.exception("announcement_not_rendered", game_id=claim.game_id)
        give_up(claim, error=f"{type(error).__name__}: {error}"[:500])
        return None


def _begin(claim: Claim, snapshot: GameSnapshot, now: datetime) -> Future[Any] | None:
    if claim.message_id is None:
        return _begin_post(claim, snapshot, now)
    is_archived = snapshot.status == Status.ARCHIVED
    if is_archived and snapshot.archive == Archive.REMOVE:
        remove_post(claim, now=now)
        return None
    if claim.channel_id != snapshot.post_channel_id and (snapshot.is_upcoming or is_archived):
        move_post(claim, channel_id=snapshot.post_channel_id, now=now)
        return None
    body = render(snapshot, now=now)
    priority = Priority.NEWS if snapshot.status in NEWS else Priority.EDIT
    edit = outgoing.edit(loop.client(), claim.channel_id, claim.message_id, body, priority)
    return loop.submit(edit)


def _begin_post(claim: Claim, snapshot: GameSnapshot, now: datetime) -> Future[Any] | None:
    if not snapshot.is_upcoming and not _is_moving_to_archive(claim, snapshot):
        give_up(claim, error="the game was over before it was announced")
        return None
    body = render(snapshot, now=now, ping=claim.post_number == 1)
    is_old = claim.attempts > 1 and now - claim.first_attempt_at > VERIFY_AFTER
    message = Outgoing(
        body={
            **body,
            "nonce": nonce_for(f"ann:{claim.game_id}:{claim.post_number}"),
            "enforce_nonce": True,
        },
        channel_id=claim.channel_id,
        look_since=claim.first_attempt_at if is_old else None,
        marker=game_url(snapshot.guild_id, snapshot.id),
        priority=Priority.NEWS,
    )
    return loop.submit(outgoing.post_once(loop.client(), message))


def _is_moving_to_archive(claim: Claim, snapshot: GameSnapshot) -> bool:
    is_there = claim.channel_id == snapshot.post_channel_id != snapshot.channel_id
    return claim.post_number > 1 and snapshot.status == Status.ARCHIVED and is_there


def _settle(claim: Claim, snapshot: GameSnapshot, future: Future[Any], *, is_closed: bool) -> None:
    try:
        sent = future.result()
    except SendFailed as failed:
        _settle_failure(claim, snapshot, failed.reason)
        return
    if not isinstance(sent, Sent):
        mark_rendered(claim, snapshot.revision)
        return
    if sent.message_id is None:
        _lose(claim, snapshot, database_now())
        return
    posted_at = timezone.now()
    mark_rendered(claim, snapshot.revision, message_id=sent.message_id, posted_at=posted_at)
    if is_closed and snapshot.is_upcoming:
        _tell_host_of_channel(claim)


def _settle_failure(claim: Claim, snapshot: GameSnapshot, reason: DiscordError | Uncertain) -> None:
    if isinstance(reason, Uncertain):
        wait = delivery_backoff(claim.attempts).total_seconds()
        release_uncertain(claim, retry_in_seconds=wait, error=str(reason))
    elif isinstance(reason, RateLimited):
        is_later = reason.cause == Cause.LATER
        wait = max(reason.retry_after, LATER_SECONDS if is_later else 0)
        release(claim, retry_in_seconds=wait, error=str(reason))
    elif reason.cause == Cause.LATER:
        release(claim, retry_in_seconds=LATER_SECONDS, error=str(reason))
    elif isinstance(reason, Unauthorized):
        release(claim, retry_in_seconds=TOKEN_REFUSED_SECONDS, error=str(reason))
    elif reason.code == UNKNOWN_MESSAGE:
        _lose(claim, snapshot, database_now())
    else:
        _refuse(claim, snapshot, reason)


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
    """The channels of new posts in which the bot lacks a permission, as far as the mirror tells.
    Two queries.

    Discord takes an embed from a bot that may not embed, and shows nothing of it.
    """
    ids = {claim.channel_id for claim in claimed if claim.message_id is None}
    channels = list(Channel.objects.filter(id__in=ids)) if ids else []
    bots = bot_members({channel.guild_id for channel in channels})
    return {
        channel.id
        for channel in channels
        if missing_bot_permissions(channel, bots.get(channel.guild_id))
    }
