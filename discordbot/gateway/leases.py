"""Leases of shards, in SQL: they are taken, kept and given back.

A shard has one owner, until its lease runs out by the database's clock or is given back.
Shards of another count overlap with ours when they share servers: shard s of N and shard t of
M do where s and t are the same modulo gcd(N, M). `statement_timestamp()` is used instead of
`now()`, which stands still within a transaction.
"""

# ruff: noqa: S608 -- the pieces put together are this file's own constants

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from discordbot.gateway.owner import is_dead
from postgres.rows import all_rows, first_row

LEASE_SECONDS = 25
WANTED_SECONDS = 60
# A shard may be without an owner for so long before somebody needs to look into it.
HAND_OVER_SECONDS = 30
_CLAIMS_ONE_BY_ONE = 7_340_021  # any number that nothing else locks

_LEASE = f"statement_timestamp() + interval '{LEASE_SECONDS} s'"

_ADD = """
    insert into discordbot_shardlease
        (shard_count, shard_id, owner, session_id, sequence, resume_url)
    select %(count)s, one, '', '', 0, '' from unnest(%(ids)s::int[]) one
    on conflict do nothing"""
_FORGET = """
    delete from discordbot_shardlease
    where shard_count <> %(count)s and coalesce(lease_until, '-infinity') <= statement_timestamp()
        and coalesce(claimed_at, '-infinity') < statement_timestamp() - interval '1 h'"""
_OWNERS = "select distinct owner from discordbot_shardlease where owner <> ''"
_TAKE = f"""
    with free as (
        select lease.id from discordbot_shardlease lease
        where lease.shard_count = %(count)s and lease.shard_id = any(%(ids)s)
            and (lease.lease_until is null or lease.owner = %(owner)s
                or lease.owner = any(%(dead)s)
                or (%(may_expire)s and lease.lease_until <= statement_timestamp()))
            and not exists (
                select from discordbot_shardlease other
                where other.shard_count <> lease.shard_count
                    and other.lease_until > statement_timestamp()
                    and not other.owner = any(%(dead)s)
                    and (other.shard_id - lease.shard_id)
                        %% gcd(other.shard_count, lease.shard_count) = 0)
        order by lease.shard_id limit %(limit)s for update)
    update discordbot_shardlease lease set
        owner = %(owner)s, claimed_at = statement_timestamp(), wanted_until = null,
        lease_until = {_LEASE}
    from free where free.id = lease.id
    returning lease.shard_id, lease.session_id, lease.sequence, lease.resume_url"""
_WANT = f"""
    update discordbot_shardlease
    set wanted_until = statement_timestamp() + interval '{WANTED_SECONDS} s'
    where shard_count = %(count)s and shard_id = any(%(ids)s) and owner <> %(owner)s
        and coalesce(wanted_until, '-infinity')
            < statement_timestamp() + interval '{WANTED_SECONDS // 2} s'"""
_KEEP = f"""
    update discordbot_shardlease lease set
        lease_until = {_LEASE},
        session_id = coalesce(stands.session_id, lease.session_id),
        sequence = coalesce(stands.sequence, lease.sequence),
        resume_url = coalesce(stands.resume_url, lease.resume_url)
    from unnest(%(ids)s::int[], %(sessions)s::text[], %(sequences)s::bigint[], %(urls)s::text[])
        as stands (shard_id, session_id, sequence, resume_url)
    where lease.owner = %(owner)s and lease.shard_count = %(count)s
        and lease.shard_id = stands.shard_id
    returning lease.shard_id, coalesce(lease.wanted_until > statement_timestamp(), false)"""
_GIVE_BACK = """
    update discordbot_shardlease lease set
        owner = '', lease_until = null, claimed_at = statement_timestamp(),
        session_id = coalesce(stands.session_id, ''),
        sequence = coalesce(stands.sequence, 0), resume_url = coalesce(stands.resume_url, '')
    from unnest(%(ids)s::int[], %(sessions)s::text[], %(sequences)s::bigint[], %(urls)s::text[])
        as stands (shard_id, session_id, sequence, resume_url)
    where lease.owner = %(owner)s and lease.shard_count = %(count)s
        and lease.shard_id = stands.shard_id"""
_COUNT_IN_USE = """
    select shard_count from discordbot_shardlease where lease_until > statement_timestamp()
    group by shard_count order by count(*) desc, shard_count desc limit 1"""
_HOLDERS = f"""
    select shard_id, case when lease_until > statement_timestamp() then owner else '' end,
        coalesce(lease_until, claimed_at, '-infinity')
            < statement_timestamp() - interval '{HAND_OVER_SECONDS} s'
    from discordbot_shardlease
    where shard_count = (
        select shard_count from discordbot_shardlease
        group by shard_count
        order by bool_or(coalesce(lease_until > statement_timestamp(), false)) desc,
            max(coalesce(claimed_at, '-infinity')) desc limit 1)
    order by shard_id"""


@dataclass(frozen=True)
class Session:
    """A gateway session as it stands: enough for any process to resume it."""

    id: str
    sequence: int
    resume_url: str


@dataclass(frozen=True)
class Holder:
    """The owner of a shard, '' for nobody; `is_left` when nobody took it for too long."""

    shard_id: int
    owner: str
    is_left: bool


NO_SESSION = Session("", 0, "")


@transaction.atomic
def claim_shards(
    *, owner: str, count: int, ids: Sequence[int], limit: int | None, may_expire: bool
) -> dict[int, Session | None]:
    """Take up to `limit` free shards of `ids`, and mark the rest as wanted.

    A shard is free when it was given back, is ours already, belonged to a process that died on
    this machine or, if `may_expire`, was not renewed in time.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_CLAIMS_ONE_BY_ONE])
        values: dict[str, Any] = {"owner": owner, "count": count, "ids": list(ids)}
        cursor.execute(_ADD, values)
        cursor.execute(_FORGET, values)
        cursor.execute(_OWNERS)
        dead = [name for (name,) in cursor.fetchall() if is_dead(name)]
        cursor.execute(_TAKE, values | {"dead": dead, "limit": limit, "may_expire": may_expire})
        claimed = {shard_id: _session(*rest) for shard_id, *rest in cursor.fetchall()}
        cursor.execute(_WANT, values)
    return claimed


def renew_shards(
    *, owner: str, count: int, sessions: Mapping[int, Session | None]
) -> dict[int, bool]:
    """Keep the shards of `sessions` for another lease. Those missing in the result are lost.

    The result says of each whether another process would take it. For a session of None, which
    is not known well enough, the one written down before stays.
    """
    return dict(all_rows(_KEEP, _values(owner, count, sessions)))


def release_shards(*, owner: str, count: int, sessions: Mapping[int, Session | None]) -> None:
    """Give shards back, with the sessions to resume where there are any."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, _values(owner, count, sessions))


def forget_sessions() -> int:
    """Forget all sessions after a backup was loaded. Returns how many there were.

    Resumed from the backup, Discord would tell again what was pressed since, and it would be
    done twice.
    """
    with connection.cursor() as cursor:
        cursor.execute("delete from discordbot_shardlease")
        return int(cursor.rowcount)


def find_shard_count() -> int | None:
    """The shard count of the leases that are held now."""
    row = first_row(_COUNT_IN_USE, None)
    return int(row[0]) if row else None


def list_holders() -> list[Holder]:
    """The shards of the count in use, or else of the one used last, in order."""
    return [Holder(*row) for row in all_rows(_HOLDERS, None)]


def _session(session_id: str, sequence: int, resume_url: str) -> Session | None:
    return Session(session_id, sequence, resume_url) if session_id else None


def _values(owner: str, count: int, sessions: Mapping[int, Session | None]) -> dict[str, Any]:
    stands = list(sessions.values())
    return {
        "owner": owner,
        "count": count,
        "ids": list(sessions),
        "sessions": [one and one.id for one in stands],
        "sequences": [one and one.sequence for one in stands],
        "urls": [one and one.resume_url for one in stands],
    }
