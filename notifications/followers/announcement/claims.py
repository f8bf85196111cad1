"""The SQL by which announcements are claimed for rendering: leases, fences and the pace of
channels.

A claim of an edit takes two things, always in this order: the announcement's row, with its lease,
and one of the channel's edits. So a claim that comes too late for the row takes no edit. All times
are the database's. `statement_timestamp()` is used instead of `now()`, which stands still within a
transaction.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.followers.announcement import pace
from postgres.rows import Rows, rows_of

# Longer than a request to Discord may take, and no longer: what a dead worker held waits for it.
RENDER_LEASE = "12 s"
CLICK_LEASE = "5 s"
# A click's own answer shows the new state at once; the worker steps in when it does not.
GRACE_SECONDS = 0.15
SETTLE = "15 s"
LOOKED_AT = 5000
# A server with so many in work comes after all others, and none has more than the second number.
FAIR, OF_A_SERVER = 5, 20

_IS_FREE = "(a.lease_until is null or a.lease_until <= statement_timestamp())"

_TAKE = """
    update notifications_announcement a set
        fence = a.fence + 1,
        is_in_flight = true,
        claimed_at = statement_timestamp(),
        first_attempt_at = coalesce(a.first_attempt_at, statement_timestamp()),
        attempts = least(a.attempts + 1, 30000),
        lease_until = statement_timestamp() + %(lease)s::interval,
        render_at = statement_timestamp() + %(lease)s::interval"""
_TAKE_EDIT = f"""{_TAKE},
        rush = ripe.rush, next_edit_at = statement_timestamp() + {pace.STANDS}
from ripe join edit using (channel_id)
where a.id = ripe.id"""

_RETURNING = """returning a.id, a.game_id, a.channel_id, a.message_id, a.fence, a.post_number,
        a.attempts, a.claimed_at, a.first_attempt_at, ripe.in_flight, ripe.tried_at"""

_GUILD = "(select g.guild_id from games_game g where g.id = a.game_id)"

# Edits of games that began or were called off before others, and the longest waiting first; of a
# channel as many as it takes, and each server's first before any server's second. A game in the
# middle of a storm of sign-ups has its row locked nearly always: waiting for it, and not skipping
# it, lets it be rendered. Rows are locked in the order of their games, as those are that begin at
# one moment and are marked in one transaction: in another order both would wait for each other.
# Channels that take no edit yet are left out at once: their hundreds would
# hide others.
CLAIM_EDITS = f"""
with candidates as (
    select a.id, a.channel_id, a.render_at, {pace.IS_OLD} as is_old,
        {pace.LEFT} as left_of_all, {pace.OLD_LEFT} as left_of_old,
        {_GUILD} as guild_id,
        (select g.status in ('in_progress', 'cancelled') from games_game g
            where g.id = a.game_id) as is_news
    from notifications_announcement a
    left join notifications_channelpace p on p.channel_id = a.channel_id
    where a.render_at <= statement_timestamp() and a.message_id is not null
        and a.lost_at is null and {_IS_FREE} and {pace.HAS_ROOM}
    order by a.render_at limit {LOOKED_AT}
), of_an_age as (
    select *, row_number() over (
        partition by channel_id, is_old order by is_news desc, render_at) as place_of_age
    from candidates where is_news or not %(news_only)s
), of_a_channel as (
    select *, row_number() over (
        partition by channel_id order by is_news desc, render_at) as place
    from of_an_age where not is_old or place_of_age <= left_of_old
), placed as (
    select *, row_number() over (partition by guild_id order by is_news desc, render_at) as turn
    from of_a_channel where place <= left_of_all
), next as (
    select * from placed order by turn > {FAIR}, is_news desc, render_at limit %(limit)s
), ripe as materialized (
    select a.id, a.channel_id, a.is_in_flight as in_flight, a.claimed_at as tried_at,
        {pace.IS_OLD} as is_old, {pace.RUSH} as rush
    from notifications_announcement a
    where a.id = any(array(select id from next)) and a.render_at <= statement_timestamp()
        and a.message_id is not null and a.lost_at is null and {_IS_FREE}
    order by a.game_id for no key update
), edit as ({pace.TAKE})
{_TAKE_EDIT}
{_RETURNING}"""

# A first post is no edit and waits for no channel's pace; Discord's own limit holds it. A server
# with `FAIR` of them in work comes after all others.
_IS_POST = f"""a.render_at <= statement_timestamp() and a.message_id is null
        and a.lost_at is null and {_IS_FREE}"""
CLAIM_POSTS = f"""
with busy as (
    select {_GUILD} as guild_id, count(*) as n from notifications_announcement a
    where a.render_at > statement_timestamp()
        and a.render_at <= statement_timestamp() + interval '{RENDER_LEASE}'
        and a.is_in_flight and a.message_id is null group by 1
), candidates as (
    select a.id, a.render_at, {_GUILD} as guild_id from notifications_announcement a
    where {_IS_POST} order by a.render_at limit {LOOKED_AT}
), shared as (
    select candidates.*, coalesce(busy.n, 0) + row_number() over (
        partition by candidates.guild_id order by render_at) as share
    from candidates left join busy on busy.guild_id = candidates.guild_id
), next as (
    select * from shared where share <= {OF_A_SERVER}
    order by share > {FAIR}, render_at limit %(limit)s + {OF_A_SERVER}
), ripe as (
    select a.id, a.is_in_flight as in_flight, a.claimed_at as tried_at
    from next join notifications_announcement a on a.id = next.id
    where a.id = any(array(select id from next)) and a.message_id is null
        and a.lost_at is null and {_IS_FREE}
    order by next.share > {FAIR}, next.render_at limit %(limit)s
    for no key update of a skip locked
)
{_TAKE}
from ripe where a.id = ripe.id
{_RETURNING}"""

_MAY_CARRY = f"""not a.is_in_flight and {_IS_FREE}
        and a.next_edit_at <= statement_timestamp()"""

# In a storm most clicks come too early: looking first spares them a write. A row that is locked is
# being claimed, or marked by a later click, which may carry it instead.
CLAIM_FOR_CLICK = f"""
with ripe as materialized (
    select a.id, a.channel_id, a.is_in_flight as in_flight, a.claimed_at as tried_at,
        {pace.IS_OLD} as is_old, {pace.RUSH} as rush
    from notifications_announcement a
    left join notifications_channelpace p on p.channel_id = a.channel_id
    where a.game_id = %(game_id)s and a.message_id is not null and a.lost_at is null
        and (%(message_id)s::bigint is null or a.message_id = %(message_id)s)
        and {_MAY_CARRY} and {pace.HAS_ROOM}
    for no key update of a skip locked
), edit as ({pace.TAKE})
{_TAKE_EDIT}
{_RETURNING}"""

_CHANNELS_TURN = f"""(select {pace.TURN} from notifications_channelpace p
            where p.channel_id = a.channel_id and a.message_id is not null)"""
_AFTER_GRACE = f"statement_timestamp() + interval '{GRACE_SECONDS} s'"

# Due when channel and post take an edit, and for a click that may get the lease `GRACE_SECONDS`
# later at the earliest. Returns in how many seconds the worker may show it, null if it may not, and
# whether the click is to try. Every click runs this, so it asks for the channel once, and twice
# only where the worker is late.
MARK_DIRTY = f"""
update notifications_announcement a set wanted_revision = %(revision)s,
    render_at = case when lost_at is null then least(render_at, greatest(next_edit_at,
        {_CHANNELS_TURN}, case when %(by_click)s and {_MAY_CARRY}
            then {_AFTER_GRACE} else statement_timestamp() end)) end
where game_id = %(game_id)s
returning extract(epoch from render_at - statement_timestamp())::float8,
    coalesce(%(by_click)s and {_MAY_CARRY} and message_id is not null and case
        when render_at <= statement_timestamp()
            then coalesce({_CHANNELS_TURN} <= statement_timestamp(), true)
        else render_at = {_AFTER_GRACE} end, false)"""

# `recheck_at`: an edit of a holder that lost its lease may land after ours, so one more
# rendering follows. A recheck that was due when we claimed is done; a later one stays.
_POSTED = "greatest(a.posted_revision, %(revision)s)"
_RECHECK_AT = f"""case when %(took_over)s then statement_timestamp() + interval '{SETTLE}'
    when a.recheck_at <= a.claimed_at then null
    else a.recheck_at end"""
MARK = f"""
update notifications_announcement a set
    posted_revision = {_POSTED},
    recheck_at = {_RECHECK_AT},
    render_at = case when a.wanted_revision > {_POSTED}
            then greatest(a.next_edit_at, statement_timestamp())
        else {_RECHECK_AT} end,
    lease_until = null, is_in_flight = false, attempts = 0, first_attempt_at = null,
    last_error = '', error_code = null,
    look_at = coalesce(a.look_at, statement_timestamp() + interval '60 s'),
    message_id = coalesce(%(message_id)s::bigint, a.message_id),
    posted_at = coalesce(%(posted_at)s::timestamptz, a.posted_at),
    delete_at = case when %(message_id)s::bigint is not null and a.former_message_id is not null
        then statement_timestamp() else a.delete_at end
where a.id = %(id)s and a.fence = %(fence)s
returning extract(epoch from a.render_at - statement_timestamp())::float8"""

# The present holder of the lease may show less than we just sent, or be overwritten by it.
RECHECK = """
update notifications_announcement set recheck_at = statement_timestamp(),
    render_at = least(coalesce(render_at, 'infinity'), statement_timestamp())
where id = %(id)s"""

# In how many seconds the first edit may be claimed that only waits for its channel or until its
# post has stood for long enough. Beat's ticks find what is due later.
NEXT_TURN = f"""
select extract(epoch from min(turn) - statement_timestamp())::float8 from (
    select greatest(a.render_at, {pace.TURN}) as turn from notifications_announcement a
    left join notifications_channelpace p on p.channel_id = a.channel_id
    where a.render_at <= statement_timestamp() + interval '1.5 s'
        and a.message_id is not null and a.lost_at is null and {_IS_FREE}
) waiting where turn > statement_timestamp()"""


@dataclass(frozen=True)
class Claim:
    """The right to render one announcement until its lease ends. `took_over`: an earlier
    holder's edit may still be on its way; it was claimed for that at `tried_at`."""

    id: int
    game_id: int
    channel_id: int
    message_id: int | None
    fence: int
    post_number: int
    attempts: int
    claimed_at: datetime
    first_attempt_at: datetime
    took_over: bool
    tried_at: datetime | None


def claim(sql: str, **parameters: Any) -> list[Claim]:
    return [Claim(*row) for row in rows(sql, **parameters)]


def seconds_to_next_turn() -> float | None:
    """Seconds until the next edit may be claimed; None if none is waiting for that alone."""
    ((seconds,),) = rows(NEXT_TURN)
    return None if seconds is None else float(seconds)


def rows(sql: str, **parameters: Any) -> Rows:
    """Execute the statement and return its rows."""
    return rows_of((sql, parameters))[0]


def run(sql: str, **parameters: Any) -> int:
    """Execute the statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
