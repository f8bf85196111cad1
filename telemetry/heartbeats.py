"""Heartbeats of the processes, kept in Redis for a few minutes."""

import json
from dataclasses import dataclass
from typing import Any

import redis

from telemetry.store import connection

HASH = "telemetry:heartbeats"
FORGET_SECONDS = 300


@dataclass(frozen=True)
class Heartbeat:
    """A process's last heartbeat: its `age` in seconds, and what the sender said of itself."""

    name: str
    age: float
    facts: dict[str, Any]


def pulse(name: str, **facts: Any) -> None:
    """Record that `name` works. Never raises; without Redis nothing is recorded."""
    try:
        connection().hset(HASH, name, json.dumps({"at": _now(), **facts}))
    except redis.RedisError:
        return


def read_heartbeats() -> list[Heartbeat]:
    """Return the heartbeats of the last five minutes by name. Raises `redis.RedisError`."""
    now = _now()
    beats = []
    for name, text in sorted(connection().hgetall(HASH).items()):
        facts = json.loads(text)
        age = max(now - facts.pop("at"), 0.0)
        if age > FORGET_SECONDS:
            connection().hdel(HASH, name)
        else:
            beats.append(Heartbeat(str(name), age, facts))
    return beats


def _now() -> float:
    """Redis' own clock in seconds, since those of the processes may differ."""
    seconds, microseconds = connection().time()
    return float(seconds) + float(microseconds) / 1_000_000
