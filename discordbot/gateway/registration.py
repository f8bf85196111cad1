"""Telling Discord our slash commands: all at once, and only when they are others than before."""

import asyncio
from collections.abc import Sequence

import aiohttp
import structlog
from nextcord import HTTPException
from nextcord.http import HTTPClient

from discordbot.interactions.commands import Payload, is_same

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0


async def register_commands(
    http: HTTPClient, application_id: int, commands: Sequence[Payload]
) -> bool:
    """Make Discord's global commands these, trying until it works.

    Returns whether they had to be changed. Discord's 400 stops it: that is our fault.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await _register(http, application_id, commands)
        except (HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.error("commands_not_registered", error=str(error)[:500], retry_in=pause)
            if isinstance(error, HTTPException) and error.status == 400:
                return False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _register(http: HTTPClient, application_id: int, commands: Sequence[Payload]) -> bool:
    theirs = await http.get_global_commands(application_id, with_localizations=True)
    if is_same(commands, theirs):  # type: ignore[arg-type]
        log.info("commands_unchanged", count=len(commands))
        return False
    await http.bulk_upsert_global_commands(application_id, list(commands))
    log.info("commands_registered", count=len(commands))
    return True
