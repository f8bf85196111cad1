"""Sign-up: join, maybe, can't go. Each call is one transaction under the game's lock."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Action, Answer, Origin, SignupMethod, Status, Via
from games.models import Game
from games.rules import STANDINGS, Seating, seat_moves
from games.selectors import game_not_found
from games.services.change import record_change
from games.services.signup_rows import Roster, lock_for_signup, read_roster, write_answer
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.permissions import can_edit_game, can_join, standing_of


@dataclass(frozen=True)
class Signup:
    """Where a person stands after their click.

    `standing` is `playing`, `waiting`, `maybe` or `declined`; `place` counts from 1 in that
    list; `seats` is the game's number of seats; `is_changed` is false when it stood so before.
    """

    game_id: int
    revision: int
    standing: str
    place: int
    seats: int
    is_changed: bool


@transaction.atomic
def join_game(
    *,
    game_id: int,
    member: Member,
    via: Via,
    slot_id: int | None = None,
    request_key: str | None = None,
) -> Signup:
    """Take a seat, or a place in the waitlist when all are taken.

    Raises `NotFound` and `Refused`: closed, over, no player role, host selects, unknown slot.
    Joining again changes nothing but the slot.
    """
    game = lock_for_signup(game_id, member)
    _check_may_join(game, member)
    roster = read_roster(game, request_key)
    _check_slot(roster, slot_id)
    origin, priority = _origin(game, member)
    return _answer(
        roster,
        member,
        answer=Answer.GOING,
        action=Action.JOINED,
        origin=origin,
        priority=priority,
        slot_id=slot_id,
        via=via,
        request_key=request_key,
    )


@transaction.atomic
def answer_maybe(
    *, game_id: int, member: Member, via: Via, request_key: str | None = None
) -> Signup:
    """Say "maybe": no seat is held. Raises as `join_game` does."""
    game = lock_for_signup(game_id, member)
    _check_may_join(game, member)
    return _answer(
        read_roster(game, request_key),
        member,
        answer=Answer.MAYBE,
        action=Action.ANSWERED_MAYBE,
        via=via,
        request_key=request_key,
    )


@transaction.atomic
def decline_game(
    *, game_id: int, member: Member, via: Via, request_key: str | None = None
) -> Signup:
    """Say "can't go", which frees a seat for the waitlist. Open until the game is over.

    Raises `NotFound`, and `Refused` when the game is over or cancelled.
    """
    game = lock_for_signup(game_id, member)
    check_may_see(game, member)
    if not standing_of(member, game.guild).is_member:
        raise NotAllowed(_("Only members of this server can answer."))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    return _answer(
        read_roster(game, request_key),
        member,
        answer=Answer.DECLINED,
        action=Action.DECLINED,
        via=via,
        request_key=request_key,
    )


def over_sentence(game: Game) -> str:
    """Why nothing can be changed any more."""
    if game.status == Status.CANCELLED:
        return _("This game was cancelled.")
    return _("This game is over.")


def check_may_see(game: Game, member: Member) -> None:
    """Raise `NotFound` for a game that is not announced yet, unless the member may edit it."""
    if game.is_draft(timezone.now()) and not can_edit_game(
        standing_of(member, game.guild), is_host=game.host_id == member.user_id
    ):
        raise game_not_found()


def _check_may_join(game: Game, member: Member) -> None:
    check_may_see(game, member)
    if game.status == Status.IN_PROGRESS:
        raise Refused(_("The game has started. Ask the host whether there is room."))
    if game.status != Status.SCHEDULED:
        raise Refused(over_sentence(game))
    if game.signup_closes_at and timezone.now() >= game.signup_closes_at:
        raise Refused(_("Sign-up is closed. Ask the host if you still want to come."))
    if not can_join(standing_of(member, game.guild), game.player_role_ids):
        raise NotAllowed(_("This game is for certain roles, and you have none of them."))
    if game.signup_method == SignupMethod.HOST_SELECTED:
        raise Refused(_("For this game the host picks the players. Ask the host to add you."))


def _check_slot(roster: Roster, slot_id: int | None) -> None:
    if slot_id is not None and slot_id not in roster.slots:
        raise Refused(_("That slot is not there any more. Pick another one."), field="slot")
    if roster.slots and slot_id is None:
        raise Refused(_("Pick a slot to join."), field="slot")


def _origin(game: Game, member: Member) -> tuple[Origin, int]:
    """By role where the game ranks roles and the member has one, read at this moment."""
    if game.signup_method == SignupMethod.ROLE_PRIORITY:
        for priority, role_id in enumerate(game.priority_role_ids):
            if role_id in member.role_ids:
                return Origin.ROLE_MATCHED, priority
    return Origin.SELF, 0


def _answer(
    roster: Roster,
    member: Member,
    *,
    answer: Answer,
    action: Action,
    via: Via,
    request_key: str | None,
    origin: Origin = Origin.SELF,
    priority: int = 0,
    slot_id: int | None = None,
) -> Signup:
    game, old = roster.game, roster.entry_of(member.user_id)
    before = roster.seating()
    is_same = old is not None and old.answer == answer and old.slot_id == slot_id
    if old is not None and (is_same or roster.is_done):
        return _signup(game, before, old.id, is_changed=False)
    mine, roster = write_answer(
        roster, member.user_id, answer=answer, slot_id=slot_id, origin=origin, priority=priority
    )
    after = roster.seating()
    moves = seat_moves(before, after)
    record_change(
        game,
        actor=member.user,
        subject=member.user,
        via=via,
        action=action,
        before={"answer": old.answer if old else None},
        after={"answer": answer, "slot": slot_id},
        promoted=roster.users(moves.promoted, but=mine.id),
        demoted=roster.users(moves.demoted, but=mine.id),
        request_key=request_key,
    )
    return _signup(game, after, mine.id, is_changed=True)


def _signup(game: Game, seating: Seating, participant_id: int, *, is_changed: bool) -> Signup:
    for standing in STANDINGS:
        ids: tuple[int, ...] = getattr(seating, standing)
        if participant_id in ids:
            return Signup(
                game_id=game.id,
                revision=game.revision,
                standing=standing,
                place=ids.index(participant_id) + 1,
                seats=game.max_players,
                is_changed=is_changed,
            )
    raise AssertionError(f"participant {participant_id} is not seated in game {game.id}")
