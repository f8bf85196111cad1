"""Seats of members who leave the server or lose a role."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from games.enums import Action, Answer, Origin, Status, Via
from games.models import Game, Participant
from games.selectors import UPCOMING
from games.services.roster.locked import lock_roster
from guilds.models import Member, User
from guilds.permissions import can_join, standing_of


def release_seats_of_departed(*, guild_id: int, user: User) -> None:
    """Free the places of a user who left the guild in its games not over yet.

    Each game has a transaction of its own, in the order of ids; those who move up are told.
    """
    for game in _joined_games(guild_id, user, [*UPCOMING]):
        _remove(game, user, Action.LEFT)


def release_seats_without_role(member: Member, role_ids: Collection[int]) -> None:
    """Free the member's places in games that ask for one of these roles, which they have lost.

    Those the host added stay: the host knew whom they added. So does whoever came in by a role
    that was deleted, since they did not lose it.
    """
    standing = standing_of(member, member.guild)
    games = _joined_games(member.guild_id, member.user, [Status.SCHEDULED])
    for game in games.filter(player_role_ids__overlap=list(role_ids)):
        if not can_join(standing, game.player_role_ids):
            _remove(game, member.user, Action.ROLE_LOST)


def _joined_games(guild_id: int, user: User, statuses: list[Status]) -> QuerySet[Game]:
    joined = Participant.objects.filter(user=user, answer__in=[Answer.GOING, Answer.MAYBE])
    games = Game.objects.filter(
        guild_id=guild_id, status__in=statuses, id__in=joined.values("game_id")
    )
    return games.select_related("guild").order_by("id")


@transaction.atomic
def _remove(game: Game, user: User, action: Action) -> None:
    roster = lock_roster(game.id, game.guild)
    gone = roster.entry_of(user.id)
    if gone is None or not roster.game.is_upcoming:
        return
    if action == Action.ROLE_LOST and gone.origin == Origin.HOST_ADDED:
        return
    roster.remove(gone.id)
    roster.record(
        actor=None,
        subject=user,
        via=Via.WORKER,
        action=action,
        before={"answer": gone.answer},
    )
