"""Events for open pages. Sending one never delays the change it reports.

One background loop in each process sends them. While Redis is away they are dropped: pages fetch
the newest state when their socket reconnects.
"""

import asyncio
import hashlib
import threading
import time
from collections.abc import Collection
from concurrent.futures import Future
from functools import cache, partial
from typing import Any

import structlog
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)

SEND_SECONDS = 2
PAUSE_SECONDS = 5
MOST_UNDER_WAY = 500

_lock = threading.Lock()
_under_way = 0
_paused_until = 0.0


def guild_group(guild_id: int) -> str:
    return f"guild.{guild_id}"


def session_group(session_key: str) -> str:
    """Name the group by a hash: it passes through Redis, which must not see the session's key."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


def user_group(user_id: int) -> str:
    """Name the group of all of a person's sockets, in any session."""
    return f"user.{user_id}"


def push_change(
    guild_id: int,
    game_id: int,
    revision: int,
    *,
    channel_ids: Collection[int] = (),
) -> None:
    """Tell the guild's open pages; the event carries numbers only, pages fetch the rest.

    `channel_ids` are the channels whose readers may know of the game. They let most sockets decide
    without a query; those who see none of them are looked up.
    """
    event = {
        "type": "game.changed",
        "game_id": game_id,
        "revision": revision,
        "channel_ids": list(channel_ids),
    }
    push(guild_group(guild_id), event)


def push(group: str, event: dict[str, Any]) -> None:
    """Send `event` to the group in the background, or drop it under load or without Redis.

    Returns at once and raises nothing.
    """
    global _under_way  # noqa: PLW0603
    layer = get_channel_layer()
    with _lock:
        if layer is None or time.monotonic() < _paused_until or _under_way >= MOST_UNDER_WAY:
            return
        _under_way += 1
    sending = asyncio.wait_for(layer.group_send(group, event), SEND_SECONDS)
    future = asyncio.run_coroutine_threadsafe(sending, _loop())
    future.add_done_callback(partial(_note_end, group))


def _note_end(group: str, future: Future[Any]) -> None:
    global _under_way, _paused_until  # noqa: PLW0603
    error = future.exception()
    with _lock:
        _under_way -= 1
        is_news = time.monotonic() >= _paused_until
        if error is not None:
            _paused_until = time.monotonic() + PAUSE_SECONDS
    if error is not None and is_news:
        log.warning("live_push_failed", group=group, error=repr(error))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="live-push", daemon=True).start()
    return loop
