"""Secret calendar addresses: make, replace, revoke and look up."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guilds.errors import NotFound
from guilds.models import Feed, Guild, Member, User

TOKEN_BYTES = 32


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_feed(*, user: User, guild: Guild | None = None) -> str:
    """Make a new address and return its token, which is not stored. The earlier one stops working.

    Without a guild the feed has the person's own games. Raises `NotFound` if they are not on the
    guild.
    """
    if guild and not Member.objects.filter(guild=guild, user=user, left_at__isnull=True).exists():
        raise NotFound(_("There is no such server, or you are not on it."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Feed.objects.update_or_create(
        user=user,
        guild=guild,
        defaults={"token_hash": hash_of(token), "created_at": timezone.now()},
    )
    return token


def revoke_feed(*, user: User, feed_id: int) -> None:
    """Stop the address from working. Does nothing if it is another person's or already gone."""
    Feed.objects.filter(user=user, id=feed_id).delete()


def find_feed(token: str, *, is_of_guild: bool) -> Feed | None:
    """Return the token's feed, or None if it is unknown or its person may no longer use it."""
    feed = (
        Feed.objects.select_related("user", "guild")
        .filter(token_hash=hash_of(token), guild__isnull=not is_of_guild, user__is_active=True)
        .first()
    )
    if feed and feed.guild and feed.guild.left_at is not None:
        return None
    return feed
