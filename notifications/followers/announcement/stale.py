"""Posts that show an earlier state of their game, since the bot may not embed links there now."""

from datetime import timedelta

import structlog
from django.db import transaction

from games.snapshots import GameSnapshot
from notifications.followers.announcement.claims import Claim
from notifications.followers.announcement.state import give_up, release
from notifications.kinds.post_stale import PostStale
from notifications.models import Announcement
from notifications.outbox.queue import enqueue
from postgres.clock import database_now

log = structlog.get_logger(__name__)

# It is looked at again after this, doubled each time, until a day after the game.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 15.0, 1800.0
FOR = timedelta(days=1)
NOT_SHOWN = "Discord would not show the change: the bot may not embed links in the channel"


@transaction.atomic
def wait_for_rights(claim: Claim, snapshot: GameSnapshot) -> None:
    """Leave the post as it stands, and look again by and by whether it may be edited.

    Discord would answer 200 and show nothing of the edit. The host is told, where the post has
    ever shown the game.
    """
    now = database_now()
    log.warning("announcement_not_shown", game_id=claim.game_id, channel_id=claim.channel_id)
    if Announcement.objects.filter(id=claim.id, posted_revision__gt=0).exists():
        enqueue(PostStale().deliveries(snapshot, channel_id=claim.channel_id, now=now))
    ends_at = snapshot.starts_at + timedelta(minutes=snapshot.duration_minutes)
    if now > ends_at + FOR:
        give_up(claim, error=NOT_SHOWN)
    else:
        release(claim, retry_in_seconds=_pause(claim.attempts), error=NOT_SHOWN)


def _pause(attempts: int) -> float:
    return min(FIRST_PAUSE_SECONDS * 2.0 ** min(attempts, 10), LONGEST_PAUSE_SECONDS)
