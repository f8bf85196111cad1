"""The host's hand on the roster: add, remove, move, promote, placeholders.

Each call is one transaction under the game's lock, by the game's host or those who manage
the guild's games; those whose seat changes are told (see `notifications.receivers`).
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from games.enums import Action, Answer, Origin, SignupMethod, Via
from games.models import PLACEHOLDER_LENGTH, Change, Game, Participant, Slot
from games.rules import Seating, seat_moves
from games.selectors import seating_of
from games.services.change import find_done, lock_game, record_change
from games.services.game import check_may_edit
from games.services.participant import over_sentence
from games.text import clean_line
from guilds.errors import NotFound, Refused
from guilds.models import Member, User


class ClockTimestamp(Now):
    """The database's clock at this very statement: under the game's lock it gives the order."""

    template = "CLOCK_TIMESTAMP()"

    def as_postgresql(self, compiler, connection, **extra):  # type: ignore[no-untyped-def]
        return self.as_sql(compiler, connection, template=self.template, **extra)


class Roster:
    """A locked game with its participants, before and after a change to them."""

    def __init__(self, game: Game) -> None:
        self.game = game
        self.slots: list[Slot] = list(game.slots.all())
        self.people: list[Participant] = list(game.participants.select_related("user"))
        self.before = self.seating()

    def seating(self) -> Seating:
        return seating_of(self.game, self.people, self.slots)

    def person(self, participant_id: int) -> Participant:
        for participant in self.people:
            if participant.id == participant_id:
                return participant
        raise NotFound(_("That person is not on the roster any more."), field="participant")

    def order(self) -> list[int]:
        """Everyone who is going, in the order of seating; `games.rules` decides who sits."""
        seating = self.seating()
        return [*seating.playing, *seating.waiting]

    def arrange(self, participant_ids: Sequence[int]) -> None:
        """Fix the order of everyone who is going to this one."""
        by_id = {p.id: p for p in self.people}
        for position, participant_id in enumerate(participant_ids, start=1):
            by_id[participant_id].position = position
        Participant.objects.bulk_update([by_id[i] for i in participant_ids], ["position"])

    def record(
        self,
        *,
        actor: User,
        via: Via,
        action: Action,
        subject: User | None,
        name: str = "",
        request_key: str | None,
    ) -> Change:
        """Write the change down, with those it moved up or back (the subject apart)."""
        moves = seat_moves(self.before, self.seating())
        user_ids = {p.id: p.user_id for p in self.people}
        return record_change(
            self.game,
            actor=actor,
            subject=subject,
            via=via,
            action=action,
            after={"name": name} if name else {},
            promoted=[u for i in moves.promoted if (u := user_ids[i])],
            demoted=[u for i in moves.demoted if (u := user_ids[i])],
            request_key=request_key,
        )


def _open_roster(member: Member, game_id: int) -> Roster:
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    return Roster(game)


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
    roster = _open_roster(member, game_id)
    game = roster.game
    if find_done(request_key):
        return game
    if person.guild_id != game.guild_id or person.left_at is not None:
        raise Refused(_("Only members of this server can be added."), field="person")
    if person.user_id == game.host_id:
        raise Refused(_("The host plays anyway and takes no seat."), field="person")
    _check_slot(roster, slot_id)
    mine = next((p for p in roster.people if p.user_id == person.user_id), None)
    if mine is None:
        mine = Participant(game=game, user=person.user)
        roster.people.append(mine)
    elif mine.answer == Answer.GOING and mine.origin == Origin.HOST_ADDED:
        return game
    _seat_by_host(roster, mine, slot_id)
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
    """Add somebody without Discord by name; they count as a seat.

    Raises `NotAllowed`, `NotFound`, and `Refused` for an empty, long or taken name.
    """
    roster = _open_roster(member, game_id)
    if find_done(request_key):
        return roster.game
    name = clean_line(name)
    if not name or len(name) > PLACEHOLDER_LENGTH:
        raise Refused(
            _("A name has 1 to %(most)d characters.") % {"most": PLACEHOLDER_LENGTH}, field="name"
        )
    if any(p.name.casefold() == name.casefold() for p in roster.people if p.name):
        raise Refused(_("Somebody of that name is on the roster already."), field="name")
    _check_slot(roster, slot_id)
    placeholder = Participant(game=roster.game, name=name)
    roster.people.append(placeholder)
    _seat_by_host(roster, placeholder, slot_id)
    roster.record(
        actor=member.user,
        via=via,
        action=Action.ADDED,
        subject=None,
        name=name,
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
    """Take somebody off the roster; the first in the waitlist moves up.

    Raises `NotAllowed`, `NotFound` and `Refused`.
    """
    roster = _open_roster(member, game_id)
    if find_done(request_key):
        return roster.game
    gone = roster.person(participant_id)
    roster.people.remove(gone)
    gone.delete()
    roster.record(
        actor=member.user,
        via=via,
        action=Action.REMOVED,
        subject=gone.user,
        name=gone.name,
        request_key=request_key,
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

    Raises `NotAllowed`, `NotFound`, and `Refused` unless it names everyone going exactly once:
    then the roster changed while the host looked at it.
    """
    roster = _open_roster(member, game_id)
    if find_done(request_key):
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
    roster = _open_roster(member, game_id)
    if find_done(request_key):
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
    """Give somebody who waits a seat; when none is free, the last player waits instead.

    Raises `NotAllowed`, `NotFound`, and `Refused` for somebody who plays already.
    """
    roster = _open_roster(member, game_id)
    if find_done(request_key):
        return roster.game
    person = roster.person(participant_id)
    if person.id not in roster.before.waiting:
        raise Refused(_("That person does not wait for a seat."), field="participant")
    order = roster.order()
    order.remove(person.id)
    order.insert(min(len(roster.before.playing), roster.game.max_players - 1), person.id)
    if roster.game.signup_method != SignupMethod.SELF:
        person.origin = Origin.HOST_ADDED
        person.save(update_fields=["origin"])
    roster.arrange(order)
    roster.record(
        actor=member.user,
        via=via,
        action=Action.REORDERED,
        subject=person.user,
        name=person.name,
        request_key=request_key,
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
    """Give somebody another slot, or none; who sits follows from it.

    Raises `NotAllowed`, `NotFound`, and `Refused` for a slot that is gone.
    """
    roster = _open_roster(member, game_id)
    if find_done(request_key):
        return roster.game
    person = roster.person(participant_id)
    _check_slot(roster, slot_id)
    if person.slot_id != slot_id:
        person.slot_id = slot_id
        person.save(update_fields=["slot"])
        roster.record(
            actor=member.user,
            via=via,
            action=Action.REORDERED,
            subject=person.user,
            name=person.name,
            request_key=request_key,
        )
    return roster.game


def _reorder(
    roster: Roster, order: Sequence[int], *, actor: User, via: Via, request_key: str | None
) -> Game:
    if list(order) != roster.order():
        roster.arrange(order)
        roster.record(
            actor=actor, via=via, action=Action.REORDERED, subject=None, request_key=request_key
        )
    return roster.game


def _seat_by_host(roster: Roster, participant: Participant, slot_id: int | None) -> None:
    """Where the host fixed an order before, the new one comes behind those the host added."""
    participant.answer = Answer.GOING
    participant.origin, participant.priority = Origin.HOST_ADDED, 0
    participant.position, participant.slot_id = None, slot_id
    participant.joined_at = ClockTimestamp()
    participant.save()
    if any(p.position is not None for p in roster.people):
        origins = {p.id: p.origin for p in roster.people}
        order = [i for i in roster.order() if i != participant.id]
        added = [place for place, i in enumerate(order) if origins[i] == Origin.HOST_ADDED]
        order.insert(added[-1] + 1 if added else 0, participant.id)
        roster.arrange(order)


def _check_slot(roster: Roster, slot_id: int | None) -> None:
    if slot_id is not None and slot_id not in {slot.id for slot in roster.slots}:
        raise Refused(_("That slot is not there any more. Pick another one."), field="slot")
