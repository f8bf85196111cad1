"""The host's changes to the roster: add, remove, move, promote, placeholders.

Each is one transaction under the game's lock. The member must host the game or manage the guild's
games. People whose seat changes are told (see `notifications.receivers`).
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from games.enums import Action, Answer, Origin, SignupMethod, Via
from games.models import PLACEHOLDER_LENGTH, Game, Participant
from games.rules import Entry
from games.services.guards import check_may_edit, over_sentence
from games.services.roster.locked import LockedRoster, lock_roster
from games.text import clean_line
from guilds.errors import NotFound, Refused
from guilds.models import Member, User
from guilds.permissions import standing_of
from guilds.throttle import check_pace

# Additions and removals by one member in ten minutes, and of one person in an hour.
MOST_OF_A_HOST = 150
MOST_OF_A_PERSON = 20


def _check_pace(member: Member, person_id: int | None = None) -> None:
    """Count one more change by the member, and of the person, who is told of each. Raises
    `Refused`."""
    check_pace("roster", str(member.user_id), most=MOST_OF_A_HOST, minutes=10)
    if person_id is not None:
        who = f"{member.guild_id}:{person_id}"
        check_pace("roster-of", who, most=MOST_OF_A_PERSON, minutes=60)


def _open_roster(member: Member, game_id: int, request_key: str | None) -> LockedRoster:
    roster = lock_roster(game_id, member.guild, [request_key])
    check_may_edit(roster.game, member)
    if not roster.game.is_upcoming:
        raise Refused(over_sentence(roster.game))
    return roster


@transaction.atomic
def add_player(
    *,
    game_id: int,
    member: Member,
    person: Member,
    via: Via,
    slot_id: int | None = None,
    request_key: str | None = None,
) -> Game:
    """Add a member of the guild, ahead of those who signed up by themselves.

    Raises `NotAllowed`, `NotFound`, and `Refused` for the host, a stranger or an unknown slot.
    """
    _check_pace(member, person.user_id)
    roster = _open_roster(member, game_id, request_key)
    game = roster.game
    if request_key in roster.done:
        return game
    if not standing_of(person, game.guild).is_member:
        raise Refused(_("Only members of this server can be added."), field="person")
    if person.user_id == game.host_id:
        raise Refused(_("The host plays anyway and takes no seat."), field="person")
    roster.check_slot(slot_id)
    mine = roster.entry_of(person.user_id)
    if mine and mine.answer == Answer.GOING and mine.origin == Origin.HOST_ADDED:
        return game
    mine = roster.answer(person.user_id, Answer.GOING, slot_id=slot_id, origin=Origin.HOST_ADDED)
    _place_behind_added(roster, mine)
    roster.record(
        actor=member.user,
        via=via,
        action=Action.ADDED,
        subject=person.user,
        request_key=request_key,
    )
    return game


@transaction.atomic
def add_placeholder(
    *,
    game_id: int,
    member: Member,
    name: str,
    via: Via,
    slot_id: int | None = None,
    request_key: str | None = None,
) -> Game:
    """Add somebody without Discord by name; they take a seat.

    Raises `NotAllowed`, `NotFound`, and `Refused` for an empty, long or taken name.
    """
    _check_pace(member)
    roster = _open_roster(member, game_id, request_key)
    if request_key in roster.done:
        return roster.game
    name = clean_line(name)
    if not name or len(name) > PLACEHOLDER_LENGTH:
        raise Refused(
            _("A name has 1 to %(most)d characters.") % {"most": PLACEHOLDER_LENGTH}, field="name"
        )
    if name.casefold() in {taken.casefold() for taken in roster.names.values()}:
        raise Refused(_("Somebody of that name is on the roster already."), field="name")
    roster.check_slot(slot_id)
    _place_behind_added(roster, roster.add_placeholder(name, slot_id=slot_id))
    roster.record(
        actor=member.user,
        via=via,
        action=Action.ADDED,
        after={"name": name},
        request_key=request_key,
    )
    return roster.game


@transaction.atomic
def remove_player(
    *,
    game_id: int,
    member: Member,
    participant_id: int,
    via: Via,
    request_key: str | None = None,
) -> Game:
    """Take somebody off the roster; the first on the waitlist moves up.

    Raises `NotAllowed`, `NotFound` and `Refused`.
    """
    gone_id = Participant.objects.filter(id=participant_id).values_list("user_id", flat=True)
    _check_pace(member, gone_id.first())
    roster = _open_roster(member, game_id, request_key)
    if request_key in roster.done:
        return roster.game
    gone = roster.get(participant_id)
    about = _about(roster, gone)
    roster.remove(gone.id)
    roster.record(
        actor=member.user, via=via, action=Action.REMOVED, request_key=request_key, **about
    )
    return roster.game


@transaction.atomic
def reorder_players(
    *,
    game_id: int,
    member: Member,
    participant_ids: Sequence[int],
    via: Via,
    request_key: str | None = None,
) -> Game:
    """Seat those who are going in this order.

    Raises `NotAllowed`, `NotFound`, and `Refused` unless the ids name everyone going exactly
    once; if not, the roster changed while the host looked at it.
    """
    roster = _open_roster(member, game_id, request_key)
    if request_key in roster.done:
        return roster.game
    if sorted(participant_ids) != sorted(roster.order()):
        raise Refused(_("The roster changed meanwhile. Look again and repeat your change."))
    return _reorder(roster, participant_ids, actor=member.user, via=via, request_key=request_key)


@transaction.atomic
def move_player(
    *,
    game_id: int,
    member: Member,
    participant_id: int,
    by: int,
    via: Via,
    request_key: str | None = None,
) -> Game:
    """Move somebody `by` places (-1 is up). At the end of the list nothing changes."""
    roster = _open_roster(member, game_id, request_key)
    if request_key in roster.done:
        return roster.game
    order = roster.order()
    if participant_id not in order:
        raise NotFound(_("That person is not on the roster any more."), field="participant")
    place = order.index(participant_id)
    order.remove(participant_id)
    order.insert(max(place + by, 0), participant_id)
    return _reorder(roster, order, actor=member.user, via=via, request_key=request_key)


@transaction.atomic
def promote_player(
    *,
    game_id: int,
    member: Member,
    participant_id: int,
    via: Via,
    request_key: str | None = None,
) -> Game:
    """Give somebody who waits a seat; if none is free, the last player waits instead.

    Raises `NotAllowed`, `NotFound`, and `Refused` for somebody who plays already.
    """
    roster = _open_roster(member, game_id, request_key)
    if request_key in roster.done:
        return roster.game
    person = roster.get(participant_id)
    if person.id not in roster.seating.waiting:
        raise Refused(_("That person does not wait for a seat."), field="participant")
    order = roster.order()
    order.remove(person.id)
    # Behind the last player, or in place of the last player if all seats are taken.
    order.insert(min(len(roster.seating.playing), roster.game.max_players - 1), person.id)
    if roster.game.signup_method != SignupMethod.SELF:
        roster.replace(person._replace(origin=Origin.HOST_ADDED))
    roster.arrange(order)
    roster.record(
        actor=member.user,
        via=via,
        action=Action.REORDERED,
        request_key=request_key,
        **_about(roster, person),
    )
    return roster.game


@transaction.atomic
def choose_slot(
    *,
    game_id: int,
    member: Member,
    participant_id: int,
    slot_id: int | None,
    via: Via,
    request_key: str | None = None,
) -> Game:
    """Give somebody another slot, or none, by which they may gain or lose a seat.

    Raises `NotAllowed`, `NotFound`, and `Refused` for a slot that is gone.
    """
    roster = _open_roster(member, game_id, request_key)
    if request_key in roster.done:
        return roster.game
    person = roster.get(participant_id)
    roster.check_slot(slot_id)
    if person.slot_id != slot_id:
        roster.replace(person._replace(slot_id=slot_id))
        roster.record(
            actor=member.user,
            via=via,
            action=Action.REORDERED,
            request_key=request_key,
            **_about(roster, person),
        )
    return roster.game


def _reorder(
    roster: LockedRoster,
    order: Sequence[int],
    *,
    actor: User,
    via: Via,
    request_key: str | None,
) -> Game:
    if list(order) != roster.order():
        roster.arrange(order)
        roster.record(actor=actor, via=via, action=Action.REORDERED, request_key=request_key)
    return roster.game


def _place_behind_added(roster: LockedRoster, person: Entry) -> None:
    """If the host has fixed an order, put the newcomer behind those the host added."""
    entries = roster.entries
    if any(entry.position is not None for entry in entries.values()):
        order = [i for i in roster.order() if i != person.id]
        added = [place for place, i in enumerate(order) if entries[i].origin == Origin.HOST_ADDED]
        order.insert(added[-1] + 1 if added else 0, person.id)
        roster.arrange(order)


def _about(roster: LockedRoster, person: Entry) -> dict[str, Any]:
    """Return the fields of a change that name the person: a user, or a placeholder's name."""
    user_id = roster.user_ids[person.id]
    if user_id is None:
        return {"after": {"name": roster.names[person.id]}}
    return {"subject": User.objects.get(id=user_id)}
