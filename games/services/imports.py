"""Create the games of an import, each once and in a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from games.enums import Via
from games.models import Game
from games.new_game import NewGame
from games.services.game import create_game
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.permissions import can_manage, standing_of
from guilds.throttle import check_pace

MOST_AN_HOUR = 20


@dataclass
class Made:
    """The games that were made, and the reason for each line that made none."""

    games: list[Game] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def check_may_import(member: Member) -> None:
    """Raise `NotAllowed` unless the member manages the guild's games."""
    if not can_manage(standing_of(member, member.guild)):
        raise NotAllowed(_("Only this server's game managers can import and export games."))


def make_games(
    *, member: Member, games: Sequence[tuple[int, NewGame]], import_id: UUID, via: Via
) -> Made:
    """Make each line's game in a transaction of its own.

    A repeated `import_id` finds the games made already and makes the missing ones, so that a plan
    confirmed twice, or interrupted halfway, ends as one confirmed once.
    """
    check_may_import(member)
    check_pace("imports", str(member.user_id), most=MOST_AN_HOUR, minutes=60)
    made = Made()
    for number, new in games:
        key = uuid5(import_id, f"{member.user_id}:{member.guild_id}:{number}")
        try:
            game = create_game(
                host=member, new=new, via=via, request_key=f"f:{key}", is_counted=False
            )
            made.games.append(game)
        except Refused as refused:
            made.refused.append((number, refused.message))
    return made
