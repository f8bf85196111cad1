"""A server's games as people look for them: who may see them, filters, pages by keyset."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from games.browse.rows import ListedGame, list_games
from games.enums import SignupMethod, Status
from games.models import CATEGORY_LENGTH, Game, Participant
from games.selectors import UPCOMING
from games.text import clean_line
from guilds.models import Channel, Member
from guilds.permissions import can_manage, standing_of
from guilds.selectors import can_see_channel
from guilds.web.converters import BIGINT_MAX

PAGE_SIZE = 20
SEARCH_LENGTH = 80
SEARCH_WORDS = 5
# The categories on offer are those of so many newest games.
RECENT_GAMES = 500
OPEN, RUNNING, PAST, CANCELLED, DRAFTS = "open", "running", "past", "cancelled", "drafts"
STATES = (OPEN, RUNNING, PAST, CANCELLED, DRAFTS)
STATUSES = {
    RUNNING: (Status.IN_PROGRESS,),
    PAST: (Status.COMPLETED, Status.ARCHIVED),
    CANCELLED: (Status.CANCELLED,),
}
HOST_SELECTS = (SignupMethod.HOST_SELECTED, SignupMethod.HOST_SELECTED_WAITLIST)
# The one text in which a search looks for its words.
SEARCHED = Func(
    *("title", "category", "location"),
    template="UPPER(%(expressions)s)",
    arg_joiner=" || ' ' || ",
    output_field=TextField(),
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filters:
    """The viewer's filters.

    An empty `state` means all games not over yet; on a day or in a month, all but cancelled ones.
    """

    q: str = ""
    channel_id: int | None = None
    category: str = ""
    state: str = ""
    has_free_seats: bool = False
    day: date | None = None

    @property
    def is_newest_first(self) -> bool:
        return self.state in {PAST, CANCELLED}

    @property
    def is_any(self) -> bool:
        return self != Filters()

    def without_day(self) -> "Filters":
        return replace(self, day=None)

    def query(self, **more: object) -> str:
        """Return the query string, without empty values."""
        values = {
            "q": self.q,
            "channel": self.channel_id,
            "category": self.category,
            "state": self.state,
            "free": "1" if self.has_free_seats else "",
            "day": self.day.isoformat() if self.day else "",
            **more,
        }
        return urlencode({name: value for name, value in values.items() if value})


def read_filters(query: Mapping[str, str]) -> Filters:
    """Read the filters from a query string. Values that make no sense are ignored."""
    channel = query.get("channel", "")
    state = query.get("state", "")
    return Filters(
        q=clean_line(query.get("q", "")[: 2 * SEARCH_LENGTH])[:SEARCH_LENGTH],
        channel_id=_number(channel),
        category=clean_line(query.get("category", "")[: 2 * CATEGORY_LENGTH])[:CATEGORY_LENGTH],
        state=state if state in STATES else "",
        has_free_seats=query.get("free") == "1",
        day=_day(query.get("day", "")),
    )


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 19):
        return None
    return int(text) if 0 < int(text) <= BIGINT_MAX else None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day and 1971 <= day.year <= 2200 else None


@dataclass(frozen=True)
class Cursor:
    """A place in a list: after this game, or before it if `is_backward`."""

    starts_at: datetime
    game_id: int
    is_backward: bool = False

    def __str__(self) -> str:
        micros = (self.starts_at - EPOCH) // timedelta(microseconds=1)
        return f"{micros}-{self.game_id}"


def read_cursor(query: Mapping[str, str]) -> Cursor | None:
    for name in ("after", "before"):
        micros, dash, game_id = query.get(name, "").partition("-")
        place, number = _number(micros), _number(game_id)
        if dash and place and number and place < 10**16:
            starts_at = EPOCH + timedelta(microseconds=place)
            return Cursor(starts_at, number, is_backward=name == "before")
    return None


class SeenChannel(NamedTuple):
    """The columns of a channel that a list reads."""

    id: int
    guild_id: int
    name: str
    game_category: str
    overwrites: list[dict[str, Any]]
    deleted_at: datetime | None


def list_channels_seen(member: Member) -> list[SeenChannel]:
    """Return the channels that the member may see and that have games they may know of."""
    games = Game.objects.filter(channel=OuterRef("pk"))
    is_manager = can_manage(standing_of(member, member.guild))
    if not is_manager:
        games = games.filter(Q(host=member.user) | _announced(timezone.now()))
    channels = Channel.objects.filter(Exists(games), guild=member.guild)
    found = [SeenChannel(*row) for row in channels.values_list(*SeenChannel._fields)]
    return [c for c in found if is_manager or can_see_channel(c, member)]


def list_visible(
    member: Member, channels_seen: Collection[SeenChannel], *, now: datetime
) -> QuerySet[Game]:
    """Return the games that `can_see_game` allows, unordered."""
    games = Game.objects.filter(guild=member.guild)
    if can_manage(standing_of(member, member.guild)):
        return games
    announced = _announced(now)
    seen = Q(channel__in=[c.id for c in channels_seen])
    # A subquery that runs once, not for each game: a search goes through thousands.
    on_roster = Q(id__in=Participant.objects.filter(user=member.user).order_by().values("game"))
    return games.filter(Q(host=member.user) | (announced & (seen | on_roster)))


def _announced(now: datetime) -> Q:
    return Q(post_at__isnull=True) | Q(post_at__lte=now)


def filtered(
    games: QuerySet[Game],
    filters: Filters,
    *,
    zone: ZoneInfo,
    now: datetime,
    is_period: bool = False,
) -> QuerySet[Game]:
    """Return the games that pass the filters, unordered. `zone` decides when a day begins.

    `is_period` says that the games are limited to a span of time already.
    """
    for word in filters.q.split()[:SEARCH_WORDS]:
        # The planner expects LIKE to find next to nothing, so it reads and sorts all of the
        # server's games. Of this it expects enough to walk the index by start and stop at a full
        # page.
        games = games.filter(GreaterThan(StrIndex(SEARCHED, Upper(Value(word))), 0))
    if filters.channel_id:
        games = games.filter(channel=filters.channel_id)
    if filters.category:
        games = games.filter(category=filters.category)
    games = _in_state(games, filters, now, is_period=is_period)
    if filters.has_free_seats:
        games = with_free_seats(_open_for_signup(games, now))
    if filters.day:
        begin = datetime.combine(filters.day, time(), zone)
        end = datetime.combine(filters.day + timedelta(days=1), time(), zone)
        games = games.filter(starts_at__gte=begin, starts_at__lt=end)
    return games


def _in_state(
    games: QuerySet[Game], filters: Filters, now: datetime, *, is_period: bool
) -> QuerySet[Game]:
    if filters.state == OPEN:
        return _open_for_signup(games, now)
    if filters.state == DRAFTS:
        return games.filter(status=Status.SCHEDULED, post_at__gt=now)
    if filters.state:
        return games.filter(status__in=STATUSES[filters.state])
    if filters.day or is_period:
        return games.exclude(status=Status.CANCELLED)
    return games.filter(status__in=UPCOMING)


def _open_for_signup(games: QuerySet[Game], now: datetime) -> QuerySet[Game]:
    return games.exclude(signup_method=SignupMethod.HOST_SELECTED).filter(
        Q(signup_closes_at__isnull=True) | Q(signup_closes_at__gt=now), status=Status.SCHEDULED
    )


def with_free_seats(games: QuerySet[Game]) -> QuerySet[Game]:
    """Return the games in which somebody who joins now gets a seat at once."""
    return games.exclude(signup_method__in=HOST_SELECTS).filter(HasFreeSeat("pk", "max_players"))


class HasFreeSeat(Func):
    """Whether a game has a free seat, from its id and `max_players`, as `games.rules.seat` counts.

    Fewer than `max_players` sit, where of each slot at most its capacity sits; and if the game has
    slots, one of them is not full. Written by hand: the ORM took 7 ms to build this query, which
    PostgreSQL answers in 1 ms.
    """

    # `least` ignores nulls, so people without a slot count in full.
    template = """(
        select game.max_players > (
            select coalesce(sum(least(going.taken, slot.capacity)), 0)
            from (
                select slot_id, count(*) as taken from games_participant
                where game_id = game.id and answer = 'going' group by slot_id
            ) going
            left join games_slot slot on slot.id = going.slot_id
        ) and (
            not exists (select from games_slot where game_id = game.id)
            or exists (
                select from games_slot slot
                where slot.game_id = game.id and slot.capacity > (
                    select count(*) from games_participant
                    where slot_id = slot.id and answer = 'going'
                )
            )
        )
        from (values (%(expressions)s)) game (id, max_players)
    )"""
    output_field = BooleanField()


@dataclass(frozen=True)
class Page:
    """A page of games, with the cursors of the pages before and after it."""

    games: Sequence[ListedGame]
    before: Cursor | None
    after: Cursor | None


def page_of(games: QuerySet[Game], cursor: Cursor | None, *, is_newest_first: bool) -> Page:
    """Return the page after or before `cursor`. The last page costs no more than the first."""
    is_backward = cursor is not None and cursor.is_backward
    is_falling = is_newest_first != is_backward
    if cursor:
        games = beyond(games, cursor, is_falling=is_falling)
    order = ("-starts_at", "-id") if is_falling else ("starts_at", "id")
    # Choose the ids first and join then, or the planner may join all that a search finds. The one
    # game more than a page tells whether the list goes on.
    chosen = games.order_by(*order).values("id")[: PAGE_SIZE + 1]
    found = list_games(Game.objects.filter(id__in=chosen).order_by(*order))
    has_more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if is_backward:
        found.reverse()
    first = Cursor(found[0].starts_at, found[0].id, is_backward=True) if found else None
    last = Cursor(found[-1].starts_at, found[-1].id) if found else None
    return Page(
        games=found,
        before=first if (has_more if is_backward else cursor) else None,
        after=last if (cursor if is_backward else has_more) else None,
    )


def beyond(games: QuerySet[Game], cursor: Cursor, *, is_falling: bool) -> QuerySet[Game]:
    """Return the games that come after the cursor's, by falling or rising start and id.

    Each condition equals a comparison of the pairs (starts_at, id). The plain bound on `starts_at`
    is what lets an index by start serve it.
    """
    at, game_id = cursor.starts_at, cursor.game_id
    if is_falling:
        return games.filter(Q(starts_at__lt=at) | Q(id__lt=game_id), starts_at__lte=at)
    return games.filter(Q(starts_at__gt=at) | Q(id__gt=game_id), starts_at__gte=at)


class Offer(NamedTuple):
    """What the filters can be set to: states with their names, channels by id, categories."""

    states: tuple[tuple[str, str], ...]
    channels: tuple[tuple[int, str], ...]
    categories: tuple[str, ...]


def list_categories(
    visible: QuerySet[Game], channels: Collection[SeenChannel], chosen: str
) -> list[str]:
    """Return the categories to offer: those of the newest games and the channels, and `chosen`.

    `visible` are the games that the reader may know of, as `list_visible` returns them.
    """
    newest = visible.order_by("-starts_at", "-id").values_list("category", flat=True)
    # Reading so many short values takes less than having PostgreSQL sort out equal ones.
    names = {*newest[:RECENT_GAMES], *(c.game_category for c in channels), chosen}
    return sorted(names - {""}, key=str.casefold)
