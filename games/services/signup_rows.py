"""What a sign-up reads and writes, in statements by hand: a storm of clicks runs nothing else."""

from dataclasses import dataclass, replace
from functools import cache

from games.enums import Answer, Origin
from games.models import Game
from games.rules import Entry, Seating, seat
from games.selectors import game_not_found
from guilds.models import Member
from guilds.rows import Columns, all_rows, first_row

_PEOPLE = """
select user_id, id, answer, origin, joined_at, priority, position, slot_id
from games_participant where game_id = %s"""
_REST = """
select exists(select 1 from games_change where request_key = %(key)s),
    array(select id from games_slot where game_id = %(game)s order by position, id),
    array(select capacity from games_slot where game_id = %(game)s order by position, id)"""
# The database's clock at this very statement: under the game's lock it gives the order.
_WRITE = """
insert into games_participant as mine (game_id, user_id, name, answer, origin, priority, position,
    slot_id, joined_at)
values (%(game)s, %(user)s, '', %(answer)s, %(origin)s, %(priority)s, null, %(slot)s,
    clock_timestamp())
on conflict (game_id, user_id) do update set answer = excluded.answer, slot_id = excluded.slot_id,
    origin = case when %(keeps_place)s then mine.origin else excluded.origin end,
    priority = case when %(keeps_place)s then mine.priority else excluded.priority end,
    position = case when %(keeps_place)s then mine.position else excluded.position end,
    joined_at = case when %(keeps_place)s then mine.joined_at else excluded.joined_at end
returning user_id, id, answer, origin, joined_at, priority, position, slot_id"""


@cache
def _columns() -> Columns[Game]:
    return Columns(Game, "game")


def lock_for_signup(game_id: int, member: Member) -> Game:
    """As `games.services.change.lock_game`, of the member's guild. Raises `NotFound`."""
    columns = _columns()
    row = first_row(
        f"select {columns.sql} from games_game game"  # noqa: S608  (the model's own columns)
        " where id = %s and guild_id = %s for no key update",
        [game_id, member.guild_id],
    )
    if row is None:
        raise game_not_found()
    game = columns.read(row)
    game.guild = member.guild
    return game


@dataclass(frozen=True)
class Roster:
    """Who answered a locked game, and its slots by id with their capacity, in their order.

    `is_done`: the click or form was taken before.
    """

    game: Game
    entries: tuple[Entry, ...]
    user_ids: dict[int, int | None]
    slots: dict[int, int]
    is_done: bool

    def entry_of(self, user_id: int) -> Entry | None:
        ids = self.user_ids
        return next((entry for entry in self.entries if ids[entry.id] == user_id), None)

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


def read_roster(game: Game, request_key: str | None) -> Roster:
    """Read after the lock was taken, so that nothing changes any more."""
    people = all_rows(_PEOPLE, [game.id])
    row = first_row(_REST, {"game": game.id, "key": request_key})
    assert row is not None
    is_done, slot_ids, capacities = row
    return Roster(
        game=game,
        entries=tuple(Entry(*values) for _user, *values in people),
        user_ids={values[1]: values[0] for values in people},
        slots=dict(zip(slot_ids, capacities, strict=True)),
        is_done=is_done,
    )


def write_answer(
    roster: Roster,
    user_id: int,
    *,
    answer: Answer,
    slot_id: int | None,
    origin: Origin,
    priority: int,
) -> tuple[Entry, Roster]:
    """Write what somebody answers, and return it with the roster as it then is.

    Who only changes the slot keeps their place in the order.
    """
    before = roster.entry_of(user_id)
    parameters = {
        "game": roster.game.id,
        "user": user_id,
        "answer": answer,
        "origin": origin,
        "priority": priority,
        "slot": slot_id,
        "keeps_place": before is not None and before.answer == answer == Answer.GOING,
    }
    row = first_row(_WRITE, parameters)
    assert row is not None
    entry = Entry(*row[1:])
    others = (one for one in roster.entries if one.id != entry.id)
    return entry, replace(
        roster,
        entries=(*others, entry),
        user_ids={**roster.user_ids, entry.id: user_id},
    )
