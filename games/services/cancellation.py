"""Cancelling a game."""

from django.db import transaction
from django.utils import timezone

from games.enums import Action, Status, Via
from games.models import Game
from games.services.change import lock_game, record_change
from games.services.guards import check_may_edit, over_sentence
from games.text import clean_line
from guilds.errors import Refused
from guilds.models import Member, User


@transaction.atomic
def cancel_game(
    *, game_id: int, member: Member, via: Via, reason: str = "", request_key: str | None = None
) -> Game:
    """Cancel the game; everyone on its roster is told. Cancelling again changes nothing.

    Raises `NotFound`, `NotAllowed`, and `Refused` when the game is over.
    """
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if game.status == Status.CANCELLED:
        return game
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    call_off(game, actor=member.user, via=via, reason=reason, request_key=request_key)
    return game


def call_off(
    game: Game, *, actor: User | None, via: Via, reason: str, request_key: str | None = None
) -> None:
    """Cancel a locked, upcoming game without checking rights."""
    before = game.status
    game.status, game.cancel_reason = Status.CANCELLED, clean_line(reason)[:300]
    game.cancelled_at = timezone.now()
    game.schedule_version += 1
    game.save(update_fields=["status", "cancel_reason", "cancelled_at", "schedule_version"])
    record_change(
        game,
        actor=actor,
        via=via,
        action=Action.CANCELLED,
        before={"status": before},
        after={"status": game.status, "reason": game.cancel_reason},
        request_key=request_key,
    )
