"""Checks of the formats in Discord's description, which JSON Schema would ignore."""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from jsonschema import FormatChecker

FORMATS = FormatChecker(formats=())


def _checks(name: str) -> Callable[[Callable[[object], bool]], Callable[[object], bool]]:
    return FORMATS.checks(name, raises=(ValueError,))


@_checks("snowflake")
def _is_snowflake(value: object) -> bool:
    return not isinstance(value, str) or (re.fullmatch(r"\d{1,20}", value, re.ASCII) is not None)


@_checks("date-time")
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


@_checks("uri")
def _is_address(value: object) -> bool:
    """Return whether Discord takes the address: fully escaped, and of an allowed scheme."""
    if not isinstance(value, str):
        return True
    address = urlsplit(value)
    is_plain = re.fullmatch(r"[!-~]+", value) is not None
    return (
        is_plain
        and address.scheme in {"http", "https", "ws", "wss", "discord", "attachment"}
        and bool(address.netloc)
    )


@_checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@_checks("int64")
def _is_int64(value: object) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63
