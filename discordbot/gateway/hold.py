"""The time for which this process may be sure that its shards are its own."""

import asyncio
import time

from discordbot.gateway.leases import LEASE_SECONDS

# Our clock and the database's, the way there, and the time it takes to stop listening.
MARGIN_SECONDS = 3.0
RENEW_SECONDS = 5.0
EXTENSION_SECONDS = 5.0


class Hold:
    """One deadline for all shards of the process, since they are renewed together.

    While the database is away nobody can take a shard. So shards that nobody was waiting for stay
    connected beyond their lease, to tell people honestly what is the matter. A process that comes
    later waits long enough for us to renew first (`shards.PATIENCE_SECONDS`).
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._renewed_at = 0.0
        self._is_wanted = False
        self._changed = asyncio.Event()

    def is_certain(self) -> bool:
        return time.monotonic() < self._until

    def is_due(self) -> bool:
        """True when it is time to renew."""
        return time.monotonic() >= self._renewed_at + RENEW_SECONDS

    def renew(self, asked_at: float, *, is_wanted: bool) -> None:
        """Note that the database confirmed the leases, as asked at that monotonic time."""
        self._renewed_at, self._is_wanted = asked_at, is_wanted
        self._until = asked_at + LEASE_SECONDS - MARGIN_SECONDS
        self._changed.set()

    def extend(self) -> None:
        """Note that the database could not be asked just now."""
        if self._until and not self._is_wanted:
            self._until = max(self._until, time.monotonic() + EXTENSION_SECONDS)
            self._changed.set()

    async def wait(self) -> None:
        """Wait until the shards are surely ours."""
        while not self.is_certain():
            self._changed.clear()
            await self._changed.wait()
