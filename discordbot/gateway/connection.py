"""The connection of one shard this process holds, made again whenever it breaks."""

import asyncio
import contextlib

import aiohttp
import nextcord
import structlog
from django.conf import settings

from discord_api.errors import DiscordError, Unauthorized, Uncertain
from discordbot.gateway.client import Gateway, Listener, NeedsIdentify, NotHeld
from discordbot.gateway.guild_events import EVENTS
from discordbot.gateway.hold import Hold
from discordbot.gateway.leases import NO_SESSION, Session
from discordbot.gateway.start_limits import StartLimits

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
# A refused token or intent is tried again, for the day somebody puts it right.
PAUSE_WHEN_REFUSED = 60.0
# After so long connected the next trouble is a new one, and pauses begin short again.
SECONDS_UNTIL_FORGOTTEN = 60.0
SECONDS_TO_CLOSE = 1.5

_REFUSED = (nextcord.LoginFailure, nextcord.PrivilegedIntentsRequired, Unauthorized)
_UNREACHABLE = (
    nextcord.DiscordException,
    DiscordError,
    Uncertain,
    aiohttp.ClientError,
    OSError,
)


class Connection:
    """Connects from when it is made until `close`."""

    def __init__(
        self,
        listener: Listener,
        limits: StartLimits,
        hold: Hold,
        *,
        shard_id: int,
        shard_count: int,
        session: Session | None,
    ) -> None:
        self.shard_id, self.shard_count = shard_id, shard_count
        self._listener, self._limits, self._hold = listener, limits, hold
        self._session = session
        self._client: Gateway | None = None
        self._task = asyncio.create_task(self._run())

    @property
    def is_open(self) -> bool:
        return self._client is not None and self._client.is_open

    @property
    def trouble(self) -> str:
        """The reason why no session is started, where it is known."""
        return "" if self.is_open else self._limits.trouble

    @property
    def session(self) -> Session:
        """The session as it stands, or `NO_SESSION` when one has to be started."""
        found = self._client.session if self._client else self._session
        return found or NO_SESSION

    async def drop(self) -> None:
        """Cut the connection. It comes back once the shard is surely ours."""
        if self._client and self._client.is_open:
            await self._client.hang_up()

    async def close(self) -> None:
        """Stop listening. Any process can resume the session."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            shortest = await self._connect()
            if loop.time() - began > SECONDS_UNTIL_FORGOTTEN:
                pause = FIRST_PAUSE
            if shortest is not None:
                pause = max(pause, shortest)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _connect(self) -> float | None:
        """Run one client until it ends. Returns the shortest pause until the next, or None."""
        await self._hold.wait()
        try:
            if self._session is None:
                await self._limits.wait_for_turn(self.shard_id)
                await self._hold.wait()
            self._client = self._new_client()
            await self._client.start(settings.DISCORD_BOT_TOKEN, reconnect=False)
        except (NotHeld, NeedsIdentify):
            return None
        except _REFUSED as error:
            log.error("discord_refuses_the_bot", error=str(error)[:300])
            return PAUSE_WHEN_REFUSED
        except _UNREACHABLE as error:
            log.warning("discord_unreachable", error=f"{type(error).__name__}: {error}"[:300])
        except Exception:
            log.exception("shard_failed", shard_id=self.shard_id)
        finally:
            await self._end()
        return FIRST_PAUSE

    def _new_client(self) -> Gateway:
        return Gateway(
            self._listener,
            frozenset(EVENTS),
            shard_id=self.shard_id,
            shard_count=self.shard_count,
            hold=self._hold,
            session=self._session,
            begin_turn=self._limits.begin_turn,
        )

    async def _end(self) -> None:
        """Keep the session of the client that has ended, and close what it left open."""
        client, self._client = self._client, None
        if client:
            self._session = client.session
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(client.leave(), SECONDS_TO_CLOSE)
