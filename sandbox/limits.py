"""Rate limits: a global one for each token, and buckets by route and major parameter."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field


@dataclass
class Limit:
    """At most `limit` requests in each window of `per` seconds."""

    limit: int
    per: float


@dataclass
class Window:
    started: float = 0.0
    used: int = 0


@dataclass
class Verdict:
    """The limiter's word on one request; `retry_after` is set when it is refused."""

    headers: dict[str, str]
    retry_after: float | None = None
    is_global: bool = False
    scope: str = "user"


DEFAULTS = {
    "message.create": Limit(5, 5.0),
    "message.edit": Limit(5, 5.0),
    **{f"webhook.{act}": Limit(5, 2.0) for act in ("send", "read", "edit", "delete")},
}

# Observed, but documented nowhere: `POST /control/limits {"preset": "observed"}`.
OBSERVED = {
    "member.get": Limit(5, 300.0),
    "oauth.member": Limit(5, 300.0),
    "message.delete": Limit(5, 1.0),
    "dm.open": Limit(10, 10.0),
}


@dataclass
class Limiter:
    """Fixed windows that begin with their first request. Every number is a knob."""

    limits: dict[str, Limit] = field(default_factory=lambda: dict(DEFAULTS))
    everywhere: Limit = field(default_factory=lambda: Limit(50, 1.0))
    fallback: Limit = field(default_factory=lambda: Limit(1000, 1.0))
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    last_sweep: float = 0.0

    def check(self, name: str, major: str, token: str, *, counts_globally: bool) -> Verdict:
        """Count one request and say whether it may pass; a refused request is not counted."""
        now = time.monotonic()
        self._sweep(now)
        shared = self._window(("global", token), self.everywhere, now)
        if counts_globally and shared.used >= self.everywhere.limit:
            wait = shared.started + self.everywhere.per - now
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            return Verdict(headers, max(wait, 0.001), is_global=True, scope="global")
        limit = self.limits.get(name, self.fallback)
        window = self._window((name, f"{token}:{major}"), limit, now)
        wait = max(window.started + limit.per - now, 0.001)
        if window.used >= limit.limit:
            headers = {**self._headers(name, limit, 0, wait), "X-RateLimit-Scope": "user"}
            return Verdict(headers, wait)
        window.used += 1
        if counts_globally:
            shared.used += 1
        return Verdict(self._headers(name, limit, limit.limit - window.used, wait))

    def _window(self, key: tuple[str, str], limit: Limit, now: float) -> Window:
        window = self.windows.get(key)
        if window is None or now >= window.started + limit.per:
            window = self.windows[key] = Window(started=now)
        return window

    def _headers(self, name: str, limit: Limit, remaining: int, wait: float) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(limit.limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        }

    def _sweep(self, now: float) -> None:
        if now - self.last_sweep < 60:
            return
        self.last_sweep = now
        for key, window in list(self.windows.items()):
            limit = (
                self.everywhere if key[0] == "global" else self.limits.get(key[0], self.fallback)
            )
            if now >= window.started + limit.per:
                del self.windows[key]
