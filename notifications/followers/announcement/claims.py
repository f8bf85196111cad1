"""The SQL by which announcements are claimed for rendering: leases, fences and the pace of
channels.

A claim of an edit takes two things, always in this order: the channel's next edit (the upsert of
`ChannelPace` lets one caller through) and the announcement's lease. All times are the database's.
`statement_timestamp()` is used instead of `now()`, which stands still within a transaction.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

# Longer than a request to Discord may take, and no longer: what a dead worker held waits for it.
RENDER_LEASE = "12 s"
CLICK_LEASE = "5 s"
# At most 5 edits in any 5 s of a channel, 3 in 6 s when the message is older than an hour.
GAP = """case when a.posted_at < statement_timestamp() - interval '1 h'
    then interval '2 s' else interval '1250 ms' end"""
SETTLE = "15 s"
LOOKED_AT = 5000
# A server with so many in work comes after all others, and none has more than the second number.
FAIR, OF_A_SERVER = 5, 20

_IS_FREE = "(a.lease_until is null or a.lease_until <= statement_timestamp())"

_SLOT = """
    insert into notifications_channelpace as pace (channel_id, next_edit_at)
    select ripe.channel_id, statement_timestamp() + ripe.gap from ripe order by ripe.channel_id
    on conflict (channel_id) do update set next_edit_at = excluded.next_edit_at
        where pace.next_edit_at <= statement_timestamp()
    returning pace.channel_id"""

_TAKE = """
    update notifications_announcement a set
        fence = a.fence + 1,
        is_in_flight = true,
        claimed_at = statement_timestamp(),
        first_attempt_at = coalesce(a.first_attempt_at, statement_timestamp()),
        attempts = least(a.attempts + 1, 30000),
        lease_until = statement_timestamp() + %(lease)s::interval,
        render_at = statement_timestamp() + %(lease)s::interval"""

_RETURNING = """returning a.id, a.game_id, a.channel_id, a.message_id, a.fence, a.post_number,
        a.attempts, a.claimed_at, a.first_attempt_at, ripe.in_flight, ripe.tried_at"""

_GUILD = "(select g.guild_id from games_game g where g.id = a.game_id)"

# One edit a channel, of games that began or were called off before others, and the longest
# waiting first; each server's first before any server's second. A game in the middle of a storm
# of sign-ups has its row locked nearly always: waiting for it, and not skipping it, lets it be
# rendered. Channels that take no edit yet are left out at once: their hundreds would hide others.
CLAIM_EDITS = f"""
with candidates as (
    select a.id, a.channel_id, a.render_at, a.is_in_flight as in_flight,
        a.claimed_at as tried_at, {GAP} as gap,
        {_GUILD} as guild_id,
        (select g.status in ('in_progress', 'cancelled') from games_game g
            where g.id = a.game_id) as is_news
    from notifications_announcement a
    where a.render_at <= statement_timestamp() and a.message_id is not null
        and a.lost_at is null and {_IS_FREE}
        and coalesce((select p.next_edit_at from notifications_channelpace p
            where p.channel_id = a.channel_id), '-infinity') <= statement_timestamp()
    order by a.render_at limit {LOOKED_AT}
), free as (
    select distinct on (c.channel_id) c.* from candidates c
    where c.is_news or not %(news_only)s
    order by c.channel_id, c.is_news desc, c.render_at
), placed as (
    select *, row_number() over (partition by guild_id order by is_news desc, render_at) as turn
    from free
), ripe as (
    select * from placed order by turn > {FAIR}, is_news desc, render_at limit %(limit)s
), slot as ({_SLOT})
{_TAKE}
from ripe join slot using (channel_id)
where a.id = ripe.id and a.render_at <= statement_timestamp()
    and a.message_id is not null and {_IS_FREE}
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

# In a storm most clicks come too early for the channel: looking first spares them a write.
CLAIM_FOR_CLICK = f"""
with ripe as (
    select a.id, a.channel_id, a.is_in_flight as in_flight,
        a.claimed_at as tried_at, {GAP} as gap
    from notifications_announcement a
    where a.game_id = %(game_id)s and a.message_id is not null and a.lost_at is null
        and (%(message_id)s::bigint is null or a.message_id = %(message_id)s)
        and not a.is_in_flight and {_IS_FREE}
        and not exists (select from notifications_channelpace p
            where p.channel_id = a.channel_id and p.next_edit_at > statement_timestamp())
), slot as ({_SLOT})
{_TAKE}
from ripe join slot using (channel_id)
where a.id = ripe.id and not a.is_in_flight and {_IS_FREE}
{_RETURNING}"""

# A process's clock may be ahead of the database's, whose word counts.
MARK_DIRTY = """
update notifications_announcement set wanted_revision = %(revision)s,
    render_at = case when lost_at is null then least(render_at, %(render_at)s::timestamptz,
        statement_timestamp() + %(grace)s::interval) end
where game_id = %(game_id)s"""

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
    render_at = case when a.wanted_revision > {_POSTED} then statement_timestamp()
        else {_RECHECK_AT} end,
    lease_until = null, is_in_flight = false, attempts = 0, first_attempt_at = null,
    last_error = '', error_code = null,
    look_at = coalesce(a.look_at, statement_timestamp() + interval '60 s'),
    message_id = coalesce(%(message_id)s::bigint, a.message_id),
    posted_at = coalesce(%(posted_at)s::timestamptz, a.posted_at),
    delete_at = case when %(message_id)s::bigint is not null and a.former_message_id is not null
        then statement_timestamp() else a.delete_at end
where a.id = %(id)s and a.fence = %(fence)s"""

# The present holder of the lease may show less than we just sent, or be overwritten by it.
RECHECK = """
update notifications_announcement set recheck_at = statement_timestamp(),
    render_at = least(coalesce(render_at, 'infinity'), statement_timestamp())
where id = %(id)s"""

# When the first of the due edits that wait for nothing but their channel's pace may go, in seconds.
NEXT_TURN = f"""
select extract(epoch from min(p.next_edit_at) - statement_timestamp())::float8
from notifications_announcement a
join notifications_channelpace p on p.channel_id = a.channel_id
where a.render_at <= statement_timestamp() and a.message_id is not null and a.lost_at is null
    and {_IS_FREE} and p.next_edit_at > statement_timestamp()"""

PACE = """
update notifications_channelpace set
    next_edit_at = greatest(next_edit_at, statement_timestamp() + %(gap)s::interval)
where channel_id = %(channel_id)s"""


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
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Claim(*row) for row in cursor.fetchall()]


def seconds_to_next_turn() -> float | None:
    """Seconds until a channel takes an edit that is due already; None if none is waiting so."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_TURN)
        (seconds,) = cursor.fetchone()
        return None if seconds is None else max(float(seconds), 0.0)


def run(sql: str, **parameters: Any) -> int:
    """Execute the statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)
