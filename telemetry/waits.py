"""Long waits that Discord asked for, kept in Redis for operators to see."""

import time

import redis

from telemetry.store import connection

HASH = "telemetry:waits"


def note_wait(what: str, seconds: float) -> None:
    """Note that `what` must wait so long. Never raises; without Redis nothing is noted."""
    try:
        connection().hset(HASH, what, str(time.time() + seconds))
    except redis.RedisError:
        return


def read_waits() -> dict[str, float]:
    """Return the seconds left of each wait that is not over. Raises `redis.RedisError`."""
    now, left = time.time(), {}
    for what, until in connection().hgetall(HASH).items():
        if float(until) > now:
            left[str(what)] = float(until) - now
        else:
            connection().hdel(HASH, what)
    return left
