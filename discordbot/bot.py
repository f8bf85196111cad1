"""The bot process, which holds its shards for as long as it lives, whatever else is down."""

import asyncio
import signal
from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings

from discordbot.gateway.client import Gateway
from discordbot.gateway.mirror import Mirror
from discordbot.gateway.registration import register_commands
from discordbot.gateway.shards import Shards
from discordbot.interactions.callbacks import Callbacks
from discordbot.interactions.dispatch import Dispatcher
from discordbot.routes import COMMANDS, ROUTES

log = structlog.get_logger(__name__)

SECONDS_TO_FINISH = 6.0


class Bot:
    """Runs the shards, the mirror and the answers to interactions on one loop."""

    def __init__(self) -> None:
        self._callbacks = Callbacks(
            settings.DISCORD_BASE_URL, user_agent=settings.DISCORD_USER_AGENT
        )
        self._dispatcher = Dispatcher(self._callbacks, ROUTES.find)
        self.mirror = Mirror()
        self.shards = Shards(self, self.mirror)
        self._stopping = asyncio.Event()
        self._registering: asyncio.Task[bool] | None = None
        self._registered_by: Gateway | None = None
        self._own_id = int(settings.DISCORD_CLIENT_ID)

    def stop(self) -> None:
        """Ask `run` to end. It takes no new events and answers those it took."""
        self._stopping.set()

    async def run(self) -> None:
        """Hold shards until `stop`."""
        self.mirror.start()
        try:
            await self.shards.run(self._stopping)
        finally:
            if self._registering:
                self._registering.cancel()
            await asyncio.gather(
                self.shards.hand_over(), self._dispatcher.finish(SECONDS_TO_FINISH)
            )
            await self.mirror.stop()
            await self.shards.close()
            await self._callbacks.close()
            log.info("bot_stopped")

    # Called by the gateway

    def shard_ready(self, client: Gateway, payload: Mapping[str, Any]) -> None:
        self.mirror.ready(
            [int(guild["id"]) for guild in payload["guilds"]],
            shard_id=client.shard_id or 0,
            shard_count=client.shard_count or 1,
        )
        self._connected(client)

    def shard_resumed(self, client: Gateway) -> None:
        if client is not self._registered_by:
            self._connected(client)

    def guild_event(self, event: str, payload: Mapping[str, Any]) -> None:
        try:
            self.mirror.take(event, payload, self._own_id)
        except (KeyError, TypeError, ValueError):
            log.exception("guild_event_malformed", event_name=event)

    def interaction(self, payload: Mapping[str, Any]) -> None:
        self._dispatcher.take(payload)

    def _connected(self, client: Gateway) -> None:
        """Learn who we are. The holder of the first shard registers the commands."""
        if client.user:
            self._own_id = client.user.id
        if client.shard_id == 0:
            if self._registering:
                self._registering.cancel()
            self._registered_by = client
            commands = [command.payload() for command in COMMANDS.values()]
            self._registering = asyncio.create_task(
                register_commands(client.http, int(settings.DISCORD_CLIENT_ID), commands)
            )


async def run_until_told() -> None:
    """Run the bot until SIGTERM or SIGINT."""
    bot = Bot()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bot.stop)
    await bot.run()
