"""A person's own games on all their servers, with what changed in them and which clash."""

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
# A game under way began no longer ago than this.
LONGEST_GAME = timedelta(minutes=LONGEST_GAME_MINUTES)
UPCOMING_MOST = 200
NEWS_MOST = 12
OLDEST_NEWS = timedelta(days=30)
TO_ALL = (Action.RESCHEDULED, Action.EDITED, Action.CANCELLED)
TO_ONE = (Action.ADDED, Action.REMOVED, Action.ROLE_LOST)
PRESENT = frozenset({"playing", "waiting"})


@dataclass(frozen=True)
class News:
    """Something others did to one of the person's games.

    `what` is `promoted`, `demoted` or the change's action.
    """

    change: Change
    what: str
    old_start: datetime | None


def list_ahead(user: User, guilds: Collection[Guild], now: datetime) -> list[ListedGame]:
    """List games not over yet, soonest first, and cancelled ones, since that is news."""
    games = _of(user, guilds).filter(starts_at__gte=now - LONGEST_GAME)
    games = games.filter(Q(status__in=UPCOMING) | Q(status=Status.CANCELLED, starts_at__gte=now))
    return list_games(games.order_by("starts_at", "id")[:UPCOMING_MOST])


def own_game_ids(
    user: User, guild_ids: Collection[int], *, among: Collection[int] | None = None
) -> set[int]:
    """Return the ids of games in these guilds that the person hosts, goes to or may go to.

    Considers the games in `among`, or else all that are not long past.
    """
    games = Game.objects.filter(id__in=_mine(user), guild__in=guild_ids)
    if among is None:
        games = games.filter(starts_at__gte=timezone.now() - LONGEST_GAME)
    else:
        games = games.filter(id__in=among)
    return set(games.values_list("id", flat=True))


def list_past(user: User, guilds: Collection[Guild]) -> QuerySet[Game]:
    """List the person's games that are over, unordered."""
    return _of(user, guilds).filter(status__in=OVER)


def _of(user: User, guilds: Collection[Guild]) -> QuerySet[Game]:
    return Game.objects.filter(id__in=_mine(user), guild__in=[guild.id for guild in guilds])


def _mine(user: User) -> QuerySet[Game, Any]:
    """Return the ids of games the person hosts, goes to or may go to."""
    hosted = Game.objects.filter(host=user).order_by().values("id")
    joined = Participant.objects.filter(user=user, answer__in=[Answer.GOING, Answer.MAYBE])
    return hosted.union(joined.order_by().values("game_id"))


def list_news(
    user: User, games: Collection[ListedGame], guilds: Collection[Guild], *, since: datetime | None
) -> list[News]:
    """Return what others changed after `since`, newest first; nothing if `since` is None."""
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
    """Return the rows, each with the titles of other games at the same time.

    Only games that the viewer plays, waits for or hosts can clash.
    """
    bound = {r.game.id: r.game for r in rows if r.is_hosting or r.standing in PRESENT}
    spans = [Span(game.id, game.starts_at, game.ends_at) for game in bound.values()]
    clashes: defaultdict[int, list[str]] = defaultdict(list)
    for one, other in overlaps(spans):
        clashes[one].append(bound[other].title)
        clashes[other].append(bound[one].title)
    return [replace(row, clashes=tuple(clashes[row.game.id])) for row in rows]
