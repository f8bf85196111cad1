"""`make run`: servers, migrations, sandbox and the Procfile's programs, until Ctrl-C."""

import contextlib
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from urllib.request import urlopen

from honcho.environ import parse_procfile

from gamesched.local.environment import (
    CHECKOUT,
    complete_environment,
    read_environment,
    uses_sandbox,
)
from gamesched.local.processes import exclusive
from gamesched.local.program import Program
from gamesched.local.reset import check_may_forget, forget_everything
from gamesched.local.stores.servers import LocalServers, local_servers
from gamesched.local.supervisor import Supervisor, stop_leftovers

VAR = CHECKOUT / "var"
RUNNING = VAR / "run.json"
BUSY = "Gamesched already runs from this folder; stop that one first."
SANDBOX_SECONDS = 20
# Waits until the bot has seen the sandbox's server, even on a slow machine.
DEMO = "python manage.py demo --wait 120"


def run(*, is_fresh: bool = False) -> int:
    """Run everything until a signal; returns 0 if it was stopped on request.

    `is_fresh` deletes all data first. Raises `LocalError` if they are not the sandbox's.
    """
    # Until the supervisor takes over, SIGTERM unwinds the contexts below as Ctrl-C does. SIGINT is
    # set too, since a parent in the background may have left it ignored.
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.default_int_handler)
    try:
        with exclusive(VAR / "run.lock", BUSY):
            stop_leftovers(VAR / "run.pids")
            given = read_environment(os.environ)
            environment = complete_environment(given, VAR)
            if is_fresh:
                check_may_forget(given)
            with local_servers(VAR, given) as servers:
                if is_fresh:
                    forget_everything(servers, environment)
                return _run_programs(environment | servers.variables, servers, given)
    except KeyboardInterrupt:
        return 0


def _run_programs(
    environment: Mapping[str, str], servers: LocalServers, given: Mapping[str, str]
) -> int:
    lines = parse_procfile((CHECKOUT / "Procfile").read_text()).processes
    with Supervisor(VAR / "run.pids") as supervisor, _published(environment):
        first = {"release": lines.pop("release")}
        if environment["DEBUG"] == "0":
            first = {"static": "python manage.py collectstatic --noinput", **first}
        for name, line in first.items():
            code = supervisor.run_once(Program(name, line, environment, CHECKOUT))
            if code != 0:
                return 0 if supervisor.stopping else _fail(f"{name} failed ({code}): {line}")
        if uses_sandbox(given):
            sandbox = Program("sandbox", "python -m sandbox", environment, CHECKOUT)
            supervisor.start(sandbox)
            _wait_for(int(environment["SANDBOX_PORT"]), sandbox, supervisor)
            environment = {"DISCORD_OWNER_IDS": _sandbox_owners(environment), **environment}
        for name, line in lines.items():
            supervisor.start(Program(name, line, environment, CHECKOUT))
        if uses_sandbox(given):
            supervisor.start_aside(Program("demo", DEMO, environment, CHECKOUT))
        supervisor.keep_running(_Watch(environment, servers, supervisor))
    return 0


class _Watch:
    """Called by the supervisor on each tick: revives servers and prints the welcome once."""

    def __init__(
        self, environment: Mapping[str, str], servers: LocalServers, supervisor: Supervisor
    ) -> None:
        self._environment = environment
        self._servers = servers
        self._supervisor = supervisor
        self._announced = False

    def __call__(self) -> None:
        for name in self._servers.resume_stopped():
            self._supervisor.say(f"{name} had ended and was started again")
        if not self._announced and _accepts(int(self._environment["PORT"])):
            self._announced = True
            print(_welcome(self._environment), flush=True)


def _welcome(environment: Mapping[str, str]) -> str:
    discord = environment.get("DISCORD_BASE_URL", "https://discord.com")
    note = " (the sandbox: no account needed)" if "SANDBOX_PORT" in environment else ""
    return f"""
  Gamesched runs.

    Dashboard   {environment["SITE_URL"]}
    Discord     {discord}{note}

  Ctrl-C stops everything; the data stays in var/ for the next start.
"""


@contextlib.contextmanager
def _published(environment: Mapping[str, str]) -> Iterator[None]:
    """Publish the environment for `make manage` while we run, in a private file: it has secrets."""
    RUNNING.unlink(missing_ok=True)
    RUNNING.touch(mode=0o600)
    RUNNING.write_text(json.dumps(dict(environment)))
    try:
        yield
    finally:
        RUNNING.unlink(missing_ok=True)


def _wait_for(port: int, program: Program, supervisor: Supervisor) -> None:
    """Wait until the sandbox listens, which saves the other programs from failed tries."""
    deadline = time.monotonic() + SANDBOX_SECONDS
    while program.is_running() and not supervisor.stopping and time.monotonic() < deadline:
        if _accepts(port):
            return
        time.sleep(0.1)


def _sandbox_owners(environment: Mapping[str, str]) -> str:
    """Return the ids of the owners of the sandbox's guilds, who may open /admin/ in a trial."""
    url = f"{environment['DISCORD_BASE_URL']}/control/guilds"
    try:
        with urlopen(url, timeout=5) as response:  # noqa: S310 - an address of our own
            return ",".join(sorted({guild["owner_id"] for guild in json.load(response)}))
    except (OSError, ValueError, KeyError):
        return ""


def _accepts(port: int) -> bool:
    with socket.socket() as sock:
        sock.settimeout(0.2)
        return sock.connect_ex(("127.0.0.1", port)) == 0


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
