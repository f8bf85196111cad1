"""Discord's limits to starting sessions: one by one, and none when few are left.

`session_start_limit` of GET /gateway/bot says how many sessions the bot may still start today
and how many at the same time. Discord resets the token of a bot that starts more.
https://discord.com/developers/docs/events/gateway#session-start-limit-object
"""

import asyncio
import contextlib
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from discord_api.client import Client
from discord_api.routes import get_gateway_bot
from discordbot.gateway.turns import SECONDS_BETWEEN, begin_turn, take_turn
from discordbot.interactions.database import in_database

log = structlog.get_logger(__name__)

# These are left for the person who looks into the matter.
FEWEST_LEFT = 20
LONGEST_WAIT = 60.0
SECONDS_TO_BEGIN = 1.0


@dataclass(frozen=True)
class GatewayFacts:
    """Discord's advice and limits. `reset_after` is in seconds."""

    shards: int
    remaining: int
    reset_after: float
    max_concurrency: int


class StartLimits:
    """Asks Discord and waits for turns, for all shards of the process."""

    def __init__(self) -> None:
        self._discord = Client(
            base_url=settings.DISCORD_BASE_URL,
            token=settings.DISCORD_BOT_TOKEN,
            user_agent=settings.DISCORD_USER_AGENT,
        )
        self._one_at_a_time = asyncio.Lock()
        self._facts: GatewayFacts | None = None
        self._asked_at = 0.0
        self.trouble = ""

    async def close(self) -> None:
        await self._discord.close()

    async def ask(self) -> GatewayFacts:
        """Discord's answer, at most a few seconds old. Raises as `Client.request` does."""
        now = asyncio.get_running_loop().time()
        if self._facts is None or now > self._asked_at + SECONDS_BETWEEN:
            self._facts, self._asked_at = await self._ask(), now
        return self._facts

    async def _ask(self) -> GatewayFacts:
        answer = await self._discord.request(get_gateway_bot())
        limit = answer["session_start_limit"]
        return GatewayFacts(
            shards=int(answer["shards"]),
            remaining=int(limit["remaining"]),
            reset_after=limit["reset_after"] / 1000,
            max_concurrency=max(int(limit["max_concurrency"]), 1),
        )

    async def wait_for_turn(self, shard_id: int) -> None:
        """Wait until the shard may start a session. Raises as `Client.request` does."""
        while True:
            async with self._one_at_a_time:
                facts = await self.ask()
                wait = self._refusal(facts) or await _turn(shard_id % facts.max_concurrency)
            if not wait:
                return
            await asyncio.sleep(wait)

    async def begin_turn(self, shard_id: int) -> None:
        """Begin the turn as the session is started, maybe a while after the turn came."""
        key = shard_id % (self._facts.max_concurrency if self._facts else 1)
        with contextlib.suppress(DatabaseError, InterfaceError, TimeoutError):
            async with asyncio.timeout(SECONDS_TO_BEGIN):
                await in_database(begin_turn, key)

    def _refusal(self, facts: GatewayFacts) -> float:
        """Returns how long to wait before asking again; 0 when there are sessions enough."""
        if facts.remaining >= FEWEST_LEFT:
            self.trouble = ""
            return 0.0
        self.trouble = (
            f"no session is started: Discord allows only {facts.remaining} more"
            f" in the next {facts.reset_after / 3600:.1f} h"
        )
        log.error(
            "identify_refused", remaining=facts.remaining, reset_after=round(facts.reset_after)
        )
        return min(max(facts.reset_after, 1.0), LONGEST_WAIT)


async def _turn(key: int) -> float:
    try:
        return await in_database(take_turn, key)
    except (DatabaseError, InterfaceError):
        # One process at a time holds each shard. So with one process a pause is as good as the
        # table, and with more the worst is that Discord asks for another try.
        await asyncio.sleep(SECONDS_BETWEEN)
        return 0.0
