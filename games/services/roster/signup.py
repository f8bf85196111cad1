"""Sign-up: join, maybe, can't go.

Each is a transaction under the game's lock, shared by those who answer at the same moment
(`docs/decisions/0011-sign-ups-share-a-transaction.md`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from games.checks import closed_to_all
from games.enums import Action, Answer, Origin, SignupMethod, Status, Via
from games.models import Game
from games.rules import STANDINGS, Entry, host_selects
from games.services.guards import check_may_see, over_sentence
from games.services.roster.batches import Batches
from games.services.roster.locked import LockedRoster, lock_roster
from guilds.errors import NotAllowed, Refused
from guilds.models import Member
from guilds.permissions import can_join, standing_of
from guilds.selectors import gone_roles
from postgres.outage import OUTAGES


@dataclass(frozen=True)
class Signup:
    """A person's standing after their answer.

    `standing` is `playing`, `waiting`, `maybe` or `declined`; `place` counts from 1 in that
    list; `seats` is the game's number of seats; `is_changed` is false if it stood so before;
    `host_selects` is whether the host gives the seats, so that nobody moves up by themselves.
    `may_show` is whether the reply itself may show the game's new state, unless somebody else does
    first.
    """

    game_id: int
    revision: int
    standing: str
    place: int
    seats: int
    is_changed: bool
    host_selects: bool = False
    may_show: bool = False


@dataclass(frozen=True)
class _Wanted:
    """One person's answer, and the language they are told in.

    `in_crowd` is whether so many answer at once that this one's reply will not show the game.
    """

    answer: Answer
    action: Action
    member: Member
    via: Via
    request_key: str | None
    in_crowd: bool = False
    slot_id: int | None = None
    language: str = field(default_factory=translation.get_language)


def join_game(
    *,
    game_id: int,
    member: Member,
    via: Via,
    slot_id: int | None = None,
    request_key: str | None = None,
    in_crowd: bool = False,
) -> Signup:
    """Take a seat, or a place in the waitlist when all are taken.

    Raises `NotFound` and `Refused`: closed, over, no player role, host selects, unknown slot.
    Joining again changes nothing but the slot.
    """
    return _take(
        game_id,
        _Wanted(Answer.GOING, Action.JOINED, member, via, request_key, in_crowd, slot_id=slot_id),
    )


def answer_maybe(
    *,
    game_id: int,
    member: Member,
    via: Via,
    request_key: str | None = None,
    in_crowd: bool = False,
) -> Signup:
    """Say "maybe": no seat is held. Raises as `join_game` does."""
    return _take(
        game_id, _Wanted(Answer.MAYBE, Action.ANSWERED_MAYBE, member, via, request_key, in_crowd)
    )


def decline_game(
    *,
    game_id: int,
    member: Member,
    via: Via,
    request_key: str | None = None,
    in_crowd: bool = False,
) -> Signup:
    """Say "can't go", which frees a seat for the waitlist. Open until the game is over.

    Raises `NotFound`, and `Refused` when the game is over or cancelled.
    """
    return _take(
        game_id, _Wanted(Answer.DECLINED, Action.DECLINED, member, via, request_key, in_crowd)
    )


def _take(game_id: int, wanted: _Wanted) -> Signup:
    key = (game_id, wanted.member.guild_id)
    if connection.in_atomic_block:  # others' answers have no place in the caller's transaction
        (taken,) = _take_all(key, [wanted])
    else:
        taken = _batches.do(key, wanted)
    if isinstance(taken, Refused):
        raise taken
    return taken


@transaction.atomic
def _take_all(key: tuple[int, int], answers: Sequence[_Wanted]) -> list[Signup | Refused]:
    """Take the answers in their order, under one lock. Raises `NotFound`."""
    game_id, _guild_id = key
    guild = answers[0].member.guild
    roster = lock_roster(game_id, guild, [wanted.request_key for wanted in answers])
    taken: list[Signup | Refused] = []
    for wanted in answers:
        with translation.override(wanted.language):
            try:
                _check(roster, wanted)
            except Refused as refused:
                taken.append(refused)
            else:
                taken.append(_answer(roster, wanted))
    may_show = roster.write(in_crowd=not any(map(_shows_game, answers, taken)))
    return [
        replace(one, may_show=may_show)
        if isinstance(one, Signup) and _shows_game(wanted, one)
        else one
        for wanted, one in zip(answers, taken, strict=True)
    ]


def _shows_game(wanted: _Wanted, taken: Signup | Refused) -> bool:
    """Whether the reply to this one may show the game as it is now."""
    is_changed = isinstance(taken, Signup) and taken.is_changed
    return is_changed and wanted.via == Via.BOT and not wanted.in_crowd


_batches = Batches(_take_all, common=OUTAGES)


def _check(roster: LockedRoster, wanted: _Wanted) -> None:
    game, member = roster.game, wanted.member
    check_may_see(game, member, is_on_roster=roster.entry_of(member.user_id) is not None)
    if wanted.answer == Answer.DECLINED:
        _check_may_decline(game, member)
    else:
        _check_may_join(roster, member)
    if wanted.answer == Answer.GOING:
        roster.check_slot(wanted.slot_id)
        if roster.slots and wanted.slot_id is None:
            raise Refused(_("Pick a slot to join."), field="slot")


def _check_may_decline(game: Game, member: Member) -> None:
    if not standing_of(member, game.guild).is_member:
        raise NotAllowed(_("Only members of this server can answer."))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))


def _check_may_join(roster: LockedRoster, member: Member) -> None:
    game = roster.game
    if game.status == Status.IN_PROGRESS:
        raise Refused(_("The game has started. Ask the host whether there is room."))
    if game.status != Status.SCHEDULED:
        raise Refused(over_sentence(game))
    if game.signup_closes_at and timezone.now() >= game.signup_closes_at:
        raise Refused(_("Sign-up is closed. Ask the host if you still want to come."))
    if not can_join(standing_of(member, game.guild), game.player_role_ids):
        _check_kept_place(roster, member)
    if game.signup_method == SignupMethod.HOST_SELECTED:
        raise Refused(_("For this game the host picks the players. Ask the host to add you."))


def _check_kept_place(roster: LockedRoster, member: Member) -> None:
    """Let those change their answer who have a place and none of the game's roles, if one of these
    was deleted: they may have come in by it."""
    role_ids = roster.game.player_role_ids
    entry = roster.entry_of(member.user_id)
    has_place = entry is not None and entry.answer != Answer.DECLINED
    if has_place and standing_of(member, roster.game.guild).is_member and gone_roles(role_ids):
        return
    if sentence := closed_to_all(role_ids):
        raise NotAllowed(sentence)
    raise NotAllowed(_("This game is for certain roles, and you have none of them."))


def _origin(game: Game, member: Member) -> tuple[Origin, int]:
    """Return how the member joins: by the rank of their present roles, if the game ranks roles."""
    if game.signup_method == SignupMethod.ROLE_PRIORITY:
        for priority, role_id in enumerate(game.priority_role_ids):
            if role_id in member.role_ids:
                return Origin.ROLE_MATCHED, priority
    return Origin.SELF, 0


def _answer(roster: LockedRoster, wanted: _Wanted) -> Signup:
    """Note the answer, unless it stands already or this request was handled before."""
    member, old = wanted.member, roster.entry_of(wanted.member.user_id)
    is_same = old is not None and old.answer == wanted.answer and old.slot_id == wanted.slot_id
    if old is not None and (is_same or wanted.request_key in roster.done):
        return _signup(roster, old.id, is_changed=False)
    mine = _put(roster, old, wanted)
    roster.note(
        actor=member.user,
        subject=member.user,
        via=wanted.via,
        action=wanted.action,
        before={"answer": old.answer if old else None},
        after={"answer": wanted.answer, "slot": wanted.slot_id},
        request_key=wanted.request_key,
        own=mine.id,
    )
    return _signup(roster, mine.id, is_changed=True)


def _put(roster: LockedRoster, old: Entry | None, wanted: _Wanted) -> Entry:
    member, slot_id = wanted.member, wanted.slot_id
    if wanted.answer != Answer.GOING:
        return roster.answer(member.user_id, wanted.answer)
    if old is not None and old.answer == Answer.GOING:
        # A change of the slot alone keeps the place in the order.
        return roster.replace(old._replace(slot_id=slot_id))
    origin, priority = _origin(roster.game, member)
    return roster.answer(
        member.user_id, Answer.GOING, slot_id=slot_id, origin=origin, priority=priority
    )


def _signup(roster: LockedRoster, participant_id: int, *, is_changed: bool) -> Signup:
    game = roster.game
    for standing in STANDINGS:
        ids: tuple[int, ...] = getattr(roster.seating, standing)
        if participant_id in ids:
            return Signup(
                game_id=game.id,
                revision=game.revision,
                standing=standing,
                place=ids.index(participant_id) + 1,
                seats=game.max_players,
                is_changed=is_changed,
                host_selects=host_selects(game.signup_method),
            )
    raise AssertionError(f"participant {participant_id} is not seated in game {game.id}")
