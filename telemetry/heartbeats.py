"""Signs of life: who said when that it works, kept for a few minutes."""

import json
import time
from dataclasses import dataclass
from typing import Any

import redis

from telemetry.store import connection

HASH = "telemetry:heartbeats"
FORGET_SECONDS = 300


@dataclass(frozen=True)
class Heartbeat:
    """`age` in seconds; `facts` are the sender's own."""

    name: str
    age: float
    facts: dict[str, Any]


def pulse(name: str, **facts: Any) -> None:
    """Say that `name` works. Never raises: without Redis nobody hears it."""
    try:
        connection().hset(HASH, name, json.dumps({"at": time.time(), **facts}))
    except redis.RedisError:
        return


def read_heartbeats() -> list[Heartbeat]:
    """Everybody heard of in the last five minutes, by name. Raises `redis.RedisError`."""
    now = time.time()
    beats = []
    for name, text in sorted(connection().hgetall(HASH).items()):
        facts = json.loads(text)
        age = max(now - facts.pop("at"), 0.0)
        if age > FORGET_SECONDS:
            connection().hdel(HASH, name)
        else:
            beats.append(Heartbeat(str(name), age, facts))
    return beats
