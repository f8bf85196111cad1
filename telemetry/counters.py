"""Counters and histograms of all processes, added up in one Redis hash.

A process counts in memory, and a thread of its own adds to Redis every few seconds, so that a click
never waits for it. If Redis is emptied, counts restart from zero, which Prometheus can handle.
"""

import atexit
import os
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import redis

from telemetry.store import connection

HASH = "telemetry:counts"
FLUSH_SECONDS = 2.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0)

_lock = threading.Lock()
_pending: dict[str, float] = defaultdict(float)
_flushers: set[int] = set()


@dataclass
class Histogram:
    """Durations in seconds: the number up to each bound, and their sum."""

    counts: dict[float, float] = field(default_factory=dict)
    sum: float = 0.0


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Add to a counter. Each combination of label values is stored, so there must be few."""
    with _lock:
        _pending[_field(name, "count", labels)] += amount
    _ensure_flusher()


def observe(name: str, seconds: float, **labels: str) -> None:
    """Add a duration to a histogram."""
    bound = next((bound for bound in BUCKETS if seconds <= bound), float("inf"))
    with _lock:
        _pending[_field(name, f"le={bound}", labels)] += 1
        _pending[_field(name, "sum", labels)] += seconds
    _ensure_flusher()


def flush() -> None:
    """Add the counts in memory to Redis; if that fails, they are kept for the next try."""
    with _lock:
        taken = dict(_pending)
        _pending.clear()
    if not taken:
        return
    try:
        with connection().pipeline(transaction=False) as pipe:
            for key, amount in taken.items():
                pipe.hincrbyfloat(HASH, key, amount)
            pipe.execute()
    except redis.RedisError:
        with _lock:
            for key, amount in taken.items():
                _pending[key] += amount


def read_counts() -> Mapping[str, float]:
    """Return all fields of the hash. Raises `redis.RedisError`."""
    return {str(key): float(value) for key, value in connection().hgetall(HASH).items()}


def split_field(key: str) -> tuple[str, str, dict[str, str]]:
    """Split a field into its name, part (`count`, `sum`, `le=0.5`) and labels."""
    name, part, *labels = key.split("|")
    return name, part, dict(label.split("=", 1) for label in labels)


def _field(name: str, part: str, labels: Mapping[str, str]) -> str:
    spelled = [f"{key}={value.replace('|', ' ')}" for key, value in sorted(labels.items())]
    return "|".join([name, part, *spelled])


def _ensure_flusher() -> None:
    """Start this process's flushing thread if it has none; threads do not survive a fork."""
    if os.getpid() in _flushers:
        return
    with _lock:
        if os.getpid() in _flushers:
            return
        _flushers.clear()
        _flushers.add(os.getpid())
    threading.Thread(target=_flush_forever, name="telemetry", daemon=True).start()
    atexit.register(flush)


def _flush_forever() -> None:
    while True:
        threading.Event().wait(FLUSH_SECONDS)
        flush()
