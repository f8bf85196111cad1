"""Leases of shards in the database: each has one owner, whatever happens at once."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection

from discordbot.gateway.health import check_shards
from discordbot.gateway.leases import (
    NO_SESSION,
    Session,
    claim_shards,
    find_shard_count,
    list_holders,
    release_shards,
    renew_shards,
)
from discordbot.gateway.owner import is_dead, new_owner
from discordbot.gateway.turns import begin_turn, take_turn
from discordbot.models import ShardLease
from tests.duration import stretched

SESSION = Session("abc", 41, "wss://resume.example")
pytestmark = pytest.mark.django_db


def claim(
    owner: str,
    ids: Iterable[int],
    *,
    count: int = 4,
    limit: int | None = None,
    may_expire: bool = True,
) -> dict[int, Session | None]:
    return claim_shards(owner=owner, count=count, ids=list(ids), limit=limit, may_expire=may_expire)


def run_out(seconds: int = 1, **which: object) -> None:
    """Let the leases end so many seconds ago."""
    with connection.cursor() as cursor:
        names = [lease.id for lease in ShardLease.objects.filter(**which)]
        cursor.execute(
            "update discordbot_shardlease set lease_until ="
            " statement_timestamp() - interval '1 s' * %s where id = any(%s)",
            [seconds, names],
        )


def test_claims_share_what_is_free() -> None:
    assert sorted(claim("one", range(4), limit=3)) == [0, 1, 2]
    assert sorted(claim("two", range(4), limit=3)) == [3]
    assert claim("three", range(4)) == {}
    assert find_shard_count() == 4
    assert [one.owner for one in list_holders()] == ["one", "one", "one", "two"]


def test_given_back_is_taken_at_once_with_its_session() -> None:
    claim("one", range(2), count=2)
    release_shards(owner="one", count=2, sessions={0: SESSION, 1: None})
    assert claim("two", range(2), count=2, may_expire=False) == {0: SESSION, 1: None}


def test_run_out_is_taken_only_by_the_patient() -> None:
    claim("one", range(4))
    run_out(shard_id=2)
    assert claim("two", range(4), may_expire=False) == {}
    assert list(claim("two", range(4))) == [2]


def test_owner_renews_what_ran_out_until_another_took_it() -> None:
    claim("one", range(2))
    run_out()
    assert set(renew_shards(owner="one", count=4, sessions={0: None, 1: None})) == {0, 1}
    run_out(shard_id=1)
    claim("two", [1])
    assert set(renew_shards(owner="one", count=4, sessions={0: None, 1: None})) == {0}
    release_shards(owner="one", count=4, sessions={0: None, 1: SESSION})
    assert [one.owner for one in list_holders()][:2] == ["", "two"]
    assert ShardLease.objects.get(shard_id=1).session_id == ""


def test_renewing_tells_who_is_waited_for_and_keeps_sessions() -> None:
    claim("one", [0, 1])
    assert not any(renew_shards(owner="one", count=4, sessions={0: SESSION, 1: SESSION}).values())
    claim("two", [1])
    kept = renew_shards(owner="one", count=4, sessions={0: None, 1: NO_SESSION})
    assert kept == {0: False, 1: True}
    run_out()
    assert claim("two", [0, 1]) == {0: SESSION, 1: None}


@pytest.mark.parametrize(("shard", "is_free"), [(0, False), (1, True), (2, False), (3, True)])
def test_shards_of_another_count_wait_where_they_share_servers(shard: int, is_free: bool) -> None:
    claim("old", [0], count=2)
    assert bool(claim("new", [shard], count=4)) is is_free
    release_shards(owner="old", count=2, sessions={0: None})
    assert bool(claim("new", [shard], count=4)) or is_free


def test_counts_without_a_common_part_share_servers_everywhere() -> None:
    claim("old", [3], count=10)
    assert claim("new", range(11), count=11) == {}


def test_own_claim_whose_answer_was_lost_is_made_again() -> None:
    claim("one", [0])
    assert list(claim("one", [0], may_expire=False)) == [0]


def test_shards_of_a_process_that_died_here_are_free() -> None:
    code = (
        "import sys; sys.path.insert(0, '.');"
        " from discordbot.gateway.owner import new_owner; print(new_owner())"
    )
    owner = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    mine = new_owner()
    host, machine, pid, _random = owner.split(":")
    assert is_dead(owner)
    assert not is_dead(mine)
    assert is_dead(f"{host}:{machine}:{os.getpid()}:other")
    assert not is_dead(f"{host}:elsewhere:{pid}:0")
    assert not is_dead(f"{host}:{machine}:1:0")
    assert not any(is_dead(odd) for odd in ("", "x", "a:b:c", f"{host}:{machine}:x:0"))
    claim(owner, range(4))
    assert len(claim(mine, range(4), may_expire=False)) == 4


@pytest.mark.django_db(transaction=True)
def test_many_claims_at_once_give_each_shard_one_owner() -> None:
    def run(number: int) -> set[int]:
        try:
            return set(claim(f"bot{number}", range(16), count=16, limit=3))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        claimed = list(threads.map(run, range(8)))
    assert sorted(shard for shards in claimed for shard in shards) == list(range(16))
    assert all(len(shards) <= 3 for shards in claimed)


@pytest.mark.django_db(transaction=True)
def test_claims_of_two_counts_at_once_never_share_servers() -> None:
    def run(count: int) -> set[int]:
        try:
            return set(claim(f"bot{count}", range(count), count=count))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        six, four = threads.map(run, (6, 4))
    assert six or four
    assert not [(s, t) for s in six for t in four if (s - t) % 2 == 0]


@pytest.mark.django_db(transaction=True)
def test_one_turn_to_identify_at_a_time_for_each_key() -> None:
    def run(key: int) -> float:
        try:
            return take_turn(key)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(run, [0, 1] * 6))
    assert waits.count(0.0) == 2
    soonest = 5 - stretched(1)
    assert all(soonest < wait <= 5.25 for wait in waits if wait)


def test_the_next_turn_counts_from_when_the_session_was_started() -> None:
    assert take_turn(3) == 0.0
    time.sleep(0.5)
    before = take_turn(3)
    begin_turn(3)
    after = take_turn(3)
    assert before < 4.8
    assert after > 5 - stretched(0.2)


def test_health_names_shards_nobody_holds() -> None:
    assert check_shards() == []
    claim("one", range(4), limit=2)
    (check,) = check_shards()
    assert (check.is_well, check.says) == (False, "nobody holds 2, 3 of 4")
    claim("two", range(4))
    (check,) = check_shards()
    assert (check.is_well, check.says) == (True, "4 held by 2")
    run_out(shard_id=1)
    assert check_shards()[0].is_well, "that may be a hand-over"
    run_out(31, shard_id=1)
    assert not check_shards()[0].is_well
    release_shards(owner="two", count=4, sessions={2: None, 3: None})
    assert check_shards()[0].says == "nobody holds 1 of 4"


def test_health_looks_at_the_count_in_use() -> None:
    claim("old", [0, 1], count=2, limit=1)
    claim("new", [1, 3], count=4)
    release_shards(owner="old", count=2, sessions={0: None})
    claim("new", range(4), count=4)
    assert check_shards()[0].says == "4 held by 1"


def test_a_restored_backup_begins_sessions_anew() -> None:
    """Resuming the backup's sessions would replay every click made since."""
    claim("one", range(2), count=2)
    renew_shards(owner="one", count=2, sessions={0: SESSION, 1: SESSION})
    call_command("after_restore")
    assert claim("two", range(2), count=2) == {0: None, 1: None}
