"""Posting a message effectively once: open the DM, look for an earlier try, send."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from discord_api import routes
from discord_api.answers import as_id
from discord_api.budget import Priority
from discord_api.client import Client
from discord_api.echo import is_shown
from discord_api.errors import UNKNOWN_MESSAGE, DiscordError, Uncertain

_EPOCH_MS = 1_420_070_400_000
_PAGES = 5
_PAGE = 100
SEND_SECONDS = 8.0
# If the channel's limit is full for longer, the message is put back for a later try.
CHANNEL_SECONDS = 0.5


@dataclass(frozen=True)
class Outgoing:
    """A message for a channel, or for a person when `channel_id` is None.

    `body` carries its nonce. If `look_since` is set, an earlier try may have succeeded: the channel
    is searched first for a message of ours since then with a link button whose address ends with
    `marker`.
    """

    body: dict[str, Any]
    channel_id: int | None = None
    user_id: int | None = None
    look_since: datetime | None = None
    marker: str = ""
    priority: Priority = Priority.UPKEEP
    guild_id: int | None = None


@dataclass(frozen=True)
class Sent:
    """A message on Discord. The channel's limit is full for another `full_for` seconds.

    `message_id` is None if the message was sent, but deleted before its id was known. `is_shown` is
    false if Discord took it and left its embeds out.
    """

    channel_id: int
    message_id: int | None
    full_for: float = 0.0
    is_shown: bool = True


@dataclass(frozen=True)
class Edited:
    """An edit that Discord took. `is_shown` is false if the message still stands as it was."""

    is_shown: bool


class SendFailed(Exception):
    """Not sent, because of `reason`. `channel_id` names the channel or opened DM, if any."""

    def __init__(self, reason: DiscordError | Uncertain, channel_id: int | None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.channel_id = channel_id


@dataclass(frozen=True)
class Missing:
    """No earlier try of a message arrived."""


async def post_once(client: Client, outgoing: Outgoing) -> Sent:
    """Send the message unless an earlier try did. Raises `SendFailed` after at most 8 seconds."""
    async with _channel_of(client, outgoing) as channel_id:
        if outgoing.look_since and (found := await _find(client, channel_id, outgoing)):
            return Sent(channel_id, found)
        route = routes.create_message(channel_id)
        try:
            answer = await client.request(
                route,
                body=outgoing.body,
                priority=outgoing.priority,
                channel_patience=CHANNEL_SECONDS,
                guild_id=outgoing.guild_id,
            )
        except DiscordError as error:
            if error.code != UNKNOWN_MESSAGE:
                raise
            return Sent(channel_id, None)  # sent, and deleted before we heard of it
        message_id, is_kept = _id_in(answer), is_shown(outgoing.body, answer)
        return Sent(channel_id, message_id, client.full_for(route), is_kept)


async def find_once(client: Client, outgoing: Outgoing) -> Sent | Missing:
    """Look for an earlier try of a message that is not to be sent any more. Raises `SendFailed`
    after at most 8 seconds."""
    async with _channel_of(client, outgoing) as channel_id:
        found = await _find(client, channel_id, outgoing)
        return Sent(channel_id, found) if found else Missing()


async def open_ahead(client: Client, user_id: int, guild_id: int) -> int | None:
    """Open the direct channel of somebody to whom nothing is sent yet, and return its id.

    Returns None, and asks nothing, if that would take the last place that a message may need.
    Raises `SendFailed` after at most 8 seconds.
    """
    if not client.has_room_to_spare(routes.open_dm()):
        return None
    nothing = Outgoing({}, user_id=user_id, priority=Priority.UPKEEP, guild_id=guild_id)
    async with _channel_of(client, nothing) as channel_id:
        return channel_id


@asynccontextmanager
async def _channel_of(client: Client, outgoing: Outgoing) -> AsyncIterator[int]:
    """The channel to write to, a direct one opened if need be; all failures become `SendFailed`."""
    channel_id = outgoing.channel_id
    try:
        async with asyncio.timeout(SEND_SECONDS):
            if channel_id is None:
                answer = await client.request(
                    routes.open_dm(),
                    body={"recipient_id": str(outgoing.user_id)},
                    priority=outgoing.priority,
                    guild_id=outgoing.guild_id,
                )
                channel_id = _id_in(answer)
            yield channel_id
    except (DiscordError, Uncertain) as error:
        raise SendFailed(error, channel_id) from error
    except TimeoutError as error:
        raise SendFailed(Uncertain(0, "took too long"), channel_id) from error
    except (KeyError, TypeError, ValueError) as error:
        raise SendFailed(Uncertain(200, "an odd answer"), channel_id) from error


async def edit(
    client: Client,
    channel_id: int,
    message_id: int,
    body: dict[str, Any],
    priority: Priority = Priority.EDIT,
    guild_id: int | None = None,
) -> Edited:
    """Replace the message's content. Raises `SendFailed` after at most 8 seconds."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            answer = await client.request(
                routes.edit_message(channel_id, message_id),
                body=body,
                priority=priority,
                guild_id=guild_id,
            )
            return Edited(is_shown(body, answer))
    except (DiscordError, Uncertain) as error:
        raise SendFailed(error, channel_id) from error
    except TimeoutError as error:
        raise SendFailed(Uncertain(0, "took too long"), channel_id) from error


async def look(client: Client, channel_id: int, message_id: int) -> None:
    """Ask whether the message is there. Raises `SendFailed`, for one that is gone with the code
    `UNKNOWN_MESSAGE`."""
    route = routes.get_message(channel_id, message_id)
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await client.request(route, priority=Priority.UPKEEP)
    except (DiscordError, Uncertain) as error:
        raise SendFailed(error, channel_id) from error
    except TimeoutError as error:
        raise SendFailed(Uncertain(0, "took too long"), channel_id) from error


async def delete(client: Client, channel_id: int, message_id: int) -> None:
    """Delete the message; one that is already gone is no error. Raises `SendFailed`."""
    try:
        await client.request(
            routes.delete_message(channel_id, message_id), priority=Priority.UPKEEP
        )
    except DiscordError as error:
        if error.status != 404:
            raise SendFailed(error, channel_id) from error
    except Uncertain as error:
        raise SendFailed(error, channel_id) from error


def snowflake_of(moment: datetime) -> int:
    """Return the smallest id that Discord could have given out at `moment`."""
    return max(int(moment.timestamp() * 1000) - _EPOCH_MS, 0) << 22


async def _find(client: Client, channel_id: int, outgoing: Outgoing) -> int | None:
    """Return the id of the message that an earlier try left in the channel, if any."""
    assert outgoing.look_since is not None
    me = _id_in(await client.request(routes.get_me(), priority=outgoing.priority))
    after = snowflake_of(outgoing.look_since - timedelta(seconds=10))
    for _page in range(_PAGES):
        messages = await client.request(
            routes.list_messages(channel_id),
            params={"after": str(after), "limit": _PAGE},
            priority=outgoing.priority,
            guild_id=outgoing.guild_id,
        )
        for message in _list_in(messages):
            if _id_in(message.get("author")) == me and _has_marker(message, outgoing.marker):
                return _id_in(message)
        if len(messages) < _PAGE:
            return None
        after = max(_id_in(message) for message in messages)
    return None


def _id_in(answer: Any) -> int:
    """Return the id of an object of Discord's. Raises `Uncertain` for an answer that is none."""
    try:
        return as_id(answer["id"])
    except (KeyError, TypeError, ValueError):
        raise Uncertain(200, "an answer without an id") from None


def _list_in(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list) or not all(isinstance(one, dict) for one in answer):
        raise Uncertain(200, "an answer that is no list")
    return answer


def _has_marker(message: dict[str, Any], marker: str) -> bool:
    return any(
        str(component.get("url") or "").endswith(marker)
        for row in message.get("components", [])
        for component in row.get("components", [])
    )
