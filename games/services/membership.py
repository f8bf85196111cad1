"""What becomes of sign-ups when somebody leaves the server or loses a role."""

from django.db import transaction

from games.enums import Action, Answer, Origin, Status, Via
from games.models import Game, Participant
from games.rules import seat_moves
from games.selectors import UPCOMING, seating_of
from games.services.change import lock_game, record_change
from guilds.models import Member, User
from guilds.permissions import can_join, standing_of


def release_seats_of_departed(*, guild_id: int, user: User) -> None:
    """The user left the guild: every seat and place they held in games to come is free.

    Each game is a transaction of its own, in the order of ids; those who move up are told.
    """
    for game_id in _joined_game_ids(guild_id, user, [*UPCOMING]):
        _remove(guild_id, game_id, user, Action.LEFT)


def release_seats_without_role(member: Member) -> None:
    """The member's roles changed: seats that ask for a role they no longer have are free.

    Those the host added stay; the host knew whom they added.
    """
    standing = standing_of(member, member.guild)
    games = Game.objects.filter(
        id__in=_joined_game_ids(member.guild_id, member.user, [Status.SCHEDULED])
    ).exclude(player_role_ids=[])
    for game in games.order_by("id"):
        if not can_join(standing, game.player_role_ids):
            _remove(game.guild_id, game.id, member.user, Action.ROLE_LOST)


def _joined_game_ids(guild_id: int, user: User, statuses: list[Status]) -> list[int]:
    return list(
        Participant.objects.filter(
            user=user,
            answer__in=[Answer.GOING, Answer.MAYBE],
            game__guild_id=guild_id,
            game__status__in=statuses,
        )
        .order_by("game_id")
        .values_list("game_id", flat=True)
    )


@transaction.atomic
def _remove(guild_id: int, game_id: int, user: User, action: Action) -> None:
    game = lock_game(guild_id, game_id)
    participants = list(game.participants.all())
    gone = next((p for p in participants if p.user_id == user.id), None)
    if gone is None or not game.is_upcoming:
        return
    if action == Action.ROLE_LOST and gone.origin == Origin.HOST_ADDED:
        return
    slots = list(game.slots.all())
    before = seating_of(game, participants, slots)
    answer = gone.answer
    participants.remove(gone)
    gone.delete()
    moves = seat_moves(before, seating_of(game, participants, slots))
    user_ids = {p.id: p.user_id for p in participants}
    record_change(
        game,
        actor=None,
        subject=user,
        via=Via.WORKER,
        action=action,
        before={"answer": answer},
        promoted=[u for i in moves.promoted if (u := user_ids[i])],
    )
