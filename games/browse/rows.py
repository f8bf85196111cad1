"""Games as lists show them: counts and the viewer's own place, in two queries in all.

Rows are plain values. A list reads some hundred of them, and a model object costs several times as
much as its row. Equal rows look the same, so that each card is rendered once (`card` in
`games.templatetags.gamesched`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from games.models import Game, Participant
from games.rules import STANDINGS, Entry, Seating, seat_game
from games.selectors import UPCOMING
from guilds.models import User, name_of_user


@lru_cache(maxsize=1024)
def _address_of_games(guild_id: int) -> str:
    return reverse("guild", args=[guild_id]) + "games/"


def game_address(guild_id: int, game_id: int) -> str:
    """Return what `reverse("game", …)` does, which takes as long as the rest of a month's entry."""
    return f"{_address_of_games(guild_id)}{game_id}/"


class GuildSign(NamedTuple):
    """A server's name and icon, which tell it from others in a list."""

    id: int
    name: str
    icon: str


class ListedGame(NamedTuple):
    """The columns of a game that lists read. `host_nick` is the host's nickname on the server."""

    id: int
    revision: int
    guild_id: int
    guild_name: str
    guild_icon: str
    channel_name: str
    host_id: int
    host_nick: str | None
    host_username: str
    host_display_name: str
    title: str
    category: str
    starts_at: datetime
    timezone: str
    duration_minutes: int
    max_players: int
    signup_method: str
    status: str
    post_at: datetime | None

    @property
    def guild(self) -> GuildSign:
        return GuildSign(self.guild_id, self.guild_name, self.guild_icon)

    @property
    def host_name(self) -> str:
        return self.host_nick or name_of_user(self.host_username, self.host_display_name)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def is_upcoming(self) -> bool:
        return self.status in UPCOMING

    @property
    def address(self) -> str:
        return game_address(self.guild_id, self.id)


# In the order of `ListedGame`.
COLUMNS = (
    *("id", "revision", "guild_id", "guild__name", "guild__icon", "channel__name"),
    *("host_id", "host_member__nick", "host__username", "host__display_name"),
    *("title", "category", "starts_at", "timezone", "duration_minutes"),
    *("max_players", "signup_method", "status", "post_at"),
)


@dataclass(frozen=True)
class RosterSummary:
    """How many play and wait, and where the viewer stands.

    `standing` is `playing`, `waiting`, `maybe`, `declined` or empty; `place` counts from 1 in
    that list.
    """

    playing: int
    waiting: int
    standing: str
    place: int


@dataclass(frozen=True)
class Fullness:
    """What a card says about seats and about the viewer. Many games have it in common."""

    status: str
    max_players: int
    roster: RosterSummary
    is_hosting: bool
    is_draft: bool

    @property
    def is_upcoming(self) -> bool:
        return self.status in UPCOMING

    @property
    def free(self) -> int:
        return max(self.max_players - self.roster.playing, 0)


@dataclass(frozen=True)
class GameRow:
    """A game as a list shows it.

    `is_draft` means not announced yet, hence shown to few. `clashes` are the titles of the
    viewer's other games at the same time.
    """

    game: ListedGame
    host_name: str
    roster: RosterSummary
    is_hosting: bool
    is_draft: bool
    clashes: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        return self.roster.standing

    @property
    def fullness(self) -> Fullness:
        game = self.game
        return Fullness(game.status, game.max_players, self.roster, self.is_hosting, self.is_draft)


def list_games(games: QuerySet[Game]) -> list[ListedGame]:
    """Read the games in the queryset's order."""
    host = FilteredRelation("guild__members", condition=Q(guild__members__user=F("host")))
    return [ListedGame(*row) for row in games.alias(host_member=host).values_list(*COLUMNS)]


def game_rows(games: Sequence[ListedGame], viewer: User) -> list[GameRow]:
    summaries = roster_summaries(games, viewer)
    now = timezone.now()
    return [
        GameRow(
            game=game,
            host_name=game.host_name,
            roster=summaries[game.id],
            is_hosting=game.host_id == viewer.id,
            is_draft=game.post_at is not None and game.post_at > now,
        )
        for game in games
    ]


def roster_summaries(
    games: Sequence[Game] | Sequence[ListedGame], viewer: User
) -> dict[int, RosterSummary]:
    """Summarise the rosters, by the game's id, in one query."""
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    slots: dict[int, int] = {}
    mine: dict[int, int] = {}
    people = Participant.objects.filter(game__in=[game.id for game in games]).order_by()
    for game_id, user_id, capacity, *values in people.values_list(
        "game_id", "user_id", "slot__capacity", *Entry._fields
    ):
        entry = Entry(*values)
        entries[game_id].append(entry)
        if entry.slot_id:
            slots[entry.slot_id] = capacity
        if user_id == viewer.id:
            mine[game_id] = entry.id
    return {
        game.id: _summary(seat_game(game, entries[game.id], slots), mine.get(game.id))
        for game in games
    }


def _summary(seating: Seating, mine: int | None) -> RosterSummary:
    """`mine` is the viewer's id as a participant, if they are one."""
    standing, place = "", 0
    for answer in STANDINGS:
        ids: tuple[int, ...] = getattr(seating, answer)
        if mine in ids:
            standing, place = answer, ids.index(mine) + 1
    return RosterSummary(len(seating.playing), len(seating.waiting), standing, place)
