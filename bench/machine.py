"""A description of the machine on which the figures were taken."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

import psutil
import psycopg

from gamesched.local.stores.postgres import binary


def describe() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "cpu": _cpu(),
        "memory_mb": round(psutil.virtual_memory().total / 2**20),
        "load": os.getloadavg()[0],
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "postgresql": _postgresql(),
        "psycopg": psycopg.__version__,
    }


def _cpu() -> str:
    """Return the processor's model if the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor())


def _postgresql() -> str:
    command = (str(binary("postgres")), "--version")
    return subprocess.check_output(command, text=True).split()[-1]
