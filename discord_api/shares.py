"""Each server's share of the budget: what it uses beyond, it uses after all others.

A server may have a third of the budget before it waits for anybody, and all of it while nobody
else wants any. Counted like the bucket itself (`discord_api.shared_bucket`), but never refused.
"""

import time

# The part of the budget that one server has before it waits for others, and how many requests
# at once.
PART = 3
BURST = 6
# Tokens that must remain in the bucket after a request beyond its server's share: more than any
# request of another server needs, but for upkeep.
OVER_RESERVE = 2.5
_FORGET_BEYOND = 1000


class OwnShares:
    """The servers' shares within one process, for use while Redis is away."""

    def __init__(self, per_second: float) -> None:
        self._interval = PART / per_second
        self._used_up_at: dict[int, float] = {}

    def over_for(self, guild_id: int | None) -> float:
        """Return for how many seconds the server is beyond its share; 0 if it is not."""
        if guild_id is None:
            return 0.0
        ahead = self._used_up_at.get(guild_id, 0.0) - time.monotonic()
        return max(ahead - (BURST - 1) * self._interval, 0.0)

    def use(self, guild_id: int | None) -> None:
        if guild_id is None:
            return
        now = time.monotonic()
        if len(self._used_up_at) > _FORGET_BEYOND:
            self._used_up_at = {one: at for one, at in self._used_up_at.items() if at > now}
        latest = now + BURST * self._interval  # so that nobody pays for a rush that is over
        used = min(max(self._used_up_at.get(guild_id, now), now), latest)
        self._used_up_at[guild_id] = used + self._interval
