"""The roster of a locked game: the only place where rosters are read, changed and written.

Sign-up, the host's changes, leaving and editing all lock a roster, change it and write it once.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Unpack

from django.utils.translation import gettext as _

from games.enums import Answer, Origin
from games.models import Change, Game
from games.rules import Entry, Seating, SeatMoves, seat_game, seat_moves
from games.selectors import game_not_found
from games.services.change import Facts, change_of, record_changes
from games.services.roster import rows as roster_rows
from guilds.errors import NotFound, Refused
from guilds.models import Guild
from postgres.rows import Rows, Statement, rows_of

_MICROSECOND = timedelta(microseconds=1)


def lock_roster(
    game_id: int, guild: Guild, request_keys: Sequence[str | None] = ()
) -> "LockedRoster":
    """Lock the guild's game until the transaction ends, then read it with its roster.

    Each request may bring one newcomer. Raises `NotFound`.
    """
    games, people, rest = rows_of(
        roster_rows.lock(game_id, guild.id), *roster_rows.read(game_id, request_keys)
    )
    if not games:
        raise game_not_found()
    return LockedRoster(roster_rows.game_of(games[0], guild), people, rest)


def roster_of(game: Game) -> "LockedRoster":
    """Read the roster of a game that is locked already. It takes no newcomers."""
    people, rest = rows_of(*roster_rows.read(game.id, ()))
    return LockedRoster(game, people, rest)


class LockedRoster:
    """The participants of a locked game by their ids, and its slots with their capacities.

    The methods from `answer` to `keep_slots` change it in memory; callers may change the game
    too. `note` makes of all that changed a `Change`, which names those whose seat moved since
    `seating`, the seating as last noted, and `write` writes what was noted. `record` does both.

    `done` has the keys of requests handled before. `now` is the database's clock; each note moves
    it on by a microsecond, so that no two sign-ups of one transaction share a moment.
    """

    def __init__(self, game: Game, people: Rows, rest: Rows) -> None:
        self.game = game
        self.entries = {row[2]: Entry._make(row[2:]) for row in people}
        self.user_ids: dict[int, int | None] = {row[2]: row[0] for row in people}
        # Of placeholders only.
        self.names: dict[int, str] = {row[2]: row[1] for row in people if row[1]}
        ((self.now, done, slots, new_ids),) = rest
        self._new_ids = iter(new_ids)
        self.done: set[str | None] = set(done)
        self.slots: dict[int, int] = dict(slots or ())
        self.seating = self._seat()
        self._changed: set[int] = set()
        self._removed: set[int] = set()
        self._noted: list[Change] = []

    def entry_of(self, user_id: int) -> Entry | None:
        for id_, other in self.user_ids.items():
            if other == user_id:
                return self.entries[id_]
        return None

    def get(self, participant_id: int) -> Entry:
        """Return the participant's entry. Raises `NotFound` if they are no longer on the roster."""
        entry = self.entries.get(participant_id)
        if entry is None:
            raise NotFound(_("That person is not on the roster any more."), field="participant")
        return entry

    def order(self) -> list[int]:
        """Return everyone who is going in the order of seating; `games.rules` decides who sits."""
        seating = self._seat()
        return [*seating.playing, *seating.waiting]

    def check_slot(self, slot_id: int | None) -> None:
        """Raise `Refused` for a slot the game does not have."""
        if slot_id is not None and slot_id not in self.slots:
            raise Refused(_("That slot is not there any more. Pick another one."), field="slot")

    def answer(
        self,
        user_id: int,
        answer: Answer,
        *,
        slot_id: int | None = None,
        origin: Origin = Origin.SELF,
        priority: int = 0,
    ) -> Entry:
        """Set the user's answer as of now. A place the host gave them before is lost."""
        old = self.entry_of(user_id)
        id_ = old.id if old else next(self._new_ids)
        self.user_ids[id_] = user_id
        return self.replace(Entry(id_, answer, origin, self.now, priority, None, slot_id))

    def add_placeholder(self, name: str, *, slot_id: int | None = None) -> Entry:
        id_ = next(self._new_ids)
        self.user_ids[id_], self.names[id_] = None, name
        return self.replace(Entry(id_, Answer.GOING, Origin.HOST_ADDED, self.now, slot_id=slot_id))

    def replace(self, entry: Entry) -> Entry:
        """Put the entry in the place of the one with its id."""
        self.entries[entry.id] = entry
        self._changed.add(entry.id)
        return entry

    def forget(self, participant_id: int, name: str) -> None:
        """Replace the user by a name."""
        self.user_ids[participant_id], self.names[participant_id] = None, name
        self._changed.add(participant_id)

    def remove(self, participant_id: int) -> None:
        """Take them off the roster."""
        del self.entries[participant_id], self.user_ids[participant_id]
        self.names.pop(participant_id, None)
        self._changed.discard(participant_id)
        self._removed.add(participant_id)

    def arrange(self, participant_ids: Sequence[int]) -> None:
        """Fix this order for everyone who is going."""
        for position, participant_id in enumerate(participant_ids, start=1):
            entry = self.entries[participant_id]
            if entry.position != position:
                self.replace(entry._replace(position=position))

    def keep_slots(self, capacities: Mapping[int, int]) -> None:
        """Replace the slots by these capacities; people with any other slot lose it.

        The caller saves the rows of the slots.
        """
        self.slots = dict(capacities)
        for entry in list(self.entries.values()):
            if entry.slot_id is not None and entry.slot_id not in self.slots:
                self.replace(entry._replace(slot_id=None))

    def moves(self) -> SeatMoves:
        """Return the seats that recording would move now, apart from changed answers."""
        return seat_moves(self.seating, self._seat())

    def record(self, *, own: int | None = None, **facts: Unpack[Facts]) -> Change:
        """Note what changed as one `Change`, as `note` does, and write it."""
        change = self.note(own=own, **facts)
        self.write()
        return change

    def note(self, *, own: int | None = None, **facts: Unpack[Facts]) -> Change:
        """Note what changed since the last note as one `Change`, which `write` records.

        It names those promoted and demoted, but not `own`, the participant who changed their own
        seat.
        """
        seating = self._seat()
        moves = seat_moves(self.seating, seating)
        facts["promoted"] = self._users(moves.promoted, but=own)
        facts["demoted"] = self._users(moves.demoted, but=own)
        change = change_of(self.game, **facts)
        self._noted.append(change)
        self.game.revision += 1
        self.seating = seating
        self.now += _MICROSECOND
        self.done |= {change.request_key} if change.request_key else set()
        return change

    def write(self, *, in_crowd: bool = False) -> bool:
        """Write the people that changed and record the noted changes, in one round trip.

        Returns what `record_changes` does.
        """
        noted, self._noted = self._noted, []
        if not noted:
            return False
        may_show = record_changes(noted, writing=self._writing(), in_crowd=in_crowd)
        self._changed, self._removed = set(), set()
        return may_show

    def _seat(self) -> Seating:
        return seat_game(self.game, self.entries.values(), self.slots)

    def _users(self, participant_ids: Sequence[int], *, but: int | None) -> list[int]:
        ids = (self.user_ids[one] for one in participant_ids if one != but)
        return [user_id for user_id in ids if user_id]

    def _writing(self) -> list[Statement]:
        """Return the statements that bring the table up to date."""
        statements: list[Statement] = []
        if self._removed:
            statements.append(roster_rows.remove(self._removed))
        if self._changed:
            people = [
                (self.user_ids[i], self.names.get(i, ""), *self.entries[i])
                for i in sorted(self._changed)
            ]
            statements.append(roster_rows.write(self.game.id, people))
        return statements
