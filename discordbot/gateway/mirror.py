"""The mirror applies what the gateway tells of guilds, in order, to the database.

Events of one guild are applied one after another, different guilds at the same time. While the
database is away they wait. Payloads are read in the database's threads, off the loop.
"""

import asyncio
import json
import zlib
from collections.abc import Callable
from functools import partial

import structlog
from django.db import DatabaseError

from discordbot.gateway.guild_events import EVENTS, Payload
from discordbot.interactions.database import in_database
from guilds.services.guild import leave_guilds_except
from postgres.outage import OUTAGES

log = structlog.get_logger(__name__)

type Step = Callable[[], object]

# Clicks must not wait behind a start with many guilds: with two lanes the slowest answer during
# one took 30 ms, with three 200 ms.
LANES = 2
LONGEST_PAUSE = 5.0


class Mirror:
    """Takes events on the loop and applies those of one guild one after another."""

    def __init__(self) -> None:
        self._lanes: list[asyncio.Queue[Step]] = [asyncio.Queue() for _ in range(LANES)]
        self._workers: list[asyncio.Task[None]] = []
        self._waiting = 0

    @property
    def is_settled(self) -> bool:
        """True when all that was taken is applied."""
        return self._waiting == 0

    def start(self) -> None:
        self._workers = [asyncio.create_task(self._work(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        """End after the steps being applied. Those that wait come again with the next start."""
        for lane in self._lanes:
            while not lane.empty():
                lane.get_nowait()
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def ready(self, guild_ids: list[int], *, shard_id: int, shard_count: int) -> None:
        """Leave the guilds that a new session of the shard no longer has."""
        self._put(
            self._lanes[0],
            partial(leave_guilds_except, guild_ids, shard_id=shard_id, shard_count=shard_count),
        )

    def take(self, event: str, payload: Payload, own_id: int) -> None:
        """Take an event of a guild. `own_id` is the bot's user id."""
        if event.startswith("CHANNEL_") and not payload.get("guild_id"):
            return  # a direct message was opened
        apply = EVENTS[event]
        guild_id = int(payload.get("guild_id") or payload["id"])
        lane = self._lanes[(guild_id >> 22) % LANES]
        if event == "GUILD_CREATE":
            self._put(lane, partial(_unpack_and_apply, apply, _pack(payload), own_id))
        else:
            self._put(lane, partial(apply, payload, own_id))

    async def settle(self) -> None:
        """Wait until all that was taken is applied."""
        for lane in self._lanes:
            await lane.join()

    def _put(self, lane: asyncio.Queue[Step], step: Step) -> None:
        self._waiting += 1
        lane.put_nowait(step)

    async def _work(self, lane: asyncio.Queue[Step]) -> None:
        while True:
            apply = await lane.get()
            await _apply(apply)
            self._waiting -= 1
            lane.task_done()


def _pack(payload: Payload) -> bytes:
    """Compress it, to a tenth: a start brings all guilds at once."""
    return zlib.compress(json.dumps(payload).encode(), 1)


def _unpack_and_apply(apply: Callable[[Payload, int], None], packed: bytes, own_id: int) -> None:
    apply(json.loads(zlib.decompress(packed)), own_id)


async def _apply(apply: Step) -> None:
    pause = 0.2
    while not await _finished(apply):
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _finished(apply: Step) -> bool:
    """True when the step is done with, false while the database cannot be reached."""
    running = asyncio.ensure_future(in_database(apply))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})  # a thread cannot be cancelled
        raise
    except OUTAGES as error:
        log.warning("mirror_waits", error=str(error)[:200])
        return False
    except (DatabaseError, KeyError, TypeError, ValueError):
        log.exception("mirror_event_dropped")
    return True
