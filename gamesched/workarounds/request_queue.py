"""Requests beyond what the database's pool can serve wait their turn instead of failing.

Works around Django (6.0): under ASGI every request gets a thread of its own and there is no limit
to their number, so fifty at once want fifty connections of a pool of sixteen. Django left the
limit out when it made the threads: https://code.djangoproject.com/ticket/32889
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


class RequestQueue:
    """At most `most` requests of `application` run at a time; the others wait, first come first.

    Without it, those that wait longer than the pool's two seconds for a connection would fail.
    """

    def __init__(self, application: Application, *, most: int) -> None:
        self._application = application
        self._turns = asyncio.Semaphore(most)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self._turns:
            await self._application(scope, receive, send)
