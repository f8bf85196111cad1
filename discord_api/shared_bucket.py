"""The bot's 50 requests a second: one token bucket in Redis for all processes.

A generic cell rate algorithm: Redis stores the moment when the bucket will be full again. Only
Redis' own clock counts, and only its scripts read and write the value.

Invariant: the bucket holds `BURST - (full - now) / interval` tokens, between 0 and `BURST`. A
request needs one token besides its reserve, so it must wait while
`full - now > (BURST - 1 - reserve) * interval`; taking a token adds one interval to `full`.
"""

import time
import uuid
from dataclasses import dataclass

import redis.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

from discord_api import shares
from discord_api.shares import OwnShares

# Discord allows 50 in any second. These allow 49: a full bucket at once, and one second's tokens.
# The last one allows for requests that travel more slowly than those sent after them.
PER_SECOND = 45
BURST = 4
ANSWER_SECONDS = 0.5
KNOWN_FOR_SECONDS = 300
# The wait after refusals that named none: it doubles each time, and begins anew after a quiet
# while.
FIRST_BACK_OFF_SECONDS = 1.0
LONGEST_BACK_OFF_SECONDS = 60.0
QUIET_SECONDS = 60.0

_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = tonumber(ARGV[5]) * 1000000
local share, share_burst = tonumber(ARGV[6]), tonumber(ARGV[7])
redis.call('ZADD', KEYS[3], string.format('%.0f', now), ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now - kept))
redis.call('EXPIRE', KEYS[3], ARGV[5])
local processes = redis.call('ZCARD', KEYS[3])
local pause = redis.call('PTTL', KEYS[2])
if pause > 0 then return {pause * 1000, processes, 0} end
-- A server beyond its share leaves more in the bucket than others need.
local used, over = 0, 0
if share > 0 then
    used = math.max(tonumber(redis.call('GET', KEYS[4]) or '0'), now)
    used = math.min(used, now + share_burst * share)
    over = math.max(math.ceil(used - now - (share_burst - 1) * share), 0)
    if over > 0 then reserve = math.max(reserve, tonumber(ARGV[8])) end
end
-- A clock that was set back must not make anybody wait for it.
local full = math.min(tonumber(redis.call('GET', KEYS[1]) or '0'), now + burst * interval)
full = math.max(full, now)
local wait = full - now - (burst - 1 - reserve) * interval
if wait > 0 then return {math.ceil(wait), processes, over} end
redis.call('SET', KEYS[1], string.format('%.0f', full + interval), 'PX', 2000)
if share > 0 then
    redis.call('SET', KEYS[4], string.format('%.0f', used + share), 'PX', 2000)
end
return {0, processes, over}
"""
_PAUSE = """
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
end
"""
# What was sent before a pause began and is refused during it says nothing new.
_BACK_OFF = """
local first, longest, quiet = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local pause = redis.call('PTTL', KEYS[1])
if pause >= first then return pause end
local times = redis.call('INCR', KEYS[2])
local wait = math.min(first * 2 ^ math.min(times - 1, 20), longest)
redis.call('PEXPIRE', KEYS[2], string.format('%.0f', 2 * wait + quiet))
redis.call('SET', KEYS[1], '1', 'PX', string.format('%.0f', wait))
return string.format('%.0f', wait)
"""


@dataclass(frozen=True)
class Turn:
    """The bucket's answer: `wait` in seconds, 0 if a token was taken.

    `processes` counts those that asked within the last five minutes. The server it was asked for
    is beyond its share for another `over_for` seconds.
    """

    wait: float
    processes: int
    over_for: float = 0.0


class SharedBucket:
    """The bucket in Redis. Raises `redis.RedisError` or `OSError` if Redis takes over 0.5 s."""

    def __init__(self, url: str, name: str) -> None:
        self._redis = redis.asyncio.Redis.from_url(
            url,
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        key = f"{{discord:{name}}}"  # braces keep the keys together in a cluster
        self._keys = [f"{key}:full-at", f"{key}:pause", f"{key}:processes"]
        self._refused = f"{key}:refused"
        self._share = f"{key}:share"
        self._process = uuid.uuid4().hex
        self._take = self._redis.register_script(_TAKE)
        self._pause = self._redis.register_script(_PAUSE)
        self._back_off = self._redis.register_script(_BACK_OFF)

    async def take(self, reserve: float, guild_id: int | None = None) -> Turn:
        """Take a token if at least `reserve` others remain; else say how long to wait.

        It counts towards the share of `guild_id`, and beyond it more must remain.
        """
        interval = round(1_000_000 / PER_SECOND)
        share = 0 if guild_id is None else interval * shares.PART
        wait, processes, over = await self._take(
            keys=[*self._keys, f"{self._share}:{guild_id or 0}"],
            args=[
                *(interval, BURST, reserve, self._process, KNOWN_FOR_SECONDS),
                *(share, shares.BURST, shares.OVER_RESERVE),
            ],
        )
        return Turn(wait / 1_000_000, processes, over / 1_000_000)

    async def pause(self, seconds: float) -> None:
        """Give no tokens to any process for so many seconds."""
        await self._pause(keys=self._keys[1:2], args=[max(round(seconds * 1000), 1)])

    async def back_off(self) -> float:
        """Give no tokens to any process for a while, longer each time. Returns the seconds."""
        seconds = FIRST_BACK_OFF_SECONDS, LONGEST_BACK_OFF_SECONDS, QUIET_SECONDS
        wait = await self._back_off(
            keys=[self._keys[1], self._refused], args=[round(s * 1000) for s in seconds]
        )
        return float(wait) / 1000

    async def close(self) -> None:
        await self._redis.aclose()


class OwnBucket:
    """The same algorithm within one process, for use while Redis is away."""

    def __init__(self) -> None:
        self._interval = 1 / PER_SECOND
        self._full_at = 0.0
        self._refused_until = 0.0
        self._back_off_seconds = 0.0
        self._shares = OwnShares(PER_SECOND)

    def back_off(self) -> float:
        """Return the seconds to wait after a refusal that named none, longer each time."""
        now = time.monotonic()
        if now > self._refused_until + self._back_off_seconds + QUIET_SECONDS:
            self._back_off_seconds = 0.0
        if now >= self._refused_until:
            longer = max(2 * self._back_off_seconds, FIRST_BACK_OFF_SECONDS)
            self._back_off_seconds = min(longer, LONGEST_BACK_OFF_SECONDS)
            self._refused_until = now + self._back_off_seconds
        return max(self._refused_until - now, FIRST_BACK_OFF_SECONDS)

    def begin(self, per_second: float) -> None:
        """Start with an empty bucket, since nobody knows what was sent a moment ago."""
        self._interval = 1 / per_second
        self._full_at = time.monotonic() + BURST * self._interval
        self._shares = OwnShares(per_second)

    def take(self, reserve: float, guild_id: int | None = None) -> Turn:
        now = time.monotonic()
        over_for = self._shares.over_for(guild_id)
        if over_for:
            reserve = max(reserve, shares.OVER_RESERVE)
        full_at = max(self._full_at, now)
        wait = full_at - now - (BURST - 1 - reserve) * self._interval
        if wait > 0:
            return Turn(wait, 1, over_for)
        self._full_at = full_at + self._interval
        self._shares.use(guild_id)
        return Turn(0.0, 1, over_for)
