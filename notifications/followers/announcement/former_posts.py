"""Posts that moved away or were archived, deleted from the channel the game has left."""

from concurrent.futures import as_completed
from dataclasses import dataclass

import structlog
from django.db import connection

from discord_api import loop, outgoing
from discord_api.budget import Priority
from discord_api.errors import Uncertain
from discord_api.outgoing import SEND_SECONDS, SendFailed
from notifications.kinds.post_stays import PostStays
from notifications.models import Announcement
from notifications.outbox.queue import enqueue
from postgres.clock import database_now

log = structlog.get_logger(__name__)

BATCH = 50

# The former post goes once its successor stands. Deleting twice is harmless, so there is no
# lease: when a worker dies over it, another tries half a minute later.
CLAIM_FORMER = """
with ripe as (
    select a.id from notifications_announcement a
    where a.delete_at <= statement_timestamp()
    order by a.delete_at limit %(limit)s for no key update skip locked
)
update notifications_announcement a set delete_at = statement_timestamp() + interval '30 s'
where a.id = any(array(select id from ripe))
returning a.id, a.game_id, a.former_channel_id, a.former_message_id"""


@dataclass(frozen=True)
class FormerPost:
    """A message to delete, of the announcement with this id."""

    id: int
    game_id: int
    channel_id: int
    message_id: int


def delete_former_posts(*, limit: int = BATCH) -> int:
    """Delete posts that have moved away or are archived. Returns how many were due."""
    posts = claim_former(limit=min(limit, loop.client().room(Priority.UPKEEP)))
    deleting = {
        loop.submit(outgoing.delete(loop.client(), post.channel_id, post.message_id)): post
        for post in posts
    }
    for future in as_completed(deleting, timeout=SEND_SECONDS + 5):
        post = deleting[future]
        try:
            future.result()
        except SendFailed as failed:
            reason = failed.reason
            if isinstance(reason, Uncertain) or not reason.is_permanent:
                continue  # its time comes again
            log.warning("former_post_stays", announcement_id=post.id, error=str(reason))
            _tell_host(post)
        _forget(post)
    return len(posts)


def _tell_host(post: FormerPost) -> None:
    enqueue(
        PostStays().deliveries(
            game_id=post.game_id,
            channel_id=post.channel_id,
            message_id=post.message_id,
            now=database_now(),
        )
    )


def claim_former(*, limit: int) -> list[FormerPost]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_FORMER, {"limit": limit})
        return [FormerPost(*row) for row in cursor.fetchall()]


def _forget(post: FormerPost) -> None:
    Announcement.objects.filter(id=post.id, former_message_id=post.message_id).update(
        former_channel_id=None, former_message_id=None, delete_at=None
    )
