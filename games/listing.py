"""Games as lists show them: counts and the viewer's own place, in four queries whatever the
number of games."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from games.models import Game, Participant, Slot
from games.selectors import avatar_url, by_game, name_of, seating_of
from guilds.models import Member, User


@dataclass(frozen=True)
class GameRow:
    """`standing` is `playing`, `waiting`, `maybe`, `declined` or empty; `place` counts from 1."""

    game: Game
    host_name: str
    host_avatar_url: str
    playing: int
    waiting: int
    standing: str
    place: int
    is_hosting: bool

    @property
    def is_draft(self) -> bool:
        """Not announced yet, hence shown to few."""
        return self.game.is_draft(timezone.now())

    @property
    def free(self) -> int:
        return max(self.game.max_players - self.playing, 0)


def rows_of(games: Sequence[Game], viewer: User) -> list[GameRow]:
    """`games` must come with their host."""
    participants = by_game(Participant.objects.filter(game__in=games).order_by())
    slots = by_game(Slot.objects.filter(game__in=games))
    hosts = {
        (member.guild_id, member.user_id): member
        for member in Member.objects.filter(
            guild_id__in={game.guild_id for game in games},
            user_id__in={game.host_id for game in games},
        )
    }
    return [
        _row(
            game,
            participants[game.id],
            slots[game.id],
            hosts.get((game.guild_id, game.host_id)),
            viewer,
        )
        for game in games
    ]


def _row(
    game: Game,
    participants: Sequence[Participant],
    slots: Sequence[Slot],
    host: Member | None,
    viewer: User,
) -> GameRow:
    seating = seating_of(game, participants, slots)
    mine = next((p.id for p in participants if p.user_id == viewer.id), None)
    standing, place = "", 0
    for answer in ("playing", "waiting", "maybe", "declined"):
        ids: tuple[int, ...] = getattr(seating, answer)
        if mine in ids:
            standing, place = answer, ids.index(mine) + 1
    return GameRow(
        game=game,
        host_name=name_of(game.host, host),
        host_avatar_url=avatar_url(game.host, host),
        playing=len(seating.playing),
        waiting=len(seating.waiting),
        standing=standing,
        place=place,
        is_hosting=game.host_id == viewer.id,
    )
