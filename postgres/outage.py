"""Whether PostgreSQL cannot be reached, as this process last saw.

While it is away, only the first to ask waits out the pool's time-out (2 s); the others are told at
once, and a second later somebody tries again.
"""

import time

from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

OUTAGES = (OperationalError, InterfaceError)
PAUSE_SECONDS = 1.0

_away_until = 0.0


def is_away() -> bool:
    """Whether somebody waited for the database in vain within the last second."""
    return time.monotonic() < _away_until


def note_outage(error: BaseException) -> None:
    """Remember that the database was away, if that is what the error says."""
    global _away_until  # noqa: PLW0603 - one database, one opinion on it
    if isinstance(error.__cause__, PoolTimeout):
        _away_until = time.monotonic() + PAUSE_SECONDS
