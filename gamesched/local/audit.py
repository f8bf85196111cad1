"""Asks the advisory service whether known faults are in the libraries of `requirements.txt`."""

import json
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
    *("-m", "pip_audit", "--disable-pip", "--require-hashes"),
    *("--progress-spinner", "off", "--timeout", "15", "--format", "json"),
    *("--requirement", "requirements.txt"),
)


def audit(*, must_ask: bool, service: str = SERVICE, command: Sequence[str] = COMMAND) -> int:
    """Return 0 if no fault is known, or 1.

    Where the service cannot be reached, or does not know a library, a line says so. That is a
    failure only if `must_ask`: otherwise nobody could check a change on a train, or behind a
    mirror of packages that has no advisories.
    """
    if not can_reach(service):
        return _not_audited(f"{service.split('/')[2]} cannot be reached.", must_ask=must_ask)
    ran = subprocess.run(command, cwd=CHECKOUT, check=False, capture_output=True, text=True)
    try:
        libraries = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"]
        return _not_audited(said[-1], must_ask=must_ask)
    faults = [(one, fault) for one in libraries for fault in one.get("vulns", ())]
    for one, fault in faults:
        fixed = ", ".join(fault.get("fix_versions", ())) or "no version yet"
        print(f"{one['name']} {one['version']}: {fault['id']}, mended in {fixed}", file=sys.stderr)
    skipped = [one["name"] for one in libraries if "skip_reason" in one]
    if skipped:
        named = f"{', '.join(skipped[:5])}{' …' if len(skipped) > 5 else ''} ({len(skipped)})"
        return int(bool(faults)) | _not_audited(named, must_ask=must_ask)
    return int(bool(faults))


def _not_audited(why: str, *, must_ask: bool) -> int:
    print(f"Not audited: {why}", file=sys.stderr)
    return int(must_ask)


def can_reach(service: str) -> bool:
    try:
        with urlopen(service, timeout=SECONDS):  # noqa: S310  (a constant)
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
