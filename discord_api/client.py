"""The HTTP client for Discord's API: rate limits, time-outs, and errors from answers."""

import time
from typing import Any

import aiohttp
import structlog

from discord_api.answers import (
    Unreadable,
    as_code,
    as_message,
    read_json,
    read_json_or_nothing,
)
from discord_api.budget import Budget, Priority
from discord_api.errors import (
    OVERLOADED,
    DiscordError,
    RateLimited,
    Unauthorized,
    Uncertain,
)
from discord_api.limits import Bucket, Limits
from discord_api.routes import Route
from telemetry.counters import count

log = structlog.get_logger(__name__)

# Answers by status, for /metrics.
ANSWERS = "gamesched_discord_answers"

API = "/api/v10"
REQUEST_SECONDS = 7.0
# A request whose turn is further away fails, so that its caller tries again later.
PATIENCE_SECONDS = 3.0
REFUSED_TOKEN_SECONDS = 60.0
CONNECTIONS = 100


class Client:
    """Discord's REST interface, bound to the event loop it is first used on.

    No request is ever repeated, except after a 429, which means that nothing happened.
    """

    def __init__(
        self, *, base_url: str, token: str, user_agent: str, budget: Budget | None = None
    ) -> None:
        self._base = base_url.rstrip("/") + API
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": user_agent}
        self._limits = Limits()
        self.budget = budget or Budget()
        self._session: aiohttp.ClientSession | None = None
        self._refused_until = 0.0

    async def request(
        self,
        route: Route,
        *,
        body: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        priority: Priority = Priority.PERSON,
        patience: float = PATIENCE_SECONDS,
        channel_patience: float = PATIENCE_SECONDS,
    ) -> Any:
        """Send a request and return Discord's answer as JSON.

        Raises `RateLimited` if the turn is more than `patience` seconds away, or more than
        `channel_patience` because of the channel's own limit; `Unauthorized` if the token is
        refused; another `DiscordError` for any other refusal; `Uncertain` if the request may or
        may not have been carried out.
        """
        deadline = time.monotonic() + patience
        channel_deadline = min(deadline, time.monotonic() + channel_patience)
        while True:
            if time.monotonic() < self._refused_until:
                raise Unauthorized("the token was refused a moment ago")
            bucket = self._limits.bucket(route.name, route.major)
            await bucket.take(channel_deadline)
            try:
                return await self._once(route, body, params, bucket, priority, deadline)
            except RateLimited as limited:
                latest = deadline if limited.is_global else channel_deadline
                if time.monotonic() + limited.retry_after > latest:
                    raise

    def full_for(self, route: Route) -> float:
        """Return the seconds until the route's limit allows another request, as far as known."""
        return self._limits.bucket(route.name, route.major).full_for()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self.budget.close()

    async def _once(
        self,
        route: Route,
        body: dict[str, Any] | None,
        params: dict[str, Any] | None,
        bucket: Bucket,
        priority: Priority,
        deadline: float,
    ) -> Any:
        try:
            await self.budget.take(priority, deadline - time.monotonic())
        except BaseException:
            bucket.give_back(is_unused=True)
            raise
        try:
            return await self._send(route, body, params, bucket)
        except RateLimited as limited:
            if limited.is_global:
                await self.budget.pause(limited.retry_after)
            raise
        finally:
            bucket.give_back()

    async def _send(
        self,
        route: Route,
        body: dict[str, Any] | None,
        params: dict[str, Any] | None,
        bucket: Bucket,
    ) -> Any:
        try:
            async with self._open().request(
                route.method, self._base + route.path, json=body, params=params
            ) as response:
                count(ANSWERS, status=str(response.status))
                self._limits.learn(route.name, route.major, bucket, response.headers)
                if response.status == 204:
                    return None
                answer = await _answer(response)
        except (aiohttp.ClientError, TimeoutError, OSError, Unreadable) as error:
            raise Uncertain(0, type(error).__name__) from error
        if response.status < 300:
            return answer
        raise self._refusal(response.status, response.headers, answer, bucket)

    def _refusal(
        self, status: int, headers: Any, answer: Any, bucket: Bucket
    ) -> DiscordError | Uncertain:
        details = answer if isinstance(answer, dict) else {}
        code, message = as_code(answer), as_message(answer)
        if status == 429:
            wait = float(details.get("retry_after") or headers.get("Retry-After") or 1)
            is_global = bool(details.get("global")) or "X-RateLimit-Global" in headers
            if not is_global:
                bucket.refuse(wait)
            log.warning("discord_asks_to_wait", seconds=round(wait, 2), code=code)
            return RateLimited(wait, code, is_global=is_global)
        if status == 401:
            self._refused_until = time.monotonic() + REFUSED_TOKEN_SECONDS
            log.critical("discord_refuses_token", check="DISCORD_BOT_TOKEN")
            return Unauthorized(message)
        if status >= 500 or code == OVERLOADED:
            return Uncertain(status, message)
        return DiscordError(status, code, message)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS, connect=4),
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            )
        return self._session


async def _answer(response: aiohttp.ClientResponse) -> Any:
    """Return the body as JSON; a refusal that is not JSON (a proxy's page) counts as empty."""
    if response.status < 300:
        return await read_json(response)
    return await read_json_or_nothing(response)
