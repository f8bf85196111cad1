"""The games that a calendar shows: a person's, a guild's, or one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from games.browse.rows import roster_summaries
from games.enums import Action, Answer, Status
from games.exchange.calendar import CalendarGame
from games.fields import facts_of
from games.models import Change, Game, Participant
from games.selectors import UPCOMING, can_see_game, game_not_found, members_in, name_of
from guilds.models import Channel, Member, User
from guilds.permissions import can_manage, standing_of
from guilds.selectors import can_see_channel

PAST = timedelta(days=90)
# A cancelled game stays in feeds so long, since subscribers may have kept a copy.
CANCELLED_KEPT = timedelta(days=30)
MOST = 1000
# The changes that calendars must show. Each raises the event's SEQUENCE.
EDITS = (Action.EDITED, Action.RESCHEDULED, Action.CANCELLED)
# The columns that a feed's text depends on; `revision` stands for the game and its roster.
TOLD = ("id", "revision", "status", "guild__name", "channel__name", "host__display_name")


@dataclass(frozen=True)
class Feed:
    """A feed's games, not yet fetched. `version` is all that its text depends on."""

    viewer: User
    games: QuerySet[Game]

    def version(self) -> tuple[Any, ...]:
        own = (self.viewer.id, self.viewer.reminder_minutes, self.viewer.locale)
        return (*own, *self.games.values_list(*TOLD))

    def fetch(self) -> list[CalendarGame]:
        """Return the games, in three queries in all."""
        return shown(with_edits(self.games), self.viewer)


def feed_of_person(user: User) -> Feed:
    """Return the feed of games the person hosts, goes to, waits for or may go to."""
    joined = Participant.objects.filter(user=user, answer__in=[Answer.GOING, Answer.MAYBE])
    now = timezone.now()
    games = _current(now).filter(
        Q(host=user) | Q(id__in=joined.values("game_id")) & _announced(now),
        guild__left_at__isnull=True,
        guild__members__user=user,
        guild__members__left_at__isnull=True,
    )
    return Feed(user, games[:MOST])


def feed_of_guild(member: Member) -> Feed:
    """Return the feed of games announced in the channels that the member sees."""
    now = timezone.now()
    games = _current(now).filter(_announced(now), guild=member.guild)
    if not can_manage(standing_of(member, member.guild)):
        channels = Channel.objects.filter(guild=member.guild, deleted_at__isnull=True)
        seen = [c.id for c in channels if can_see_channel(c, member)]
        games = games.filter(channel_id__in=seen)
    return Feed(member.user, games[:MOST])


def get_calendar_game(member: Member, game_id: int) -> CalendarGame:
    """Return one game. Raises `NotFound` if the member may not see it."""
    games = with_edits(Game.objects.filter(id=game_id, guild=member.guild))
    game = games.first()
    if game is None or not can_see_game(game, member, now=timezone.now()):
        raise game_not_found()
    return shown([game], member.user)[0]


def _current(now: datetime) -> QuerySet[Game]:
    """Return games neither long past nor long cancelled, latest first: limits cut the past."""
    is_off = Q(status=Status.CANCELLED)
    return (
        Game.objects.filter(starts_at__gte=now - PAST)
        .filter(~is_off | Q(cancelled_at__gte=now - CANCELLED_KEPT))
        .order_by("-starts_at", "-id")
    )


def _announced(now: datetime) -> Q:
    return Q(post_at__isnull=True) | Q(post_at__lte=now)


def with_edits(games: QuerySet[Game]) -> QuerySet[Game]:
    """Add to each game what `shown` needs beside its columns: rows it refers to, and its edits."""
    edits = (
        Change.objects.filter(game=OuterRef("pk"), action__in=EDITS)
        .order_by()
        .values("game")
        .annotate(count=Count("id"), last=Max("at"))
    )
    return games.select_related("guild", "channel", "host").annotate(
        edits=Coalesce(Subquery(edits.values("count")), 0),
        edited_at=Coalesce(Subquery(edits.values("last")), F("created_at")),
    )


def shown(games: Iterable[Game], viewer: User) -> list[CalendarGame]:
    games = list(games)
    summaries = roster_summaries(games, viewer)
    members = members_in(games, {})
    return [
        _calendar_game(
            game,
            name_of(game.host, members.get((game.guild_id, game.host_id))),
            "hosting" if game.host_id == viewer.id else summaries[game.id].standing,
            viewer,
        )
        for game in games
    ]


def _calendar_game(game: Any, host_name: str, standing: str, viewer: User) -> CalendarGame:
    has_alarms = game.status in UPCOMING and standing in {"hosting", "playing"}
    minutes = game.reminder_minutes if viewer.reminder_minutes is None else viewer.reminder_minutes
    return CalendarGame(
        id=game.id,
        guild_id=game.guild_id,
        guild_name=game.guild.name,
        channel_name=game.channel.name,
        host_name=host_name,
        title=game.title,
        description=game.description,
        location=game.location,
        category=game.category,
        facts=tuple((f.column, text) for f, text in facts_of(game) if not f.calendar),
        starts_at=game.starts_at,
        ends_at=game.ends_at,
        edited_at=game.edited_at,
        created_at=game.created_at,
        sequence=game.edits,
        is_cancelled=game.status == Status.CANCELLED,
        standing=standing,
        alarms=tuple(minutes) if has_alarms else (),
    )
