"""The version of each event of a feed, which rises whenever its readers would see another text.

What is seen depends on more than the game: names of servers, channels and hosts, the reader's own
place, reminders and language. The feed therefore remembers what it told last.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.utils.translation import get_language

from games.exchange.calendar import LAYOUT, CalendarGame
from guilds.models import Feed

# Games that left the feed are remembered as long as there is room: some come back.
MOST_KEPT = 2000
type Told = dict[str, tuple[str, int, int]]  # text's hash, SEQUENCE, last change, by game id


def risen(feed: Feed, games: Sequence[CalendarGame], *, now: datetime) -> list[CalendarGame]:
    """Return the games with a `sequence` and `edited_at` above those told with another text.

    Stores what is told now, if it differs.
    """
    before: Told = feed.told or {}
    told = {str(game.id): _version(game, before.get(str(game.id)), now) for game in games}
    if any(list(version) != list(before.get(key, ())) for key, version in told.items()):
        kept = {key: one for key, one in before.items() if key not in told}
        room = max(MOST_KEPT - len(told), 0)
        newest = sorted(kept, key=int, reverse=True)[:room]
        Feed.objects.filter(id=feed.id).update(told=told | {key: kept[key] for key in newest})
    return [_as_told(game, told[str(game.id)]) for game in games]


def _version(
    game: CalendarGame, before: tuple[str, int, int] | None, now: datetime
) -> tuple[str, int, int]:
    text, edited = _hash(game), int(game.edited_at.timestamp())
    if before is None:
        return text, game.sequence, edited
    last_text, sequence, changed = before
    if last_text == text:
        return text, sequence, changed
    # Names change without an edit: then the time is when that was noticed.
    at = edited if edited > changed else int(now.timestamp())
    return text, max(game.sequence, sequence + 1), max(at, changed + 1)


def _hash(game: CalendarGame) -> str:
    seen = replace(game, sequence=0, edited_at=game.created_at)
    told = repr((LAYOUT, get_language(), settings.SITE_URL, seen))
    return sha256(told.encode()).hexdigest()[:16]


def _as_told(game: CalendarGame, version: tuple[str, int, int]) -> CalendarGame:
    _text, sequence, changed = version
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=changed)
    return replace(game, sequence=sequence, edited_at=at)
