"""Games with too few players: the host is asked, and may let them go ahead."""

from django.db import transaction
from django.utils.translation import gettext as _

from games.enums import Action, Decision, Status, Via
from games.models import Game
from games.services.change import find_done, lock_game, record_change
from games.services.guards import check_may_edit, over_sentence
from guilds.errors import Refused
from guilds.models import Member, User


@transaction.atomic
def confirm_game(*, game_id: int, member: Member, via: Via, request_key: str | None = None) -> Game:
    """Let the game go ahead, however few come; its roster is told. Repeating changes nothing.

    Raises `NotFound`, `NotAllowed`, and `Refused` when it has begun, is over, or has no minimum.
    """
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if find_done(request_key) or game.decision == Decision.RUN:
        return game
    if game.status == Status.IN_PROGRESS:
        raise Refused(_("The game has started already."))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    if game.min_players is None:
        raise Refused(_("This game has no minimum, so it takes place anyway."))
    decide(game, Decision.RUN, actor=member.user, via=via, request_key=request_key)
    return game


def decide(
    game: Game,
    decision: Decision,
    *,
    actor: User | None,
    via: Via,
    request_key: str | None = None,
) -> None:
    """Record on the locked game that the host was asked, or that it goes ahead."""
    before, game.decision = game.decision, decision
    game.save(update_fields=["decision"])
    record_change(
        game,
        actor=actor,
        via=via,
        action=Action.HOST_ASKED if decision == Decision.ASKED else Action.CONFIRMED,
        before={"decision": before},
        after={"decision": decision},
        request_key=request_key,
    )
