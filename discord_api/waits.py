"""The wait that a refusal names: numbers as Discord writes them, or nothing usable."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

# Discord shuts nobody out for longer by one answer.
LONGEST_SECONDS = 86_400.0


def number(value: Any) -> float | None:
    """Return a finite number that is not negative, or None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and found >= 0 else None


def wait_of(answer: Mapping[str, Any], headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait by a 429's body or headers; None if neither is usable.

    Usable is more than nothing and at most a day. A header may hold a date, as HTTP has it.
    """
    header = headers.get("Retry-After")
    for wait in (number(answer.get("retry_after")), number(header), _until(header)):
        if wait and wait <= LONGEST_SECONDS:
            return wait
    return None


def _until(date: str | None) -> float | None:
    try:
        moment = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return number((moment - datetime.now(UTC)).total_seconds())
