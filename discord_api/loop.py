"""Discord's client for ordinary threads: each process has one event loop, in its own thread.

The loop starts when it is first used, never at import, so a fork before that is harmless. A process
forked later starts a loop of its own.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine, Iterable
from concurrent.futures import Future
from typing import Any

from django.conf import settings

from discord_api.budget import Budget
from discord_api.client import Client
from discord_api.shared_bucket import SharedBucket

_START_SECONDS = 5.0
_STOP_SECONDS = 2.0


class Loop:
    """A running event loop, its thread and its client."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.client = Client(
            base_url=settings.DISCORD_BASE_URL,
            token=settings.DISCORD_BOT_TOKEN,
            user_agent=settings.DISCORD_USER_AGENT,
            budget=Budget(SharedBucket(settings.REDIS_URL, settings.DISCORD_CLIENT_ID)),
        )
        is_running = threading.Event()
        self.loop.call_soon(is_running.set)
        self.thread = threading.Thread(target=self._run, name="discord-loop", daemon=True)
        self.thread.start()
        if not is_running.wait(_START_SECONDS):
            raise RuntimeError("the event loop for Discord does not start")

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()

    def submit[T](self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def stop(self) -> None:
        """Cancel what is in flight, close the connections and end the thread."""
        self.submit(self._close()).result(_STOP_SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(_STOP_SECONDS)

    async def _close(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.client.close()


_lock = threading.Lock()
_running: dict[int, Loop] = {}


def get_loop() -> Loop:
    """Return this process's loop, starting it if need be."""
    with _lock:
        loop = _running.get(os.getpid())
        if loop is None:
            _running.clear()  # after a fork the parent's loop does not run here
            loop = _running[os.getpid()] = Loop()
            atexit.register(stop)
        return loop


def client() -> Client:
    return get_loop().client


def submit[T](coroutine: Coroutine[Any, Any, T]) -> Future[T]:
    """Start the coroutine on the loop and return a future for its result."""
    return get_loop().submit(coroutine)


def call[T](coroutine: Coroutine[Any, Any, T], *, timeout: float) -> T:
    """Run the coroutine and return its result. Raises `TimeoutError` after cancelling it."""
    future = submit(coroutine)
    try:
        return future.result(timeout)
    except TimeoutError:
        future.cancel()
        raise


def gather[T](
    coroutines: Iterable[Coroutine[Any, Any, T]], *, timeout: float
) -> list[T | BaseException]:
    """Return all results in order, exceptions in place of failed ones. Raises `TimeoutError`."""

    async def together() -> list[T | BaseException]:
        return await asyncio.gather(*coroutines, return_exceptions=True)

    return call(together(), timeout=timeout)


def stop() -> None:
    """End this process's loop if it runs; the next use starts a new one."""
    with _lock:
        loop = _running.pop(os.getpid(), None)
    atexit.unregister(stop)
    if loop is not None:
        loop.stop()
