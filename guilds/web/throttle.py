"""Limits how often somebody may do a thing, counted in the cache in fixed windows.

Without the cache nothing is refused.
"""

import hashlib
import time
from ipaddress import ip_address

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

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


def address_of(request: HttpRequest) -> str:
    """Return the browser's address; behind a proxy, the last in X-Forwarded-For.

    Those before it are what the browser itself sent, so anybody may have made them up.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.TRUST_PROXY:
        return peer
    return _read_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2]) or peer


def _read_address(text: str) -> str:
    """Return the address in its one spelling, without a port; empty if it is none."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        return str(ip_address(host))
    except ValueError:
        return ""
