"""Registration of our slash commands with Discord: all at once, and only when they changed."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
import structlog
from nextcord import HTTPException
from nextcord.http import HTTPClient

from discordbot.interactions.commands import Payload

log = structlog.get_logger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
# These decide whether a command has changed; Discord adds more of its own.
_KEYS = frozenset({
    "name", "description", "type", "options", "contexts", "integration_types", "nsfw",
    "default_member_permissions", "name_localizations", "description_localizations",
    "required", "choices", "value", "min_value", "max_value", "min_length", "max_length",
    "channel_types", "autocomplete",
})  # fmt: skip


async def register_commands(
    http: HTTPClient, application_id: int, commands: Sequence[Payload]
) -> bool:
    """Make these Discord's global commands, trying until it works.

    Returns whether they had to be changed. A 400 ends it, since that is our fault.
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


def is_same(ours: Sequence[Payload], theirs: Sequence[Payload]) -> bool:
    """Whether they are the same commands, in any order."""
    return _by_name(ours) == _by_name(theirs)


def _by_name(commands: Sequence[Payload]) -> dict[tuple[int, str], Any]:
    return {(int(c.get("type") or 1), str(c["name"])): normalized(c) for c in commands}


def normalized(value: Any) -> Any:
    """Drop whatever Discord fills in: unknown keys, nulls, empty lists and false."""
    if isinstance(value, Mapping):
        kept = {
            key: dict(part) if key.endswith("_localizations") else normalized(part)
            for key, part in value.items()
            if key in _KEYS and not _is_nothing(part)
        }
        if "default_member_permissions" in kept:
            kept["default_member_permissions"] = str(kept["default_member_permissions"])
        if kept.get("integration_types") == [0]:
            del kept["integration_types"]
        return kept
    if isinstance(value, list | tuple):
        if all(isinstance(part, int) for part in value):
            return sorted(value)
        return [normalized(part) for part in value]
    return value


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ([], {}, ())
