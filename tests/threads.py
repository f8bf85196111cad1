"""Blocking calls in threads, for tests that run on an event loop."""

import asyncio
from collections.abc import Callable

from django.db import connection


async def in_thread[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Like `asyncio.to_thread`, but returns the thread's database connection to the pool.

    A thread that ends without doing so would keep the connection for ever.
    """

    def call() -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(call)
