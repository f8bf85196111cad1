"""Visits to the page of one's games, so that it can say what is new."""

from datetime import datetime, timedelta

from guilds.models import User

# Looking again within this time is the same visit.
VISIT = timedelta(minutes=30)


def note_visit(user: User, *, now: datetime) -> datetime | None:
    """Return when the previous visit began, None for the first. Writes once for each visit."""
    if user.games_seen_at is None or now - user.games_seen_at > VISIT:
        user.games_seen_before, user.games_seen_at = user.games_seen_at, now
        user.save(update_fields=["games_seen_before", "games_seen_at"])
    return user.games_seen_before
