"""Checks that several services begin with: rights, and whether the game is over."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Status
from games.models import Game
from games.selectors import UPCOMING, can_see_game, game_not_found
from guilds.errors import NotAllowed, Refused
from guilds.models import Guild, Member
from guilds.permissions import can_edit_game, check_may_speak, standing_of

# No game lasts longer, so that those ahead are found among the latest.
LONGEST = timedelta(days=31)


def check_may_edit(game: Game, member: Member) -> None:
    """Raise `NotAllowed` unless the member hosts the game or manages the guild's games, and
    `NotFound` if they may not even know of it."""
    is_host = game.host_id == member.user_id
    if can_edit_game(standing_of(member, game.guild), is_host=is_host):
        return
    if not can_see_game(game, member, now=timezone.now()):
        raise game_not_found()
    check_may_speak(member)
    raise NotAllowed(_("Only the host and this server's game managers can do that."))


def check_may_see(game: Game, member: Member, *, is_on_roster: bool) -> None:
    """Raise `NotFound` for a game that the member may not see, as for one that is not there."""
    if not can_see_game(game, member, now=timezone.now(), is_on_roster=is_on_roster):
        raise game_not_found()


def check_room(guild: Guild) -> None:
    """Raise `Refused` if the guild has as many games ahead as MOST_OPEN_GAMES allows."""
    most: int = settings.MOST_OPEN_GAMES
    ahead = Game.objects.filter(
        guild=guild, starts_at__gt=timezone.now() - LONGEST, status__in=UPCOMING
    )
    if most and ahead[:most].count() >= most:
        raise Refused(
            _("This server has %(most)d games ahead, and may have no more. Cancel some first.")
            % {"most": most}
        )


def over_sentence(game: Game) -> str:
    """Return the sentence that says why the game can no longer change."""
    if game.status == Status.CANCELLED:
        return _("This game was cancelled.")
    return _("This game is over.")
