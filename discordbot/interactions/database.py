"""The only bridge from the event loop to the database: a few threads, each with a connection.

Only ids, plain values and frozen snapshots cross it, in either direction.
"""

import contextvars
import select
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils import translation

from discordbot.interactions.threads import Threads
from postgres.outage import is_away, note_outage

# A thread keeps its connection, so there must be one for each, and for the thread apart.
THREADS = max(1, min(8, settings.DATABASE_POOL_SIZE - 1))
KEPT_SECONDS = 1.0
# Serialisation failure, deadlock, lock time-out, server going down: gone by the next try.
_PASSING = frozenset({"40001", "40P01", "55P03", "57P01"})


def _give_back() -> None:
    connection.close()


_threads = Threads("database", THREADS, rest_after=KEPT_SECONDS, rest=_give_back)
# Renewing the leases of shards must not queue behind a storm of clicks.
_apart = Threads("database-apart", 1, rest_after=KEPT_SECONDS, rest=_give_back)


async def in_database[**P, R](function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `function` in a thread, in the caller's language and log context.

    Raises whatever it raises; `OUTAGES` mean that the database cannot be reached.
    """
    return await _in_thread(_threads, partial(function, *args, **kwargs))


async def in_database_apart[**P, R](
    function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Like `in_database`, in a thread that clicks never occupy."""
    return await _in_thread(_apart, partial(function, *args, **kwargs))


async def _in_thread[R](threads: Threads, function: Callable[[], R]) -> R:
    context = contextvars.copy_context()
    # Django's language does not follow a context into another thread.
    call = partial(context.run, _run_in, translation.get_language(), function)
    return await threads.run(call)


def _run_in[R](language: str, function: Callable[[], R]) -> R:
    with translation.override(language):
        return _run(function)


def _run[R](function: Callable[[], R]) -> R:
    if is_away():
        raise OperationalError("the database was not reachable a moment ago")
    try:
        _replace_if_cut()
        return _run_twice_if_passing(function)
    except DatabaseError as error:
        note_outage(error)
        raise
    finally:
        _drop_if_spoilt()


def _replace_if_cut() -> None:
    """Give a kept connection back that has ended since the last call, so that a new one is used.

    Asked before the call: one that loses its connection may have been committed, and must not run
    again.
    """
    if connection.connection is not None and _is_cut():
        connection.connection.close()  # the pool would take it for a good one
        connection.close()


def _is_cut() -> bool:
    """Whether the connection is closed, or the server says something unasked: its last words, as a
    rule. Costs no round trip."""
    if connection.connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _run_twice_if_passing[R](function: Callable[[], R]) -> R:
    try:
        return function()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _PASSING:
            raise
    connection.close()
    return function()


def _drop_if_spoilt() -> None:
    """Keep the connection for the next call, unless an error or an open transaction is on it."""
    if connection.connection is not None and (
        connection.errors_occurred or not connection.get_autocommit()
    ):
        connection.close()
