"""Queues requests beyond what the database's connection pool can serve.

Works around Django (6.0): under ASGI every request gets a thread of its own, without a limit to
their number, so that fifty at once want fifty connections from a pool of sixteen. Django left the
limit out when it made the threads: https://code.djangoproject.com/ticket/32889
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]


class RequestQueue:
    """Runs at most `most` requests of `application` at a time; others wait in order of arrival.

    Without it, requests that wait for a connection beyond the pool's two seconds would fail.
    """

    def __init__(self, application: Application, *, most: int) -> None:
        self._application = application
        self._turns = asyncio.Semaphore(most)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async with self._turns:
            await self._application(scope, receive, send)


class Lanes:
    """Sends requests to the application of their address; others to `rest`.

    `paths` are whole: what must answer while everything else waits. What takes long has slots of
    its own, by how its path ends: `endings`.
    """

    def __init__(
        self,
        *,
        paths: Mapping[str, Application],
        endings: Mapping[str, Application],
        rest: Application,
    ) -> None:
        self._paths = paths
        self._endings = endings
        self._rest = rest

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._find(scope["path"])(scope, receive, send)

    def _find(self, path: str) -> Application:
        if path in self._paths:
            return self._paths[path]
        endings = (lane for ending, lane in self._endings.items() if path.endswith(ending))
        return next(endings, self._rest)
