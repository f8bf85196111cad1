"""Secret calendar addresses: made, made anew, taken back."""

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
    """The token of a new address, which is nowhere else; an address from before stops working.

    Without a guild the feed is of the person's own games. Raises `NotFound` for a guild they
    are not on.
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
    """The address stops working. One not theirs, or gone already, is left as it is."""
    Feed.objects.filter(user=user, id=feed_id).delete()


def find_feed(token: str, *, is_of_guild: bool) -> Feed | None:
    """The feed of this token, if its person may still see it."""
    feed = (
        Feed.objects.select_related("user", "guild")
        .filter(token_hash=hash_of(token), guild__isnull=not is_of_guild, user__is_active=True)
        .first()
    )
    if feed and feed.guild and feed.guild.left_at is not None:
        return None
    return feed
