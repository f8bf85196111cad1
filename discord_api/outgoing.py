"""Posting a message effectively once: open the DM, look for an earlier try, send."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from discord_api import routes
from discord_api.budget import Priority
from discord_api.client import Client
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


@dataclass(frozen=True)
class Sent:
    """A message on Discord. The channel's limit is full for another `full_for` seconds.

    `message_id` is None if the message was sent, but deleted before its id was known.
    """

    channel_id: int
    message_id: int | None
    full_for: float = 0.0


class SendFailed(Exception):
    """Not sent, because of `reason`. `channel_id` names the channel or opened DM, if any."""

    def __init__(self, reason: DiscordError | Uncertain, channel_id: int | None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.channel_id = channel_id


async def post_once(client: Client, outgoing: Outgoing) -> Sent:
    """Send the message unless an earlier try did. Raises `SendFailed` after at most 8 seconds."""
    channel_id = outgoing.channel_id
    try:
        async with asyncio.timeout(SEND_SECONDS):
            if channel_id is None:
                answer = await client.request(
                    routes.open_dm(),
                    body={"recipient_id": str(outgoing.user_id)},
                    priority=outgoing.priority,
                )
                channel_id = int(answer["id"])
            if outgoing.look_since and (found := await _find(client, channel_id, outgoing)):
                return Sent(channel_id, found)
            route = routes.create_message(channel_id)
            answer = await client.request(
                route,
                body=outgoing.body,
                priority=outgoing.priority,
                channel_patience=CHANNEL_SECONDS,
            )
            return Sent(channel_id, int(answer["id"]), client.full_for(route))
    except DiscordError as error:
        if error.code == UNKNOWN_MESSAGE and channel_id:
            return Sent(channel_id, None)  # sent, and deleted before we heard of it
        raise SendFailed(error, channel_id) from error
    except Uncertain as error:
        raise SendFailed(error, channel_id) from error
    except TimeoutError as error:
        raise SendFailed(Uncertain(0, "took too long"), channel_id) from error


async def edit(
    client: Client,
    channel_id: int,
    message_id: int,
    body: dict[str, Any],
    priority: Priority = Priority.EDIT,
) -> None:
    """Replace the message's content. Raises `SendFailed` after at most 8 seconds."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await client.request(
                routes.edit_message(channel_id, message_id), body=body, priority=priority
            )
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
    me = int((await client.request(routes.get_me(), priority=outgoing.priority))["id"])
    after = snowflake_of(outgoing.look_since - timedelta(seconds=10))
    for _page in range(_PAGES):
        messages = await client.request(
            routes.list_messages(channel_id),
            params={"after": str(after), "limit": _PAGE},
            priority=outgoing.priority,
        )
        for message in messages:
            if int(message["author"]["id"]) == me and _has_marker(message, outgoing.marker):
                return int(message["id"])
        if len(messages) < _PAGE:
            return None
        after = max(int(message["id"]) for message in messages)
    return None


def _has_marker(message: dict[str, Any], marker: str) -> bool:
    return any(
        str(component.get("url") or "").endswith(marker)
        for row in message.get("components", [])
        for component in row.get("components", [])
    )
