"""The announcement's row: made, marked dirty, claimed for a click, rendered, given up, moved."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, Subquery
from django.db.models.functions import Least, Now

from games.models import Game
from notifications.followers.announcement import claims, pace
from notifications.followers.announcement.claims import Claim
from notifications.models import Announcement
from notifications.nudges import ANNOUNCEMENTS, nudge
from postgres.clock import by_database
from postgres.rows import rows_of

# After a post, or a change of times, it is first looked for so much later.
LOOK_AFTER = timedelta(seconds=60)
# What is due later than that is left to beat's ticks.
SOON_SECONDS = 5.0

# A new post under a new number, which its nonce follows from; late holders lose their fence.
ANEW: dict[str, Any] = {
    "message_id": None,
    "posted_at": None,
    "post_number": F("post_number") + 1,
    "fence": F("fence") + 1,
    "posted_revision": 0,
    "lost_at": None,
    "last_error": "",
    "error_code": None,
    "lease_until": None,
    "is_in_flight": False,
    "attempts": 0,
    "first_attempt_at": None,
    "recheck_at": None,
    "look_at": None,
    "rush": 0,
    "next_edit_at": Now(),
}


def create_announcement(game: Game, *, now: datetime) -> None:
    """Make the row, so that the game is posted in its channel. Making it again does nothing."""
    Announcement.objects.bulk_create(
        [
            Announcement(
                game=game,
                channel_id=game.channel_id,
                wanted_revision=game.revision,
                render_at=by_database(now),
            )
        ],
        ignore_conflicts=True,
    )


@dataclass(frozen=True)
class Marked:
    """An announcement that is to follow its game. The worker may show it in so many seconds, None
    if it waits for the host. `by_click` is whether the answer of the click that changed the game
    may do so first."""

    turn_in: float | None
    by_click: bool


def mark_dirty(game: Game, *, by_click: bool) -> Marked | None:
    """Ask for the game's new revision to be shown. One cheap update.

    A lost post waits for the host's word and is not rendered. Returns None when there is no post.
    """
    marked = claims.rows(
        claims.MARK_DIRTY, game_id=game.id, revision=game.revision, by_click=by_click
    )
    return Marked(*marked[0]) if marked else None


def mark_stale(game_ids: Collection[int]) -> None:
    """Ask for posts to be rendered again, though their games did not change.

    Posts that were never made or that wait for the host's word stay as they are. One that is just
    being rendered may show what was read before, so it is rendered once more after that.
    """
    Announcement.objects.filter(
        game__in=game_ids, message_id__isnull=False, lost_at__isnull=True
    ).update(render_at=Least(F("render_at"), Now()), recheck_at=Now())


def claim_for_click(game_id: int, *, message_id: int | None = None) -> Claim | None:
    """Claim the announcement for a click whose own answer can carry the new message.

    Only worth trying where `mark_dirty` said so. Takes the announcement's lease for 5 s and one of
    the channel's edits, in one statement.
    `message_id`, the clicked message, guards against an older post. Read the snapshot after
    claiming. Returns None when somebody else renders it: the click is answered by a line of text,
    and the worker, who is nudged, edits the message.
    """
    taken = claims.claim(
        claims.CLAIM_FOR_CLICK,
        game_id=game_id,
        message_id=message_id,
        lease=claims.CLICK_LEASE,
    )
    if not taken:
        nudge(ANNOUNCEMENTS, after=claims.GRACE_SECONDS)
        return None
    return taken[0]


def mark_rendered(
    claim: Claim,
    revision: int,
    *,
    message_id: int | None = None,
    posted_at: datetime | None = None,
) -> bool:
    """Note that Discord has taken the message showing `revision`.

    Returns False when the lease was lost: its new holder renders once more.
    """
    marked, *_ = rows_of(
        (
            claims.MARK,
            {
                "id": claim.id,
                "fence": claim.fence,
                "revision": revision,
                "took_over": claim.took_over,
                "message_id": message_id,
                "posted_at": posted_at,
            },
        ),
        (
            pace.ANSWERED,
            {"id": claim.id, "channel_id": claim.channel_id, "claimed_at": claim.claimed_at},
        ),
    )
    if not marked:
        claims.run(claims.RECHECK, id=claim.id)
        return False
    ((due_in,),) = marked
    if due_in is not None and due_in < SOON_SECONDS:
        nudge(ANNOUNCEMENTS, after=due_in)
    return True


def release(claim: Claim, *, retry_in_seconds: float = 0, error: str = "") -> None:
    """Give the lease back when certainly nothing was sent. Anybody may render after
    `retry_in_seconds`."""
    _let_go(claim, retry_in_seconds, error, is_in_flight=claim.took_over)


def release_uncertain(claim: Claim, *, retry_in_seconds: float, error: str) -> None:
    """Give the lease back when the message may have been sent, or is still on its way. The next
    holder settles it."""
    if not _let_go(claim, retry_in_seconds, error, is_in_flight=True):
        claims.run(claims.RECHECK, id=claim.id)


def _let_go(claim: Claim, seconds: float, error: str, *, is_in_flight: bool) -> bool:
    return bool(
        claims.run(
            """update notifications_announcement set lease_until = null, last_error = %(error)s,
            is_in_flight = %(is_in_flight)s,
            render_at = statement_timestamp() + %(seconds)s * interval '1 s'
        where id = %(id)s and fence = %(fence)s""",
            id=claim.id,
            fence=claim.fence,
            seconds=seconds,
            error=error,
            is_in_flight=is_in_flight,
        )
    )


def give_up(
    claim: Claim, *, error: str, code: int | None = None, lost_at: datetime | None = None
) -> bool:
    """Stop trying until the next change, since Discord refuses the message.

    `code` is that of Discord's refusal. `lost_at`: the post is gone, and nothing is tried before
    the host's word. Returns False when the lease was lost.
    """
    return bool(
        Announcement.objects.filter(id=claim.id, fence=claim.fence).update(
            lease_until=None,
            is_in_flight=False,
            recheck_at=None,
            render_at=None,
            look_at=None,
            attempts=0,
            first_attempt_at=None,
            lost_at=lost_at,
            last_error=error,
            error_code=code,
        )
    )


def look_soon(game: Game) -> None:
    """Plan anew when to look for the post, after a change of the game's times."""
    Announcement.objects.filter(game=game, look_at__isnull=False).update(look_at=Now() + LOOK_AFTER)


# A post that stands nowhere, and that nothing is about to bring anywhere.
_NOWHERE = Q(lost_at__isnull=False) | Q(message_id=None, render_at=None)
_NOT_TRIED = Q(message_id=None, first_attempt_at=None, lease_until=None)


def follow_game(game_id: int) -> bool:
    """Bring a post that stands nowhere to the channel that its host has chosen by now.

    Returns whether there is one. Any other post is moved when it is next rendered.
    """
    channel = Game.objects.filter(id=game_id).values("channel_id")[:1]
    rows = Announcement.objects.filter(_NOWHERE | _NOT_TRIED, game_id=game_id)
    elsewhere = rows.exclude(channel_id=Subquery(channel))
    fresh = ANEW | {"channel_id": Subquery(channel), "render_at": Now()}
    lost = elsewhere.filter(lost_at__isnull=False).update(**fresh)
    # One that never was posted keeps its number: its roles are still to be pinged.
    return bool(lost + elsewhere.update(**fresh | {"post_number": F("post_number")}))


def move_post(claim: Claim, *, channel_id: int, now: datetime) -> None:
    """Post anew in the channel where the post belongs now. The one in the old channel is deleted
    afterwards."""
    is_moved = _give_up_post(claim, channel_id=channel_id, render_at=now)
    if not is_moved:  # the post before this one is still to be deleted
        release(claim, retry_in_seconds=2)


def remove_post(claim: Claim, *, now: datetime) -> None:
    """Delete the post of an archived game, and post no other."""
    if not _give_up_post(claim, render_at=None, delete_at=now):
        release(claim, retry_in_seconds=2)


def _give_up_post(claim: Claim, **fields: Any) -> bool:
    """Remember the post as one to delete. Returns False when another still is, or the lease was
    lost."""
    rows = Announcement.objects.filter(
        id=claim.id, fence=claim.fence, former_message_id__isnull=True
    )
    return bool(
        rows.update(
            **ANEW,
            former_channel_id=claim.channel_id,
            former_message_id=claim.message_id,
            **fields,
        )
    )
