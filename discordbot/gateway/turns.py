"""Turns to start a session: one every five seconds for each key, over all processes.

https://discord.com/developers/docs/events/gateway#rate-limiting
"""

from django.db import connection

from postgres.rows import first_row

# Discord asks for five; the rest is for the way there.
SECONDS_BETWEEN = 5.25

_TAKE = f"""
    insert into discordbot_identifyturn as turn (key, next_at)
    values (%s, statement_timestamp() + interval '{SECONDS_BETWEEN} s')
    on conflict (key) do update set next_at = excluded.next_at
        where turn.next_at <= statement_timestamp()
    returning key"""  # noqa: S608 -- a constant
_BEGIN = f"""
    update discordbot_identifyturn
    set next_at = greatest(next_at, statement_timestamp() + interval '{SECONDS_BETWEEN} s')
    where key = %s"""  # noqa: S608 -- a constant
_WAIT = """
    select extract(epoch from next_at - statement_timestamp())::float8
    from discordbot_identifyturn where key = %s"""


def take_turn(key: int) -> float:
    """Returns 0 when the turn is ours, or for how many seconds nobody may start a session."""
    if first_row(_TAKE, [key]):
        return 0.0
    row = first_row(_WAIT, [key])
    return max(float(row[0]), 0.05) if row else 0.05


def begin_turn(key: int) -> None:
    """Start the session of that turn, from which the next one's time is counted."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [key])
