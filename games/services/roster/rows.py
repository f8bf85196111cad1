"""SQL that locks, reads and writes the roster of a game.

It is written by hand, since a storm of sign-ups runs nothing else (`bench/README.md`).
"""

import json
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS

from games.models import Game
from games.rules import Entry
from guilds.models import Channel, Guild
from postgres.rows import Columns, Statement

# A participant's columns, read and written: user and placeholder name, then those of `Entry`.
COLUMNS = ("user_id", "name", *Entry._fields)
_COLUMN_LIST = ", ".join(COLUMNS)
_UPDATES = ", ".join(f"{column} = excluded.{column}" for column in COLUMNS if column != "id")
_LOCK = """
select {columns}, (select overwrites from guilds_channel where id = game.channel_id)
from games_game game where id = %(game)s and guild_id = %(guild)s
for no key update"""
_PEOPLE = "select {columns} from games_participant where game_id = %(game)s"
# Sign-ups are ordered by clock_timestamp(), read under the game's lock; now() would be the start of
# the transaction, before it waited for the lock. Newcomers get their ids here, so that they can be
# seated before they are written.
_REST = """
select clock_timestamp(),
    array(select request_key from games_change where request_key = any(%(keys)s::varchar[])),
    (select array_agg(array[id, capacity] order by position, id)
        from games_slot where game_id = %(game)s),
    array(select nextval(pg_get_serial_sequence('games_participant', 'id'))
        from generate_series(1, %(newcomers)s))"""
_WRITE = """
insert into games_participant (game_id, {columns}) values {rows}
on conflict (id) do update set {updates}"""
_REMOVE = "delete from games_participant where id = any(%(removed)s::bigint[])"


@cache
def _game_columns() -> Columns[Game]:
    return Columns(Game, "game")


def game_of(row: Sequence[Any], guild: Guild) -> Game:
    """Return the game of a row that `lock` gave. Of its channel, the overwrites are loaded."""
    *columns, overwrites = row
    game = _game_columns().read(columns)
    game.guild = guild
    known = {"id": game.channel_id, "guild_id": guild.id, "overwrites": json.loads(overwrites)}
    game.channel = Channel.from_db(DEFAULT_DB_ALIAS, list(known), list(known.values()))
    return game


def lock(game_id: int, guild_id: int) -> Statement:
    """Return the statement that locks the game and gives its row, as `game_of` reads it.

    The lock is NO KEY UPDATE, so that foreign key checks of participants need not wait for it.
    """
    return _LOCK.format(columns=_game_columns().sql), {"game": game_id, "guild": guild_id}


def read(game_id: int, request_keys: Sequence[str | None]) -> tuple[Statement, Statement]:
    """Return the statements that read the participants, as `COLUMNS`, and one row of all else.

    That row has the database's clock, those of `request_keys` that were handled before, the slots
    with their capacities, and an id for the newcomer each request may bring.
    """
    keys = [key for key in request_keys if key]
    return (
        (_PEOPLE.format(columns=_COLUMN_LIST), {"game": game_id}),
        (_REST, {"game": game_id, "keys": keys, "newcomers": len(request_keys)}),
    )


def write(game_id: int, people: Collection[Sequence[Any]]) -> Statement:
    """Return the statement that inserts or updates participants, each given as `COLUMNS`."""
    rows: list[str] = []
    values: dict[str, Any] = {"game": game_id}
    for number, person in enumerate(people):
        names = [f"{column}{number}" for column in COLUMNS]
        values.update(zip(names, person, strict=True))
        rows.append(f"(%(game)s, {', '.join(f'%({name})s' for name in names)})")
    return _WRITE.format(columns=_COLUMN_LIST, rows=", ".join(rows), updates=_UPDATES), values


def remove(participant_ids: Collection[int]) -> Statement:
    return _REMOVE, {"removed": list(participant_ids)}
