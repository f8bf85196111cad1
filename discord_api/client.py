"""The HTTP client for Discord's API: rate limits, time-outs, and errors from answers."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog

from discord_api.answers import (
    Unreadable,
    as_code,
    as_message,
    read_json,
)
from discord_api.budget import Budget, Priority
from discord_api.errors import (
    OVERLOADED,
    DiscordError,
    NoWay,
    RateLimited,
    Unauthorized,
    Uncertain,
)
from discord_api.limits import Bucket, Limits
from discord_api.routes import Route
from discord_api.waits import wait_of
from discord_api.way import Way
from telemetry.counters import count
from telemetry.waits import note_wait

log = structlog.get_logger(__name__)

# Answers by status, for /metrics.
ANSWERS = "gamesched_discord_answers"

API = "/api/v10"
REQUEST_SECONDS = 7.0
# A request whose turn is further away fails, so that its caller tries again later.
PATIENCE_SECONDS = 3.0
REFUSED_TOKEN_SECONDS = 60.0
CONNECTIONS = 100
# Operators are told of longer waits.
LONG_WAIT_SECONDS = 30.0


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
        self.way = Way()
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
        guild_id: int | None = None,
    ) -> Any:
        """Send a request and return Discord's answer as JSON. It counts to `guild_id`'s share.

        Raises `RateLimited` if the turn is more than `patience` seconds away, or more than
        `channel_patience` because of the channel's own limit, or while Discord answers nobody
        (`NoWay`); `Unauthorized` if the token is refused; another `DiscordError` for any other
        refusal; `Uncertain` if the request may or may not have been carried out.
        """
        deadline = time.monotonic() + patience
        channel_deadline = min(deadline, time.monotonic() + channel_patience)
        while True:
            if time.monotonic() < self._refused_until:
                raise Unauthorized("the token was refused a moment ago")
            bucket = self._limits.bucket(route.name, route.major)
            await bucket.take(channel_deadline)
            try:
                await self._turn(bucket, priority, deadline, guild_id)
                return await self._once(route, body, params, bucket, priority)
            except NoWay:
                raise
            except RateLimited as limited:
                latest = deadline if limited.is_global else channel_deadline
                if time.monotonic() + limited.retry_after > latest:
                    raise

    def full_for(self, route: Route) -> float:
        """Return the seconds until the route's limit allows another request, as far as known."""
        return self._limits.bucket(route.name, route.major).full_for()

    def has_room_to_spare(self, route: Route) -> bool:
        """Return whether the route's limit, as far as known, has room for more than one request."""
        return self._limits.bucket(route.name, route.major).has_room_to_spare()

    def room(self, priority: Priority) -> int:
        """Return how many requests of this priority may be begun now. May be called from any
        thread."""
        return self.way.room(self.budget.room(priority))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self.budget.close()

    async def _turn(
        self, bucket: Bucket, priority: Priority, deadline: float, guild_id: int | None
    ) -> None:
        """Wait for a token of the budget; without one, the channel's place is given back."""
        try:
            await self.budget.take(priority, deadline - time.monotonic(), guild_id)
        except BaseException:
            bucket.give_back(is_unused=True)
            raise

    async def _once(
        self,
        route: Route,
        body: dict[str, Any] | None,
        params: dict[str, Any] | None,
        bucket: Bucket,
        priority: Priority,
    ) -> Any:
        try:
            with self.way.crossing(priority):
                return await self._send(route, body, params, bucket)
        except NoWay:
            raise
        except RateLimited as limited:
            raise await self._pause(limited, route) from None
        finally:
            bucket.give_back()

    async def _pause(self, limited: RateLimited, route: Route) -> RateLimited:
        """Have everything wait that the refusal concerns. Returns it with the wait that holds."""
        if limited.is_vague:
            limited = RateLimited(await self.budget.back_off(), limited.code, is_vague=True)
        elif limited.is_global:
            await self.budget.pause(limited.retry_after)
        wait = limited.retry_after
        log.warning("discord_asks_to_wait", seconds=round(wait, 2), code=limited.code)
        if wait >= LONG_WAIT_SECONDS:  # in a thread, since Redis may be slow
            what = "everything" if limited.is_global else route.name
            asyncio.get_running_loop().run_in_executor(None, note_wait, what, wait)
        return limited

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
        if response.status != 429:
            bucket.refusals = 0
        if response.status < 300:
            return answer
        raise self._refusal(response.status, response.headers, answer, bucket)

    def _refusal(
        self, status: int, headers: Mapping[str, str], answer: Any, bucket: Bucket
    ) -> DiscordError | Uncertain:
        is_discord = isinstance(answer, dict)  # and no page of a proxy in front of it
        details = answer if is_discord else {}
        code, message = as_code(answer), as_message(answer)
        if status >= 500 or code == OVERLOADED:
            return Uncertain(status, message)
        if status == 429:
            return _asks_to_wait(headers, details, bucket, code, is_discord=is_discord)
        if not is_discord:
            return RateLimited(0, is_vague=True)
        if status == 401:
            self._refused_until = time.monotonic() + REFUSED_TOKEN_SECONDS
            log.critical("discord_refuses_token", check="DISCORD_BOT_TOKEN")
            return Unauthorized(message)
        return DiscordError(status, code, message)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS, connect=4),
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
            )
        return self._session


def _asks_to_wait(
    headers: Mapping[str, str],
    details: Mapping[str, Any],
    bucket: Bucket,
    code: int,
    *,
    is_discord: bool,
) -> RateLimited:
    """Read a 429. Only Discord's own answer can concern less than all that this address sends."""
    wait = wait_of(details, headers)
    if wait is None:
        return RateLimited(0, code, is_vague=True)
    wait = bucket.patience(wait)
    is_global = bool(details.get("global")) or "X-RateLimit-Global" in headers or not is_discord
    if not is_global:
        bucket.refuse(wait)
    return RateLimited(wait, code, is_global=is_global)


async def _answer(response: aiohttp.ClientResponse) -> Any:
    """Return the body as JSON; of a refusal, None where it is not JSON (a proxy's page)."""
    try:
        answer = await read_json(response)
    except Unreadable:
        if response.status < 300:
            raise
        return None
    return {} if answer is None and response.status >= 300 else answer
