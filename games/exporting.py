"""A guild's games page by page, so that any number of them takes little memory."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q

from games.calendar import CalendarGame
from games.feeds import shown, with_edits
from games.models import Game, Participant, Slot
from games.selectors import seating_of
from guilds.models import Guild, Member, User

PAGE = 200
STANDINGS = ("playing", "waiting", "maybe", "declined")


@dataclass(frozen=True)
class Seat:
    """Somebody on a roster; `place` counts from 1 among those of the same standing."""

    participant: Participant
    name: str
    standing: str
    place: int


@dataclass(frozen=True)
class GameWithRoster:
    game: Game
    host_name: str
    seats: Sequence[Seat]

    def names(self, standing: str) -> list[str]:
        return [seat.name for seat in self.seats if seat.standing == standing]


def pages_of(guild: Guild) -> Iterator[list[Game]]:
    """All games, those not yet announced too, the earliest first. One query a page.

    Between pages the connection goes back to the pool: whoever reads slowly keeps none.
    """
    games = with_edits(Game.objects.filter(guild=guild)).order_by("starts_at", "id")
    page = list(games[:PAGE])
    while page:
        yield page
        if not connection.in_atomic_block:
            connection.close()
        last = page[-1]
        rest = Q(starts_at__gt=last.starts_at) | Q(starts_at=last.starts_at, id__gt=last.id)
        page = list(games.filter(rest, starts_at__gte=last.starts_at)[:PAGE])


def roster_pages(guild: Guild) -> Iterator[list[GameWithRoster]]:
    """Four queries a page."""
    for page in pages_of(guild):
        yield _with_rosters(guild, page)


def calendar_pages(guild: Guild, viewer: User) -> Iterator[list[CalendarGame]]:
    """As everybody sees them: without the viewer's own place and alarms."""
    for page in pages_of(guild):
        yield [replace(game, standing="", alarms=()) for game in shown(page, viewer)]


def _with_rosters(guild: Guild, games: Sequence[Game]) -> list[GameWithRoster]:
    participants: defaultdict[int, list[Participant]] = defaultdict(list)
    for one in Participant.objects.filter(game__in=games).select_related("user").order_by():
        participants[one.game_id].append(one)
    slots: defaultdict[int, list[Slot]] = defaultdict(list)
    for slot in Slot.objects.filter(game__in=games):
        slots[slot.game_id].append(slot)
    people = {one.user_id for each in participants.values() for one in each if one.user_id}
    nicks = dict(
        Member.objects.filter(guild=guild, user_id__in=people | {g.host_id for g in games})
        .exclude(nick="")
        .values_list("user_id", "nick")
    )
    return [_roster(game, participants[game.id], slots[game.id], nicks) for game in games]


def _roster(
    game: Game,
    participants: Sequence[Participant],
    slots: Sequence[Slot],
    nicks: dict[int, str],
) -> GameWithRoster:
    by_id = {one.id: one for one in participants}
    named_slots = {slot.id: slot for slot in slots}
    seating = seating_of(game, participants, slots)
    seats = []
    for standing in STANDINGS:
        for place, participant_id in enumerate(getattr(seating, standing), 1):
            one = by_id[participant_id]
            one.slot = named_slots.get(one.slot_id or 0)
            seats.append(Seat(one, _name(one, nicks), standing, place))
    return GameWithRoster(game, nicks.get(game.host_id) or game.host.name, seats)


def _name(participant: Participant, nicks: dict[int, str]) -> str:
    if participant.user is None:
        return participant.name
    return nicks.get(participant.user.id) or participant.user.name
