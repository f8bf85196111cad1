"""Calls in threads of their own, from tests of what runs on an event loop."""

import asyncio
from collections.abc import Callable

from django.db import connection


async def in_thread[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As `asyncio.to_thread`, but the pool gets its connection back: a thread that ends with one
    keeps it for ever."""

    def call() -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(call)
