"""The only bridge from the event loop to the database: a few threads, each with a connection.

Only ids, plain values and frozen snapshots cross it, in either direction.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import DatabaseError, OperationalError, close_old_connections
from django.utils import translation

from postgres.outage import is_away, note_outage

THREADS = 8
# Serialisation failure, deadlock, lock time-out, server going down: gone by the next try.
_PASSING = frozenset({"40001", "40P01", "55P03", "57P01"})

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
# Renewing the leases of shards must not queue behind a storm of clicks.
_apart = ThreadPoolExecutor(1, thread_name_prefix="database-apart")


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


async def _in_thread[R](threads: ThreadPoolExecutor, function: Callable[[], R]) -> R:
    context = contextvars.copy_context()
    # Django's language does not follow a context into another thread.
    call = partial(context.run, _run_in, translation.get_language(), function)
    return await asyncio.get_running_loop().run_in_executor(threads, call)


def _run_in[R](language: str, function: Callable[[], R]) -> R:
    with translation.override(language):
        return _run(function)


def _run[R](function: Callable[[], R]) -> R:
    if is_away():
        raise OperationalError("the database was not reachable a moment ago")
    close_old_connections()
    try:
        try:
            return function()
        except DatabaseError as error:
            note_outage(error)
            if getattr(error.__cause__, "sqlstate", None) not in _PASSING:
                raise
        close_old_connections()
        return function()
    finally:
        close_old_connections()
