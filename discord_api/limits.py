"""Discord's rate limits, learnt from its headers: a bucket for each route and major parameter.

The limit over all routes together is in `discord_api.budget`.

https://discord.com/developers/docs/topics/rate-limits
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from discord_api.errors import RateLimited
from discord_api.waits import number

_IDLE_SECONDS = 600.0
_SWEEP_SIZE = 2000
# The least wait after a second refusal in a row; it doubles with each further one.
_SECOND_REFUSAL_SECONDS = 0.25
_LONGEST_REFUSAL_SECONDS = 60.0


@dataclass
class Bucket:
    """One rate limit: `limit` requests in a window, which begins with the first of them.

    Invariant, once `limit` is known: `remaining` requests may still begin in this window. It falls
    as one begins, and rises only when the window ends or an unsent request is given back.
    """

    limit: int = 0  # 0 until an answer has told it; until then one request at a time
    remaining: int = 1
    in_flight: int = 0
    reset_at: float = 0.0
    period: float = 1.0
    refusals: int = 0  # in a row
    used_at: float = field(default_factory=time.monotonic)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, deadline: float) -> None:
        """Wait for a free request. Raises `RateLimited` at once if `deadline` is too early."""
        while True:
            now = time.monotonic()
            self._renew(now)
            if self.remaining > 0:
                break
            wait = self.reset_at - now
            if now + wait > deadline:
                raise RateLimited(max(wait, 0.05))
            self._changed.clear()
            try:
                async with asyncio.timeout(wait if wait > 0 else deadline - now):
                    await self._changed.wait()
            except TimeoutError:
                if time.monotonic() >= deadline:
                    raise RateLimited(0.5) from None
        self.remaining -= 1
        self.in_flight += 1
        self.used_at = now
        if self.limit and not self.reset_at:  # in case no answer says when the window ends
            self.reset_at = now + self.period

    def _renew(self, now: float) -> None:
        """Begin a new window after the old one; requests still in flight count in the new one."""
        if self.limit and self.reset_at and now >= self.reset_at:
            self.remaining = max(self.limit - self.in_flight, 0)
            # A guess, until the first answer in the new window says when it ends.
            self.reset_at = now + self.period

    def learn(self, headers: Mapping[str, str]) -> None:
        """Correct the bucket by an answer's headers; `remaining` never rises within a window."""
        limit = int(number(headers.get("X-RateLimit-Limit")) or 0)
        if not limit:
            if not self.limit:  # a route without a limit
                self.remaining = 1
            return
        left = int(number(headers.get("X-RateLimit-Remaining")) or 0)
        known = number(headers.get("X-RateLimit-Reset-After"))
        after = 1.0 if known is None else known
        # Discord counts what has reached it. The others in flight may be on their way still, so
        # each is taken off once more: too few remain for a moment, never too many.
        others = max(self.in_flight - 1, 0)
        allowed = max(left - others, 0)
        self.remaining = min(self.remaining, allowed) if self.limit else allowed
        self.limit = limit
        # Only the first answer of a window shows its whole length; later ones show at least a part.
        self.period = max(after, 0.05) if left == limit - 1 else max(self.period, after)
        self.reset_at = time.monotonic() + after

    def full_for(self) -> float:
        """Return the seconds until another request may begin; 0 if one may now."""
        is_full = self.limit > 0 and self.remaining <= 0
        return max(self.reset_at - time.monotonic(), 0.0) if is_full else 0.0

    def has_room_to_spare(self) -> bool:
        """Return whether more than one request may begin; of an unknown limit, whether one may."""
        self._renew(time.monotonic())
        return self.remaining > (1 if self.limit > 1 else 0)

    def patience(self, retry_after: float) -> float:
        """Return the seconds to wait after a refusal: as it asks, and longer where waiting so long
        was in vain."""
        self.refusals += 1
        if self.refusals == 1:
            return retry_after
        least: float = _SECOND_REFUSAL_SECONDS * 2 ** min(self.refusals - 2, 20)
        return max(retry_after, min(least, _LONGEST_REFUSAL_SECONDS))

    def refuse(self, retry_after: float) -> None:
        self.remaining = 0
        self.limit = self.limit or 1
        self.reset_at = time.monotonic() + retry_after

    def give_back(self, *, is_unused: bool = False) -> None:
        """Note that a request has ended, in whatever way; `is_unused` if it was never sent."""
        self.in_flight -= 1
        self.remaining += is_unused
        if not self.limit and self.remaining < 1:
            self.remaining = 1
        self._changed.set()


class Limits:
    """All buckets of one client.

    Routes with the same bucket hash share a bucket, but each channel, guild or webhook (`major`)
    has one of its own.
    """

    def __init__(self) -> None:
        self._hashes: dict[str, str] = {}
        self._known_limits: dict[str, tuple[int, float]] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def bucket(self, route: str, major: str) -> Bucket:
        key = (self._hashes.get(route, route), major)
        if key not in self._buckets:
            self._sweep()
            # The number may be known from another channel; this channel's window is untouched.
            limit, period = self._known_limits.get(key[0], (0, 1.0))
            self._buckets[key] = Bucket(limit=limit, remaining=limit or 1, period=period)
        return self._buckets[key]

    def learn(self, route: str, major: str, bucket: Bucket, headers: Mapping[str, str]) -> None:
        bucket.learn(headers)
        name = headers.get("X-RateLimit-Bucket")
        if name and bucket.limit:
            self._known_limits[name] = (bucket.limit, bucket.period)
            if self._hashes.get(route) != name:
                self._hashes[route] = name
                self._buckets.setdefault((name, major), bucket)

    def _sweep(self) -> None:
        if len(self._buckets) < _SWEEP_SIZE:
            return
        old = time.monotonic() - _IDLE_SECONDS
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if bucket.in_flight or bucket.used_at > old
        }
