"""Events for open pages. Sending one never delays the change it reports.

One background loop in each process sends them, those of a moment in one round trip. While Redis is
away they are dropped: pages fetch the newest state when their socket reconnects.
"""

import asyncio
import hashlib
import threading
import time
from collections.abc import Collection
from functools import cache
from typing import Any

import structlog
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)

SEND_SECONDS = 2
PAUSE_SECONDS = 5
MOST_WAITING = 500
# A storm of clicks would wake the loop, and Redis, for each of them.
GATHER_SECONDS = 0.05

_lock = threading.Lock()
_waiting: list[tuple[str, dict[str, Any]]] = []  # groups and their events
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
    with _lock:
        if time.monotonic() < _paused_until or len(_waiting) >= MOST_WAITING:
            return
        _waiting.append((group, event))
        is_first = len(_waiting) == 1
    if is_first:
        asyncio.run_coroutine_threadsafe(_send_waiting(), _loop())


async def _send_waiting() -> None:
    global _paused_until  # noqa: PLW0603
    await asyncio.sleep(GATHER_SECONDS)
    with _lock:
        events = list(_waiting)
        _waiting.clear()
    layer: Any = get_channel_layer()
    try:
        await asyncio.wait_for(layer.group_send_all(events), SEND_SECONDS)
    except Exception as error:  # noqa: BLE001 -- whatever it is, pages fetch what they missed
        with _lock:
            is_news = time.monotonic() >= _paused_until
            _paused_until = time.monotonic() + PAUSE_SECONDS
        if is_news:
            log.warning("live_push_failed", events=len(events), error=repr(error))


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="live-push", daemon=True).start()
    return loop
