"""A person's own games, over all their servers: which, what changed in them, which clash."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from games.browse.rows import GameRow, ListedGame, list_games
from games.enums import Action, Answer, Status
from games.models import Change, Game, Participant
from games.rules import Span, overlaps
from games.selectors import UPCOMING
from guilds.models import Guild, User
from guilds.rules import LONGEST_GAME_MINUTES

OVER = (Status.COMPLETED, Status.ARCHIVED, Status.CANCELLED)
# Games under way began earlier than now; none lasts longer than this.
LONGEST_GAME = timedelta(minutes=LONGEST_GAME_MINUTES)
UPCOMING_MOST = 200
NEWS_MOST = 12
OLDEST_NEWS = timedelta(days=30)
TO_ALL = (Action.RESCHEDULED, Action.EDITED, Action.CANCELLED)
TO_ONE = (Action.ADDED, Action.REMOVED, Action.ROLE_LOST)
PRESENT = frozenset({"playing", "waiting"})


@dataclass(frozen=True)
class News:
    """Something others did to a game of the person's. `what` is `promoted`, `demoted` or the
    change's action."""

    change: Change
    what: str
    old_start: datetime | None


def list_ahead(user: User, guilds: Collection[Guild], now: datetime) -> list[ListedGame]:
    """Soonest first; those called off come too, since that is news."""
    games = _of(user, guilds).filter(starts_at__gte=now - LONGEST_GAME)
    games = games.filter(Q(status__in=UPCOMING) | Q(status=Status.CANCELLED, starts_at__gte=now))
    return list_games(games.order_by("starts_at", "id")[:UPCOMING_MOST])


def own_game_ids(
    user: User, guild_ids: Collection[int], *, among: Collection[int] | None = None
) -> set[int]:
    """The games of these guilds that the person hosts, plays or may play; of `among`, or of all
    that are not long past."""
    games = Game.objects.filter(id__in=_mine(user), guild__in=guild_ids)
    if among is None:
        games = games.filter(starts_at__gte=timezone.now() - LONGEST_GAME)
    else:
        games = games.filter(id__in=among)
    return set(games.values_list("id", flat=True))


def list_past(user: User, guilds: Collection[Guild]) -> QuerySet[Game]:
    """Unordered."""
    return _of(user, guilds).filter(status__in=OVER)


def _of(user: User, guilds: Collection[Guild]) -> QuerySet[Game]:
    return Game.objects.filter(id__in=_mine(user), guild__in=[guild.id for guild in guilds])


def _mine(user: User) -> QuerySet[Game, Any]:
    """The ids of the games the person hosts or goes, or may go, to."""
    hosted = Game.objects.filter(host=user).order_by().values("id")
    joined = Participant.objects.filter(user=user, answer__in=[Answer.GOING, Answer.MAYBE])
    return hosted.union(joined.order_by().values("game_id"))


def list_news(
    user: User, games: Collection[ListedGame], guilds: Collection[Guild], *, since: datetime | None
) -> list[News]:
    """What others changed after `since`, the newest first; nothing where that is not known."""
    if since is None:
        return []
    moved = Q(promoted__contains=[user.id]) | Q(demoted__contains=[user.id])
    about_all = Q(game__in=[g.id for g in games]) & (Q(action__in=TO_ALL) | moved)
    about_one = Q(subject=user, action__in=TO_ONE, game__guild__in=[g.id for g in guilds])
    changes = (
        Change.objects.select_related("game", "actor")
        .filter(about_all | about_one, at__gt=since)
        .exclude(actor=user)
        .order_by("-at", "-id")[:NEWS_MOST]
    )
    return [_news(change, user) for change in changes]


def _news(change: Change, user: User) -> News:
    what = change.action
    if user.id in change.promoted:
        what = "promoted"
    elif user.id in change.demoted:
        what = "demoted"
    old_start = change.before.get("starts_at")
    return News(change, what, datetime.fromisoformat(old_start) if old_start else None)


def with_clashes(rows: Sequence[GameRow]) -> list[GameRow]:
    """The rows, each with the titles of the other games at the same time, of those that the
    viewer plays, waits for or hosts."""
    bound = {r.game.id: r.game for r in rows if r.is_hosting or r.standing in PRESENT}
    spans = [Span(game.id, game.starts_at, game.ends_at) for game in bound.values()]
    clashes: defaultdict[int, list[str]] = defaultdict(list)
    for one, other in overlaps(spans):
        clashes[one].append(bound[other].title)
        clashes[other].append(bound[one].title)
    return [replace(row, clashes=tuple(clashes[row.game.id])) for row in rows]
