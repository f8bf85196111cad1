"""Random sequences of changes to a roster, compared with a simple model of it."""

import os
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from games.enums import Via
from games.models import Game, Participant
from games.selectors import get_snapshot
from games.services.game_edit import edit_game
from games.services.roster.departures import release_seats_without_role
from games.services.roster.host import (
    add_player,
    move_player,
    promote_player,
    remove_player,
)
from games.services.roster.signup import answer_maybe, decline_game, join_game
from guilds.errors import Refused
from guilds.models import Member
from tests.factories import make_game, make_guild, make_member

PEOPLE = 8
PLAYER_ROLE = 7
who = st.integers(0, PEOPLE - 1)


@dataclass
class Model:
    """A roster as a list: those going in order, of whom the first `limit` play."""

    limit: int = 3
    going: list[int] = field(default_factory=list)
    added: set[int] = field(default_factory=set)
    is_fixed: bool = False

    @property
    def playing(self) -> list[int]:
        return self.going[: self.limit]

    @property
    def waiting(self) -> list[int]:
        return self.going[self.limit :]

    def leave(self, person: int) -> None:
        if person in self.going:
            self.going.remove(person)
        self.added.discard(person)

    def insert_added(self, person: int) -> None:
        """Put the person behind those the host added, ahead of those who signed up themselves."""
        self.leave(person)
        places = [i for i, other in enumerate(self.going) if other in self.added]
        self.going.insert(places[-1] + 1 if places else 0, person)
        self.added.add(person)


class RosterMachine(RuleBasedStateMachine):
    game: Game
    members: list[Member]

    @initialize()
    def announce(self) -> None:
        guild = make_guild()
        self.host = make_member(guild)
        self.game = make_game(self.host, max_players=3, player_role_ids=(PLAYER_ROLE,))
        self.members = [make_member(guild, role_ids=[PLAYER_ROLE]) for _ in range(PEOPLE)]
        self.model = Model()
        self.moved: list[tuple[list[int], list[int]]] = []

    def participant(self, person: int) -> Participant | None:
        return Participant.objects.filter(game=self.game, user=self.members[person].user).first()

    def expect_moves(self, before: Model, actor: int | None) -> None:
        """Check that the newest change names exactly those whose seat changed by others' doing."""
        promoted = [p for p in self.model.playing if p in before.waiting and p != actor]
        demoted = [p for p in self.model.waiting if p in before.playing and p != actor]
        change = self.game.changes.order_by("-id").first()
        assert change is not None
        ids = [m.user_id for m in self.members]
        assert change.promoted == [ids[p] for p in promoted]
        assert change.demoted == [ids[p] for p in demoted]

    def copy(self) -> Model:
        return Model(self.model.limit, list(self.model.going), set(self.model.added))

    @rule(person=who)
    def join(self, person: int) -> None:
        before, member = self.copy(), self.members[person]
        if not member.role_ids:
            with pytest.raises(Refused):
                join_game(game_id=self.game.id, member=member, via=Via.BOT)
            return
        signup = join_game(game_id=self.game.id, member=member, via=Via.BOT)
        assert signup.is_changed == (person not in before.going)
        if signup.is_changed:
            self.model.going.append(person)
            self.expect_moves(before, person)

    @rule(person=who, maybe=st.booleans())
    def leave(self, person: int, maybe: bool) -> None:
        before = self.copy()
        maybe = maybe and bool(self.members[person].role_ids)
        answer = answer_maybe if maybe else decline_game
        signup = answer(game_id=self.game.id, member=self.members[person], via=Via.BOT)
        self.model.leave(person)
        if signup.is_changed:
            self.expect_moves(before, person)

    @rule(person=who)
    def add(self, person: int) -> None:
        if person in self.model.added:
            return
        before = self.copy()
        add_player(game_id=self.game.id, member=self.host, person=self.members[person], via=Via.BOT)
        self.model.insert_added(person)
        self.expect_moves(before, None)

    @rule(person=who)
    def remove(self, person: int) -> None:
        participant, before = self.participant(person), self.copy()
        if participant is None:
            return
        remove_player(
            game_id=self.game.id,
            member=self.host,
            participant_id=participant.id,
            via=Via.BOT,
        )
        self.model.leave(person)
        self.expect_moves(before, person)

    @rule(person=who, by=st.sampled_from([-2, -1, 1, 2]))
    def move(self, person: int, by: int) -> None:
        participant, before = self.participant(person), self.copy()
        if participant is None or person not in self.model.going:
            return
        place = self.model.going.index(person)
        order = [p for p in self.model.going if p != person]
        order.insert(max(place + by, 0), person)
        move_player(
            game_id=self.game.id,
            member=self.host,
            participant_id=participant.id,
            by=by,
            via=Via.BOT,
        )
        if order != before.going:
            self.model.going = order
            self.expect_moves(before, None)

    @rule(person=who)
    def promote(self, person: int) -> None:
        participant, before = self.participant(person), self.copy()
        if participant is None:
            return
        promote = {
            "game_id": self.game.id,
            "member": self.host,
            "participant_id": participant.id,
            "via": Via.BOT,
        }
        if person not in before.waiting:
            with pytest.raises(Refused):
                promote_player(**promote)  # type: ignore[arg-type]
            return
        promote_player(**promote)  # type: ignore[arg-type]
        self.model.going.remove(person)
        self.model.going.insert(self.model.limit - 1, person)
        self.expect_moves(before, None)

    @rule(person=who)
    def lose_role(self, person: int) -> None:
        """Drop own sign-ups with the role they needed, and keep those the host added."""
        before, member = self.copy(), self.members[person]
        member.role_ids = []
        release_seats_without_role(member, [PLAYER_ROLE])
        if person in before.going and person not in before.added:
            self.model.leave(person)
            self.expect_moves(before, person)

    @rule(person=who)
    def get_role_back(self, person: int) -> None:
        self.members[person].role_ids = [PLAYER_ROLE]

    @rule(limit=st.integers(1, 6))
    def limit(self, limit: int) -> None:
        before = self.copy()
        edit_game(
            game_id=self.game.id,
            member=self.host,
            values={"max_players": limit},
            may_demote=True,
            via=Via.BOT,
        )
        self.model.limit = limit
        if limit != before.limit:
            self.expect_moves(before, None)

    @invariant()
    def seats_match_the_model(self) -> None:
        if not hasattr(self, "game"):
            return
        snapshot = get_snapshot(self.game.id)
        ids = {m.user_id: i for i, m in enumerate(self.members)}
        assert [ids[p.user_id] for p in snapshot.playing if p.user_id] == self.model.playing
        assert [ids[p.user_id] for p in snapshot.waiting if p.user_id] == self.model.waiting


class TestRosterSequences(RosterMachine.TestCase, TestCase):  # type: ignore[misc,valid-type]
    settings = settings(  # type: ignore[assignment]  # hypothesis looks for this name
        max_examples=int(os.environ.get("ROSTER_SEQUENCES", "40")),
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
