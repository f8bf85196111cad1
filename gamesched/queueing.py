"""Requests beyond what the database's pool can serve wait their turn, instead of failing in it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Queue:
    """At most `most` requests of `application` run at a time; the others wait, first come first.

    Every request runs in a thread of its own and holds a connection. Fifty at once would want
    fifty of a pool of sixteen, and those that wait longer than the pool's two seconds would fail.
    """

    def __init__(self, application: Application, *, most: int) -> None:
        self._application = application
        self._turns = asyncio.Semaphore(most)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self._turns:
            await self._application(scope, receive, send)
