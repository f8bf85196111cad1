"""How far the clocks of the processes differ from PostgreSQL's, which decides what is due.

Up to `BORNE_SECONDS` a difference does no harm: ticks and nudges live longer than that, and what is
due or too late is asked of the database. Beyond, `/readyz` and `manage.py status` tell.
"""

import socket
from datetime import UTC, datetime

import structlog
from django.db import DatabaseError, InterfaceError

from notifications.nudges import EXPIRE_SECONDS
from postgres.clock import database_now
from telemetry.heartbeats import Heartbeat, pulse

log = structlog.get_logger(__name__)

CLOCK = "clock"
BORNE_SECONDS = EXPIRE_SECONDS - 2


def pulse_clock(process: str) -> None:
    """Record how many seconds this machine's clock is ahead of PostgreSQL's. Never raises."""
    try:
        began = datetime.now(UTC)
        database = database_now()
        took = datetime.now(UTC) - began
    except (DatabaseError, InterfaceError):
        return
    ahead = (began + took / 2 - database).total_seconds()
    if abs(ahead) > BORNE_SECONDS:
        log.error("clock_differs", seconds_ahead=round(ahead, 1), process=process)
    pulse(f"{CLOCK}:{process}:{socket.gethostname()}", ahead=round(ahead, 2))


def wrong_clocks(beats: list[Heartbeat]) -> list[Heartbeat]:
    """Return the clocks among the heartbeats that differ by more than is borne."""
    clocks = [beat for beat in beats if beat.name.startswith(f"{CLOCK}:")]
    return [beat for beat in clocks if abs(float(beat.facts.get("ahead", 0))) > BORNE_SECONDS]
