"""Limits how often somebody may do a thing, counted in the cache in fixed windows.

Without the cache nothing is refused.
"""

import hashlib
import time

import structlog
from django.core.cache import cache
from django.utils.translation import ngettext

from guilds.errors import Refused

log = structlog.get_logger(__name__)


def is_too_often(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more `what` by `who`, and return whether this window now has more than `most`."""
    window = int(time.time()) // seconds
    name = hashlib.sha256(who.encode()).hexdigest()[:32]
    key = f"throttle:{what}:{name}:{window}"
    try:
        cache.add(key, 0, timeout=seconds)
        return cache.incr(key) > most
    except Exception as error:  # noqa: BLE001  (whatever the cache's client raises)
        log.warning("throttle_without_cache", what=what, error=type(error).__name__)
        return False


def check_pace(what: str, who: str, *, most: int, minutes: int) -> None:
    """Count one more `what` by `who`. Raises `Refused` beyond `most` in so many minutes."""
    if is_too_often(what, who, most=most, seconds=minutes * 60):
        raise Refused(
            ngettext(
                "That was a lot at once. Try again in %(minutes)d minute.",
                "That was a lot at once. Try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes}
        )
