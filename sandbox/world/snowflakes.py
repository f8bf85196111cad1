"""Discord's ids: milliseconds since 2015 shifted by 22 bits, always rising."""

from __future__ import annotations

import time

DISCORD_EPOCH_MS = 1420070400000


class Snowflakes:
    """Hands out ids in order, unique within this process and above any id already seen."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """Make an id of this moment, greater than every earlier one."""
        now = (int(time.time() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = now if now > self._last else self._last + 1
        return self._last

    def seen(self, snowflake: int) -> None:
        """Never hand out an id at or below this one; ids from the far future are ignored."""
        horizon = (int(time.time() * 1000) - DISCORD_EPOCH_MS + 1000) << 22
        if self._last < snowflake < horizon:
            self._last = snowflake


def snowflake_time(snowflake: int) -> float:
    """Read the Unix seconds at which this id was made."""
    return ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000


def shard_of(guild_id: int, count: int) -> int:
    """Compute the shard to which Discord assigns this guild."""
    return (guild_id >> 22) % max(count, 1)
