"""One log line a kind and minute while a store is away, and none for a load balancer's probes.

Beat, worker, web and bot each try again every second or so. With a traceback a try, an outage would
fill a disk: 14 KB a second from beat alone.
"""

import logging
import sys
import threading
import time
from typing import Any

import structlog
from structlog.typing import EventDict

SECONDS = 60.0
MOST_KINDS = 500
PROBES = ("/healthz", "/readyz", "/metrics")
# By name, so that no process imports a library for its errors alone.
_AWAY = frozenset(
    {
        "builtins.ConnectionError",
        "django.db.utils.InterfaceError",
        "django.db.utils.OperationalError",
        "kombu.exceptions.OperationalError",
        "psycopg.OperationalError",
        "psycopg_pool.PoolTimeout",
        "psycopg_pool.errors.PoolTimeout",
        "redis.exceptions.ConnectionError",
        "redis.exceptions.OutOfMemoryError",
        "redis.exceptions.TimeoutError",
        "socket.gaierror",
    }
)
# Our own events that a process repeats while a store is away.
_OURS = frozenset(
    {"database_unreachable", "mirror_waits", "postgres_unreachable", "redis_unreachable"}
)
# Libraries that report each of their tries.
_RETRYING = ("celery", "channels_redis", "kombu", "psycopg.pool", "redis")

_lock = threading.Lock()
_passed: dict[tuple[str, str], float] = {}


def calm_event(logger: Any, _method: str, event: EventDict) -> EventDict:
    """Drop events of ours that say again what was said within the minute, and probes."""
    name = str(event.get("event", ""))
    if event.get("_record") is not None:  # a library's, which `CalmFilter` has seen
        return event
    if name == "request_finished" and _is_probe(str(event.get("request", ""))):
        raise structlog.DropEvent
    error = _error_of(event.get("exc_info"))
    if error is not None and is_away(error):
        event.pop("exc_info")
        event["error"] = f"{type(error).__name__}: {_first_line(str(error))}"
    elif name not in _OURS:
        return event
    if not _is_due((name, type(error).__name__)):
        raise structlog.DropEvent
    return event


class CalmFilter(logging.Filter):
    """The same for what libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, dict):  # one of our events
            return True
        if getattr(getattr(record, "request", None), "path", "") in PROBES:
            return False
        error = _error_of(record.exc_info)
        is_outage = error is not None and is_away(error)
        is_retry = record.levelno >= logging.WARNING and record.name.startswith(_RETRYING)
        if not is_outage and not (is_retry and error is None):
            return True
        kind = (record.name, str(record.msg).partition("\n")[0])
        if is_outage:
            record.msg, record.args = _first_line(record.getMessage()), None
            record.exc_info = record.exc_text = None
        return _is_due(kind)


def is_away(error: BaseException) -> bool:
    """Whether the error, its kind or its cause is that of a store that cannot be reached."""
    if any(f"{one.__module__}.{one.__qualname__}" in _AWAY for one in type(error).__mro__):
        return True
    # Beat wraps what the broker raised without naming it as the cause.
    is_wrapped = type(error).__name__ == "SchedulingError"
    cause = error.__cause__ or (error.__context__ if is_wrapped else None)
    return cause is not None and is_away(cause)


def _error_of(exc_info: Any) -> BaseException | None:
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return error if isinstance(error, BaseException) else None


def _is_probe(request: str) -> bool:
    _method, _, path = request.partition(" ")
    return path.partition("?")[0] in PROBES


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")[:300]


def _is_due(kind: tuple[str, str]) -> bool:
    now = time.monotonic()
    with _lock:
        if now - _passed.get(kind, -SECONDS) < SECONDS:
            return False
        if len(_passed) >= MOST_KINDS:  # some library formats its messages before it logs them
            _passed.clear()
        _passed[kind] = now
        return True
