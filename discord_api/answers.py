"""The one place where an answer of Discord is read, however odd it is.

An answer may be cut off, drip in, be as large as a disk, be nested ten thousand deep, or be a
proxy's page. Time is the caller's: the total time-out of its aiohttp session ends what drips.
"""

import json
from typing import Any

import aiohttp

# A hundred messages with full embeds, each letter escaped, come to about 4 MB.
MOST_BYTES = 8 * 1024 * 1024
_CHUNK = 64 * 1024
_BIGGEST_ID = 2**63 - 1


class Unreadable(Exception):
    """The answer is no JSON, or too large, or nested too deep. Nothing of it is used."""


async def read_json(response: aiohttp.ClientResponse, *, most: int = MOST_BYTES) -> Any:
    """Return the body as JSON, and None for an empty one.

    Raises `Unreadable`, for a body of more than `most` bytes too; aiohttp's errors and
    `TimeoutError` where it does not come whole.
    """
    body = await _read(response, most)
    if not body.strip():
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no readable JSON: {type(error).__name__}") from None


async def read_json_or_nothing(response: aiohttp.ClientResponse, *, most: int = MOST_BYTES) -> Any:
    """Return the body of a refusal as JSON, and an empty object for any other: a proxy's page.

    Raises aiohttp's errors and `TimeoutError` where it does not come whole.
    """
    try:
        answer = await read_json(response, most=most)
    except Unreadable:
        return {}
    return {} if answer is None else answer


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    if (response.content_length or 0) > most:
        raise Unreadable(f"more than {most} bytes")
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            raise Unreadable(f"more than {most} bytes")
    return bytes(body)


def as_id(value: object) -> int:
    """Read a snowflake as PostgreSQL can hold it. Raises `ValueError`."""
    number = _whole(value)
    if number > _BIGGEST_ID:
        raise ValueError("an id out of range")
    return number


def as_bits(value: object) -> int:
    """Read permission bits, of which bigint holds 63; 0 for none. Raises `ValueError`."""
    return _whole(value) & _BIGGEST_ID if value is not None else 0


def as_text(value: object, most: int | None = None) -> str:
    """Read a text, cut after `most` characters; "" for none. Raises `ValueError` for others.

    What PostgreSQL and UTF-8 cannot hold is dropped: NUL and halves of surrogate pairs.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()[:most]


def as_code(answer: object) -> int:
    """Read Discord's own code of a refusal; 0 where it gives none."""
    code = answer.get("code") if isinstance(answer, dict) else None
    if isinstance(code, bool) or not isinstance(code, int):
        return 0
    return code if 0 < code < 2**31 else 0


def as_message(answer: object) -> str:
    """Read the sentence of a refusal, for the log; "" where it gives none."""
    said = answer.get("message") if isinstance(answer, dict) else None
    return as_text(said, 200) if isinstance(said, str) else ""


def _whole(value: object) -> int:
    """Read a number that is not below 0, as Discord writes it: in digits, at times quoted."""
    if isinstance(value, str):
        if not (value.isascii() and value.isdecimal() and len(value) <= 40):
            raise ValueError("not a number")
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a number")
    return value
