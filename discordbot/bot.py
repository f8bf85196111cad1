"""The bot process: connected for as long as it lives, whatever else is down."""

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from typing import Any

import nextcord
import structlog
from django.conf import settings

from discordbot.callbacks import Callbacks
from discordbot.dispatch import Dispatcher
from discordbot.gateway import Gateway
from discordbot.mirror import EVENTS, Mirror
from discordbot.registration import register_commands
from discordbot.routes import COMMANDS
from notifications.health import GATEWAY
from telemetry.heartbeats import pulse

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
# After a refused token or intent a retry is only for the day somebody puts it right.
PAUSE_WHEN_REFUSED = 60.0
SECONDS_BETWEEN_PULSES = 10.0
SECONDS_TO_CLOSE, SECONDS_TO_FINISH = 2.0, 6.0


class Bot:
    """Runs the gateway, the mirror and the answers to interactions on one loop."""

    def __init__(self) -> None:
        self._callbacks = Callbacks(settings.DISCORD_BASE_URL)
        self._dispatcher = Dispatcher(self._callbacks)
        self.mirror = Mirror()
        self._stopping = asyncio.Event()
        self._registering: asyncio.Task[bool] | None = None
        self._own_id = int(settings.DISCORD_CLIENT_ID)

    def stop(self) -> None:
        """Ask `run` to end: no new events, and those taken are answered first."""
        self._stopping.set()

    async def run(self) -> None:
        """Stay connected until `stop`."""
        self.mirror.start()
        pause = FIRST_PAUSE
        try:
            while not self._stopping.is_set():
                connected = await self._connect()
                pause = FIRST_PAUSE if connected is None else max(pause, connected)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        finally:
            await self._finish()

    async def _pulse(self, client: Gateway) -> None:
        """Say of each shard whether it is connected, as long as the client lives."""
        while True:
            for shard_id, shard in client.shards.items():
                is_open = not shard.is_closed()
                await asyncio.to_thread(pulse, f"{GATEWAY}:{shard_id}", is_open=is_open)
            await asyncio.sleep(SECONDS_BETWEEN_PULSES)

    async def _connect(self) -> float | None:
        """One client's life. Returns None, or the shortest pause a refusal asks for."""
        client = Gateway(self, frozenset(EVENTS))
        connection = asyncio.create_task(client.start(settings.DISCORD_BOT_TOKEN))
        stopping = asyncio.create_task(self._stopping.wait())
        pulsing = asyncio.create_task(self._pulse(client))
        try:
            await asyncio.wait({connection, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if connection.done() and not self._stopping.is_set():
                return _reason_for_pause(connection.exception())
        finally:
            stopping.cancel()
            pulsing.cancel()
            await _close(client, connection)
        return None

    async def _finish(self) -> None:
        if self._registering:
            self._registering.cancel()
        await self._dispatcher.finish(SECONDS_TO_FINISH)
        await self.mirror.stop()
        await self._callbacks.close()
        log.info("bot_stopped")

    # What the gateway tells

    def shard_ready(self, client: Gateway, payload: Mapping[str, Any]) -> None:
        self._own_id = int(payload["user"]["id"])
        shard_id = int(payload["__shard_id__"] or 0)
        self.mirror.ready(
            [int(guild["id"]) for guild in payload["guilds"]],
            shard_id=shard_id,
            shard_count=client.shard_count or 1,
        )
        if shard_id == 0:
            if self._registering:
                self._registering.cancel()
            application_id = int(payload["application"]["id"])
            commands = [command.payload() for command in COMMANDS.values()]
            self._registering = asyncio.create_task(
                register_commands(client.http, application_id, commands)
            )

    def guild_event(self, event: str, payload: Mapping[str, Any]) -> None:
        try:
            self.mirror.take(event, payload, self._own_id)
        except (KeyError, TypeError, ValueError):
            log.exception("guild_event_malformed", event_name=event)

    def interaction(self, payload: Mapping[str, Any]) -> None:
        self._dispatcher.take(payload)


async def _close(client: Gateway, connection: asyncio.Task[None]) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.close(), SECONDS_TO_CLOSE)
    connection.cancel()
    await asyncio.gather(connection, return_exceptions=True)


def _reason_for_pause(error: BaseException | None) -> float | None:
    refused = (nextcord.LoginFailure, nextcord.PrivilegedIntentsRequired)
    if isinstance(error, refused):
        log.error("discord_refuses_the_bot", error=str(error)[:300])
        return PAUSE_WHEN_REFUSED
    if error is not None:
        log.warning("discord_unreachable", error=f"{type(error).__name__}: {error}"[:300])
        return FIRST_PAUSE
    return None


async def run_until_told() -> None:
    """Run the bot until SIGTERM or SIGINT."""
    bot = Bot()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, bot.stop)
    await bot.run()
