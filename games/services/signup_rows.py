"""What a sign-up reads and writes, in statements by hand: a storm of clicks runs nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, cached_property

from games.enums import Answer, Origin
from games.models import Game
from games.rules import Entry, Seating, seat
from games.selectors import game_not_found
from guilds.models import Guild
from guilds.rows import Columns, Statement, rows_of

_LOCK = """
select {columns} from games_game game where id = %(game)s and guild_id = %(guild)s
for no key update"""
_PEOPLE = """
select user_id, id, answer, origin, joined_at, priority, position, slot_id
from games_participant where game_id = %(game)s"""
# The database's clock under the game's lock gives the order.
_REST = """
select clock_timestamp(),
    array(select request_key from games_change where request_key = any(%(keys)s::varchar[])),
    array(select id from games_slot where game_id = %(game)s order by position, id),
    array(select capacity from games_slot where game_id = %(game)s order by position, id)"""
_WRITE = """
insert into games_participant (game_id, user_id, name, answer, origin, priority, position, slot_id,
    joined_at)
values (%(game)s, %(user)s, '', %(answer)s, %(origin)s, %(priority)s, %(position)s, %(slot)s,
    %(joined_at)s)
on conflict (game_id, user_id) do update set answer = excluded.answer, origin = excluded.origin,
    priority = excluded.priority, position = excluded.position, slot_id = excluded.slot_id,
    joined_at = excluded.joined_at"""
# Stands for the ids of rows that this transaction writes.
_FIRST_NEW_ID = 2**62
_MICROSECOND = timedelta(microseconds=1)


@cache
def _columns() -> Columns[Game]:
    return Columns(Game, "game")


@dataclass(frozen=True)
class Roster:
    """Who answered a locked game, and its slots by id with their capacity, in their order.

    `done`: the clicks and forms that were taken before. `now` is by the database's clock, and a
    microsecond later with each answer, so that no two come at the same moment.
    """

    game: Game
    entries: tuple[Entry, ...]
    user_ids: dict[int, int | None]
    slots: dict[int, int]
    done: frozenset[str | None]
    now: datetime

    def entry_of(self, user_id: int) -> Entry | None:
        ids = self.user_ids
        return next((entry for entry in self.entries if ids[entry.id] == user_id), None)

    @cached_property
    def seating(self) -> Seating:
        return seat(
            self.entries,
            max_players=self.game.max_players,
            method=self.game.signup_method,
            slots=self.slots,
        )

    def users(self, participant_ids: tuple[int, ...], *, but: int) -> list[int]:
        """The users among these participants, one of them left out."""
        ids = (self.user_ids[one] for one in participant_ids if one != but)
        return [user_id for user_id in ids if user_id]

    def answered(
        self, user_id: int, answer: Answer, *, slot_id: int | None, origin: Origin, priority: int
    ) -> Entry:
        """The entry of somebody who answers so now. Who only changes the slot keeps their place
        in the order."""
        old = self.entry_of(user_id)
        if old is not None and old.answer == answer == Answer.GOING:
            return old._replace(slot_id=slot_id)
        id_ = old.id if old else _FIRST_NEW_ID + len(self.entries)
        return Entry(id_, answer, origin, self.now, priority, None, slot_id)

    def with_entry(self, entry: Entry, user_id: int, request_key: str | None) -> "Roster":
        """As it is once the entry is written."""
        others = (one for one in self.entries if one.id != entry.id)
        return replace(
            self,
            entries=(*others, entry),
            user_ids={**self.user_ids, entry.id: user_id},
            done=self.done | {request_key} if request_key else self.done,
            now=self.now + _MICROSECOND,
        )


def lock_roster(game_id: int, guild: Guild, request_keys: Iterable[str | None]) -> Roster:
    """Lock the guild's game until the transaction ends, as `lock_game` does, and then read it.

    Raises `NotFound`.
    """
    columns = _columns()
    keys = [key for key in request_keys if key]
    games, people, rest = rows_of(
        (_LOCK.format(columns=columns.sql), {"game": game_id, "guild": guild.id}),
        (_PEOPLE, {"game": game_id}),
        (_REST, {"game": game_id, "keys": keys}),
    )
    if not games:
        raise game_not_found()
    game = columns.read(games[0])
    game.guild = guild
    now, done, slot_ids, capacities = rest[0]
    return Roster(
        game=game,
        entries=tuple(Entry._make(row[1:]) for row in people),
        user_ids={row[1]: row[0] for row in people},
        slots=dict(zip(slot_ids, capacities, strict=True)),
        done=frozenset(done),
        now=now,
    )


def write_entry(game: Game, user_id: int, entry: Entry) -> Statement:
    """The statement that writes it."""
    return _WRITE, {
        "game": game.id,
        "user": user_id,
        "answer": entry.answer,
        "origin": entry.origin,
        "priority": entry.priority,
        "position": entry.position,
        "slot": entry.slot_id,
        "joined_at": entry.joined_at,
    }
