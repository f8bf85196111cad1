"""Read a guild's games page by page, so that any number of them takes little memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from games.browse.filters import Cursor, beyond
from games.exchange.feeds import with_edits
from games.models import Game, Participant, Slot
from games.rules import STANDINGS
from games.selectors import by_game, members_in, name_of, name_of_participant, seating_of
from guilds.models import Guild, Member

PAGE = 200


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
    slots: Sequence[Slot] = ()

    def names(self, standing: str) -> list[str]:
        return [seat.name for seat in self.seats if seat.standing == standing]


def pages_of(guild: Guild) -> Iterator[list[Game]]:
    """Yield all games, earliest first, with those not announced yet. One query for each page.

    Between pages the connection goes back to the pool, so that slow readers hold none.
    """
    games = with_edits(Game.objects.filter(guild=guild).select_related("series"))
    games = games.order_by("starts_at", "id")
    page = list(games[:PAGE])
    while page:
        yield page
        if not connection.in_atomic_block:
            connection.close()
        last = Cursor(page[-1].starts_at, page[-1].id)
        page = list(beyond(games, last, is_falling=False)[:PAGE])


def roster_pages(guild: Guild) -> Iterator[list[GameWithRoster]]:
    """Yield the games with their rosters, in four queries for each page."""
    for page in pages_of(guild):
        yield with_rosters(page)


def with_rosters(games: Sequence[Game]) -> list[GameWithRoster]:
    people = Participant.objects.select_related("user").filter(game__in=games)
    participants = by_game(people.order_by())
    slots = by_game(Slot.objects.filter(game__in=games))
    members = members_in(games, participants)
    return [_roster(game, participants[game.id], slots[game.id], members) for game in games]


def _roster(
    game: Game,
    participants: Sequence[Participant],
    slots: Sequence[Slot],
    members: Mapping[tuple[int, int], Member],
) -> GameWithRoster:
    by_id = {one.id: one for one in participants}
    named_slots = {slot.id: slot for slot in slots}
    seating = seating_of(game, participants, slots)
    seats = []
    for standing in STANDINGS:
        for place, participant_id in enumerate(getattr(seating, standing), 1):
            one = by_id[participant_id]
            one.slot = named_slots.get(one.slot_id or 0)
            member = members.get((game.guild_id, one.user_id or 0))
            seats.append(Seat(one, name_of_participant(one, member), standing, place))
    host = members.get((game.guild_id, game.host_id))
    return GameWithRoster(game, name_of(game.host, host), seats, slots)
