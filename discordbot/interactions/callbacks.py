"""Callbacks to Discord over REST: the acknowledgement of an interaction and what follows it.

Discord counts none of them against the bot's limits, so they need no shared budget.
https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import asyncio
from typing import Any

import aiohttp

from discord_api.answers import as_code, as_message, read_json_or_nothing

Message = dict[str, Any]

REPLY, DEFER_REPLY, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 1 << 6
ALREADY_ACKNOWLEDGED = 40060
ACK_TIMEOUT = aiohttp.ClientTimeout(total=2.5)
LATER_TIMEOUT = aiohttp.ClientTimeout(total=10)
LONGEST_WAIT = 5.0


class NotDelivered(Exception):
    """Discord did not take it: too late, taken already, or out of reach."""

    def __init__(self, status: int, code: int = 0, message: str = "") -> None:
        super().__init__(f"HTTP {status}, code {code} {message}".strip())
        self.status = status
        self.code = code


class Callbacks:
    """Posts below `base_url`. Make it inside the running loop and close it at the end."""

    def __init__(self, base_url: str, *, user_agent: str) -> None:
        self._base = f"{base_url}/api/v10"
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": user_agent}, connector=aiohttp.TCPConnector(limit=0)
        )

    async def close(self) -> None:
        await self._session.close()

    async def acknowledge(
        self, interaction_id: int, token: str, kind: int, data: Message | None = None
    ) -> None:
        """Acknowledge, which Discord takes once. Raises `NotDelivered`.

        After a lost answer it is tried again: if the first try had arrived, Discord says so.
        """
        url = f"{self._base}/interactions/{interaction_id}/{token}/callback"
        body = {"type": kind, **({"data": data} if data is not None else {})}
        try:
            await self._send("POST", url, body, ACK_TIMEOUT)
        except NotDelivered as error:
            if error.status and error.status < 500:
                raise
        else:
            return
        try:
            await self._send("POST", url, body, ACK_TIMEOUT)
        except NotDelivered as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise

    async def edit_original(self, application_id: int, token: str, message: Message) -> None:
        """Change the reply, or the message that a button was on. Raises `NotDelivered`."""
        url = f"{self._base}/webhooks/{application_id}/{token}/messages/@original"
        for pause in (0.3, 1.0):
            try:
                return await self._send("PATCH", url, message, LATER_TIMEOUT)
            except NotDelivered as error:
                if error.status and error.status < 500:
                    raise
            await asyncio.sleep(pause)
        return await self._send("PATCH", url, message, LATER_TIMEOUT)

    async def follow_up(self, application_id: int, token: str, message: Message) -> None:
        """Post another message below. Raises `NotDelivered`."""
        url = f"{self._base}/webhooks/{application_id}/{token}"
        await self._send("POST", url, message, LATER_TIMEOUT)

    async def _send(
        self, method: str, url: str, body: Message, timeout: aiohttp.ClientTimeout
    ) -> None:
        """Raises `NotDelivered`, with status 0 when no answer came. A 429 is waited for once."""
        wait = await self._try(method, url, body, timeout)
        if wait is not None:
            await asyncio.sleep(wait)
            if await self._try(method, url, body, timeout) is not None:
                raise NotDelivered(429)

    async def _try(
        self, method: str, url: str, body: Message, timeout: aiohttp.ClientTimeout
    ) -> float | None:
        """Returns None when it was taken, or for how many seconds Discord wants us to wait."""
        try:
            async with self._session.request(method, url, json=body, timeout=timeout) as response:
                if response.status < 300:
                    return None
                answer = await read_json_or_nothing(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotDelivered(0, message=type(error).__name__) from None
        if response.status == 429:
            wait = _pause(answer)
            if 0 <= wait <= min(LONGEST_WAIT, timeout.total or 0):
                return wait
        raise NotDelivered(response.status, as_code(answer), as_message(answer))


def _pause(answer: Any) -> float:
    """Read for how many seconds Discord wants us to wait."""
    wait = answer.get("retry_after") if isinstance(answer, dict) else None
    if isinstance(wait, bool) or not isinstance(wait, int | float):
        return 1.0
    return wait
