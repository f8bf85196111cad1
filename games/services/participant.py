"""Sign-up: join, maybe, can't go. Each call is one transaction under the game's lock."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import Action, Answer, Origin, SignupMethod, Status, Via
from games.models import Change, Game, Participant, Slot
from games.rules import Seating, seat_moves
from games.selectors import game_not_found, seating_of
from games.services.change import find_done, lock_game, record_change
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.permissions import can_edit_game, can_join, standing_of


class ClockTimestamp(Now):
    """The database's clock at this very statement: under the game's lock it gives the order."""

    template = "CLOCK_TIMESTAMP()"

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]
        return self.as_sql(compiler, connection, template=self.template, **extra)


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
    game = lock_game(member.guild_id, game_id)
    _check_may_join(game, member)
    slots = _slots_for(game, slot_id)
    origin, priority = _origin(game, member)
    return _answer(
        game,
        member,
        slots,
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
    game = lock_game(member.guild_id, game_id)
    _check_may_join(game, member)
    return _answer(
        game,
        member,
        list(game.slots.all()),
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
    game = lock_game(member.guild_id, game_id)
    check_may_see(game, member)
    if not standing_of(member, game.guild).is_member:
        raise NotAllowed(_("Only members of this server can answer."))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    return _answer(
        game,
        member,
        list(game.slots.all()),
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


def _slots_for(game: Game, slot_id: int | None) -> list[Slot]:
    slots = list(game.slots.all())
    if slot_id is not None and slot_id not in {slot.id for slot in slots}:
        raise Refused(_("That slot is not there any more. Pick another one."), field="slot")
    if slots and slot_id is None:
        raise Refused(_("Pick a slot to join."), field="slot")
    return slots


def _origin(game: Game, member: Member) -> tuple[Origin, int]:
    """By role where the game ranks roles and the member has one, read at this moment."""
    if game.signup_method == SignupMethod.ROLE_PRIORITY:
        for priority, role_id in enumerate(game.priority_role_ids):
            if role_id in member.role_ids:
                return Origin.ROLE_MATCHED, priority
    return Origin.SELF, 0


def _answer(
    game: Game,
    member: Member,
    slots: Sequence[Slot],
    *,
    answer: Answer,
    action: Action,
    via: Via,
    request_key: str | None,
    origin: Origin = Origin.SELF,
    priority: int = 0,
    slot_id: int | None = None,
) -> Signup:
    participants = list(game.participants.all())
    before = seating_of(game, participants, slots)
    mine = next((p for p in participants if p.user_id == member.user_id), None)
    is_same = mine is not None and mine.answer == answer and mine.slot_id == slot_id
    if is_same or (find_done(request_key) and mine is not None):
        assert mine is not None
        return _signup(game, before, mine.id, is_changed=False)
    old_answer = mine.answer if mine else None
    if mine is None:
        mine = Participant(game=game, user=member.user)
        participants.append(mine)
    if not (old_answer == Answer.GOING and answer == Answer.GOING):
        mine.joined_at = ClockTimestamp()
        mine.origin, mine.priority, mine.position = origin, priority, None
    mine.answer, mine.slot_id = answer, slot_id
    mine.save()
    after = seating_of(game, participants, slots)
    _record(game, member, mine, participants, before, after, old_answer, action, via, request_key)
    return _signup(game, after, mine.id, is_changed=True)


def _record(
    game: Game,
    member: Member,
    mine: Participant,
    participants: Sequence[Participant],
    before: Seating,
    after: Seating,
    old_answer: str | None,
    action: Action,
    via: Via,
    request_key: str | None,
) -> Change:
    moves = seat_moves(before, after)
    user_ids = {p.id: p.user_id for p in participants}
    return record_change(
        game,
        actor=member.user,
        subject=member.user,
        via=via,
        action=action,
        before={"answer": old_answer},
        after={"answer": mine.answer, "slot": mine.slot_id},
        promoted=[u for i in moves.promoted if i != mine.id and (u := user_ids[i])],
        demoted=[u for i in moves.demoted if i != mine.id and (u := user_ids[i])],
        request_key=request_key,
    )


def _signup(game: Game, seating: Seating, participant_id: int, *, is_changed: bool) -> Signup:
    for standing in ("playing", "waiting", "maybe", "declined"):
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
