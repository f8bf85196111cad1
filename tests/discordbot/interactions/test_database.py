"""The bridge to the database keeps its connections while there is work, and survives their loss."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from django.db import InterfaceError, OperationalError, connection

from discordbot.interactions import database
from discordbot.interactions.database import in_database
from discordbot.interactions.threads import Threads
from postgres.rows import first_row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have one thread, so that each call follows the other on it, and a short rest."""
    threads = Threads("one", 1, rest_after=0.3, rest=database._give_back)
    monkeypatch.setattr(database, "_threads", threads)
    yield
    asyncio.run(threads.run(database._give_back))


def backend() -> int:
    row = first_row("select pg_backend_pid()", [])
    assert row is not None
    return int(row[0])


def has_connection() -> bool:
    return connection.connection is not None


def is_at_hand() -> bool:
    """Say whether the thread has a connection before this call asks for one; then use it."""
    found = has_connection()
    backend()
    return found


async def test_a_connection_is_kept_for_the_next_call_and_given_back_in_a_rest() -> None:
    assert [await in_database(is_at_hand) for _ in range(3)] == [False, True, True]

    await asyncio.sleep(1)

    assert not await in_database(has_connection)


def cut_by_server() -> None:
    first_row("select pg_terminate_backend(%s, 5000)", [backend()])


def cut_on_the_way() -> None:
    backend()
    connection.connection.pgconn.finish()


@pytest.mark.parametrize("cut", [cut_by_server, cut_on_the_way])
async def test_a_kept_connection_that_ended_meanwhile_is_replaced(cut: Callable[[], None]) -> None:
    before = await in_database(backend)
    await asyncio.gather(in_database(cut), return_exceptions=True)

    assert await in_database(backend) != before


async def test_a_call_that_loses_its_connection_is_not_run_again() -> None:
    """What it did may have been committed."""
    ran = []

    def work() -> None:
        ran.append(1)
        cut_on_the_way()
        backend()

    await in_database(backend)
    with pytest.raises((OperationalError, InterfaceError)):
        await in_database(work)
    assert ran == [1]


async def test_an_error_of_the_call_itself_is_raised_and_tried_once() -> None:
    tried = []

    def fail() -> None:
        tried.append(1)
        first_row("select 1 from nowhere", [])

    await in_database(backend)
    with pytest.raises(Exception, match="nowhere"):
        await in_database(fail)
    assert tried == [1]


async def test_a_connection_is_not_kept_in_an_open_transaction() -> None:
    def begin() -> None:
        connection.set_autocommit(False)
        backend()

    await in_database(begin)

    assert not await in_database(has_connection)


async def test_an_outage_is_told_to_whoever_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "is_away", lambda: True)
    with pytest.raises(OperationalError):
        await in_database(backend)


async def test_the_thread_that_was_busy_last_takes_the_next_call() -> None:
    threads = Threads("some", 3, rest_after=9, rest=lambda: None)
    names = await asyncio.gather(*(threads.run(slow_name) for _ in range(5)))

    assert len(set(names)) == 3
    assert len({await threads.run(name) for _ in range(5)}) == 1


def name() -> str:
    return threading.current_thread().name


def slow_name() -> str:
    time.sleep(0.1)
    return name()
