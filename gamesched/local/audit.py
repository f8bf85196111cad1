"""Asks the advisory service whether known faults are in the libraries of `requirements.txt`."""

import subprocess
import sys
from collections.abc import Sequence
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from gamesched.local.environment import CHECKOUT

# Where pip-audit asks; any answer shows that there is a way.
SERVICE = "https://pypi.org/pypi/pip/json"
SECONDS = 5
COMMAND = (
    sys.executable,
    *("-m", "pip_audit", "--strict", "--disable-pip", "--require-hashes"),
    *("--progress-spinner", "off", "--timeout", "15", "--requirement", "requirements.txt"),
)


def audit(*, must_ask: bool, service: str = SERVICE, command: Sequence[str] = COMMAND) -> int:
    """Return 0 if no fault is known, or 1.

    Where the service cannot be reached, one line says so. That is a failure only if `must_ask`:
    otherwise nobody could check a change on a train.
    """
    if not can_reach(service):
        print(f"Not audited: {service.split('/')[2]} cannot be reached.", file=sys.stderr)
        return int(must_ask)
    return int(subprocess.run(command, cwd=CHECKOUT, check=False).returncode != 0)


def can_reach(service: str) -> bool:
    try:
        with urlopen(service, timeout=SECONDS):  # noqa: S310  (a constant)
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
