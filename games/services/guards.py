"""Checks that several services begin with: rights, and whether the game is over."""

from django.utils import timezone
from django.utils.translation import gettext as _

from games.checks import check_may_speak
from games.enums import Status
from games.models import Game
from games.selectors import can_see_game, game_not_found
from guilds.errors import NotAllowed
from guilds.models import Member
from guilds.permissions import can_edit_game, standing_of


def check_may_edit(game: Game, member: Member) -> None:
    """Raise `NotAllowed` unless the member hosts the game or manages the guild's games."""
    check_may_speak(member)
    is_host = game.host_id == member.user_id
    if not can_edit_game(standing_of(member, game.guild), is_host=is_host):
        raise NotAllowed(_("Only the host and this server's game managers can do that."))


def check_may_see(game: Game, member: Member, *, is_on_roster: bool) -> None:
    """Raise `NotFound` for a game that the member may not see, as for one that is not there."""
    if not can_see_game(game, member, now=timezone.now(), is_on_roster=is_on_roster):
        raise game_not_found()


def over_sentence(game: Game) -> str:
    """Return the sentence that says why the game can no longer change."""
    if game.status == Status.CANCELLED:
        return _("This game was cancelled.")
    return _("This game is over.")
