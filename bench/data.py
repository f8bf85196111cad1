"""100,000 games with 800,000 sign-ups on 40 servers, made by the database itself.

The server in question has 12,000 games, 300 of them still to come, in 60 channels of which
every fourth is hidden from most; the others share the rest evenly.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from django.db import connection

GUILDS = 40
BIG = 1_000_001  # the server that is measured
BIG_GAMES, BIG_AHEAD = 12_000, 300
GAMES, SIGNUPS_A_GAME = 100_000, 8
USERS, MEMBERS_A_GUILD, CHANNELS_A_GUILD = 20_000, 1_000, 60
VIEW_CHANNEL = 1 << 10

TABLES = (
    "guilds_user",
    "guilds_guild",
    "guilds_channel",
    "guilds_member",
    "games_game",
    "games_participant",
    "games_change",
)
# Columns that no statement below names are empty, whatever they will be.
EMPTY = {
    "boolean": "false",
    "ARRAY": "'{}'",
    "jsonb": "'{}'",
    "timestamp with time zone": "now()",
    "character varying": "''",
    "text": "''",
    "integer": "0",
    "smallint": "0",
    "bigint": "0",
}

USERS_SQL = f"""
insert into guilds_user (id, username, display_name, discord_id, timezone, direct_messages,
    is_active)
select n, 'discord-' || n, 'Player ' || n, n + 10000000, 'Europe/Berlin', 'inherit', true
from generate_series(1, {USERS}) n"""
GUILDS_SQL = f"""
insert into guilds_guild (id, name, owner_id, timezone, archive, archive_after_minutes)
select {BIG} + n, 'Guild ' || n, 10000001, 'Europe/Berlin', 'keep', 1440
from generate_series(0, {GUILDS} - 1) n"""
CHANNELS_SQL = f"""
insert into guilds_channel (id, guild_id, name, position, overwrites, game_category, is_active)
select g * 1000 + c, g, 'channel-' || c, c,
    case when c % 4 = 0 then jsonb_build_array(
        jsonb_build_object('id', g::text, 'type', 0, 'allow', '0', 'deny', '{VIEW_CHANNEL}'))
    else '[]'::jsonb end,
    case when c % 7 = 0 then 'Category ' || c % 5 else '' end, true
from generate_series({BIG}, {BIG} + {GUILDS} - 1) g, generate_series(1, {CHANNELS_A_GUILD}) c"""
MEMBERS_SQL = f"""
insert into guilds_member (guild_id, user_id, nick, permissions, refreshed_at)
select g, 1 + ((g - {BIG}) * 487 + n) % {USERS}, case when n % 3 = 0 then 'Nick ' || n else '' end,
    {VIEW_CHANNEL}, now() + interval '10 days'
from generate_series({BIG}, {BIG} + {GUILDS} - 1) g, generate_series(0, {MEMBERS_A_GUILD} - 1) n"""
GAMES_SQL = f"""
insert into games_game (id, guild_id, channel_id, host_id, title, description, location, category,
    starts_at, timezone, duration_minutes, max_players, reminder_minutes, signup_method, status,
    revision, schedule_version)
select n, g, g * 1000 + 1 + n % {CHANNELS_A_GUILD},
    1 + ((g - {BIG}) * 487 + n % {MEMBERS_A_GUILD}) % {USERS},
    (array['Dungeon', 'Board', 'Dragon', 'Space', 'Vampire'])[1 + n % 5] || ' night ' || n,
    repeat('Bring dice and a character. ', 10), 'Table ' || n % 9,
    (array['', 'Pen and paper', 'Board game', 'One-shot'])[1 + n % 4],
    now() + ahead * interval '5 hours', 'Europe/Berlin', 180, 4 + n % 8, '{{60,15}}', 'self',
    case when ahead > 0 then 'scheduled' when n % 20 = 0 then 'cancelled' else 'completed' end, 9, 1
from (
    select n, {BIG} as g, n - {BIG_GAMES - BIG_AHEAD} as ahead
    from generate_series(1, {BIG_GAMES}) n
    union all
    select n, {BIG} + 1 + n % {GUILDS - 1}, (n - {GAMES}) / {GUILDS - 1} + 100
    from generate_series({BIG_GAMES} + 1, {GAMES}) n
) numbers"""
SIGNUPS_SQL = f"""
insert into games_participant (game_id, user_id, answer, origin, joined_at)
select game.id,
    1 + ((game.guild_id - {BIG}) * 487 + (game.id * 13 + p * 7) % {MEMBERS_A_GUILD}) % {USERS},
    (array['going', 'going', 'going', 'going', 'maybe', 'declined'])[1 + p % 6], 'self',
    now() - p * interval '1 minute'
from games_game game, generate_series(1, {SIGNUPS_A_GAME}) p"""
CHANGES_SQL = """
insert into games_change (game_id, actor_id, via, action, revision, at)
select id, host_id, 'bot', 'created', 1, now() - interval '40 days' from games_game"""


def fill() -> None:
    """Replace whatever the database holds."""
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("truncate guilds_user, guilds_guild restart identity cascade")
        for table in TABLES:
            _let_be_empty(table)
        for statement in (
            USERS_SQL,
            GUILDS_SQL,
            CHANNELS_SQL,
            MEMBERS_SQL,
            GAMES_SQL,
            SIGNUPS_SQL,
            CHANGES_SQL,
        ):
            cursor.execute(statement)
        for table in ("guilds_user", "games_game"):
            cursor.execute(
                f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}"
            )
        cursor.execute("analyze")


def _let_be_empty(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_name = %s and is_nullable = 'NO' and column_default is null"
            " and is_identity = 'NO'",
            [table],
        )
        for column, kind in cursor.fetchall():
            cursor.execute(f'alter table {table} alter "{column}" set default {EMPTY[kind]}')
