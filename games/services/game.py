"""The life of a game: created, started, completed."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from games.enums import Action, Status, Via
from games.models import Game, Slot
from games.new_game import Basis, NewGame, prepare_game
from games.services.change import find_done, lock_game, record_alike, record_change
from games.services.guards import check_room
from games.services.series.sessions import begin_series
from games.services.template import clean_slots
from guilds.models import Member, User
from guilds.throttle import check_pace

# Games that one person makes; an import counts as one.
MOST_AN_HOUR = 60

_SET_STATUS = "update games_game set status = %(status)s where id = any(%(ids)s)"


@transaction.atomic
def create_game(
    *,
    host: Member,
    new: NewGame,
    via: Via,
    request_key: str,
    basis: Basis | None = None,
    is_counted: bool = True,
) -> Game:
    """Create the game; the same `request_key` again returns the game created first.

    Callers that have the `basis` pass it on. Raises as `prepare_game` does, and `Refused` if the
    server has as many games ahead as it may, or, where `is_counted`, the host makes too many.
    """
    if done := find_done(request_key):
        return done.game
    check_room(host.guild)
    if is_counted:
        check_pace("games", str(host.user_id), most=MOST_AN_HOUR, minutes=60)
    game = prepare_game(host=host, new=new, basis=basis)
    try:
        with transaction.atomic():
            game.save()
            _save_slots(game, new)
            if new.repeat:
                begin_series(
                    game, rule=new.repeat, carry_over=new.carry_over, ask_host=new.ask_host
                )
            record_change(
                game,
                actor=host.user,
                via=via,
                action=Action.CREATED,
                after={"title": game.title, "starts_at": game.starts_at.isoformat()},
                request_key=request_key,
            )
    except IntegrityError:
        # The same request, sent twice, was faster the other time and holds the key.
        if done := find_done(request_key):
            return done.game
        raise
    return game


@transaction.atomic
def start_game(*, guild_id: int, game_id: int, via: Via, actor: User | None = None) -> Game:
    """Start the game. Does nothing if it has started or is over."""
    game = lock_game(guild_id, game_id)
    start_games([game], via=via, actor=actor)
    return game


@transaction.atomic
def complete_game(*, guild_id: int, game_id: int, via: Via, actor: User | None = None) -> Game:
    """Complete the game. Does nothing if it is over already."""
    game = lock_game(guild_id, game_id)
    complete_games([game], via=via, actor=actor)
    return game


def start_games(games: Sequence[Game], *, via: Via, actor: User | None = None) -> None:
    """Start those of the locked games that have not started and are not over."""
    _move_on(games, Status.SCHEDULED, Status.IN_PROGRESS, via, actor)


def complete_games(games: Sequence[Game], *, via: Via, actor: User | None = None) -> None:
    """Complete those of the locked games that are not over."""
    _move_on(games, Status.SCHEDULED, Status.COMPLETED, via, actor)
    _move_on(games, Status.IN_PROGRESS, Status.COMPLETED, via, actor)


def _move_on(
    games: Sequence[Game], before: Status, to: Status, via: Via, actor: User | None
) -> None:
    moving = [game for game in games if game.status == before]
    for game in moving:
        game.status = to
    record_alike(
        moving,
        actor=actor,
        via=via,
        action=Action.STARTED if to == Status.IN_PROGRESS else Action.COMPLETED,
        before={"status": before},
        after={"status": to},
        writing=(_SET_STATUS, {"ids": [game.id for game in moving], "status": to}),
    )


def _save_slots(game: Game, new: NewGame) -> None:
    slots: Sequence[dict[str, Any]] | None = new.slots
    if slots is None:
        slots = game.template.slots if game.template else []
    Slot.objects.bulk_create(
        Slot(game=game, position=place, **slot) for place, slot in enumerate(clean_slots(slots))
    )
