"""`make manage`: Django's commands on the local database, whether or not `make run` runs."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator

from gamesched.local.environment import CHECKOUT, complete_environment, read_environment
from gamesched.local.errors import InUse
from gamesched.local.processes import exclusive
from gamesched.local.run import BUSY, RUNNING, VAR
from gamesched.local.stores.servers import local_servers


def manage(arguments: list[str]) -> int:
    """Run `manage.py` with these arguments; returns its exit code."""
    with _environment() as environment:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode


@contextlib.contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """Yield the environment of a running `make run`, else one with servers for this block."""
    given = read_environment(os.environ)
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(exclusive(VAR / "run.lock", BUSY))
        except InUse:
            if not RUNNING.exists():
                raise
            yield json.loads(RUNNING.read_text())
            return
        servers = stack.enter_context(local_servers(VAR, given))
        yield complete_environment(given, VAR) | servers.variables
