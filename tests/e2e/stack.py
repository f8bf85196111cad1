"""The whole product as it runs: servers, the sandbox and the Procfile's own lines."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg
import redis
from honcho.environ import parse_procfile

from gamesched.local.environment import CHECKOUT, complete_environment, time_variables
from gamesched.local.processes import find_free_port
from gamesched.local.stores.servers import LocalServers, local_servers
from gamesched.setup.values import CALLBACK
from sandbox.client import Sandbox
from sandbox.testing import start as start_sandbox
from tests.duration import stretched, wait_until

STARTS_WITHIN = 60
PROCESSES = ("web", "bot", "worker", "beat")
BEHIND = """
select 1 from notifications_announcement where render_at is not null or delete_at is not null"""


class Stack:
    """Running processes by their Procfile names; each can be killed and started.

    `worker-2` is another process of the Procfile's `worker`.
    """

    def __init__(
        self, folder: Path, environment: dict[str, str], sandbox: Sandbox, servers: LocalServers
    ) -> None:
        self.url = environment["SITE_URL"]
        self.sandbox = sandbox
        self.servers = servers
        self._folder = folder
        self.environment = environment
        self._lines = parse_procfile((CHECKOUT / "Procfile").read_text()).processes
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        # Additional variables of single processes, by their names.
        self.variables: dict[str, dict[str, str]] = {}

    def start(self, *names: str) -> None:
        """Start the processes that do not run yet."""
        for name in names:
            if self.is_running(name):
                continue
            with (self._folder / f"{name}.log").open("ab") as log:
                self._running[name] = subprocess.Popen(
                    f"exec {self._lines[name.partition('-')[0]]}",
                    shell=True,
                    cwd=CHECKOUT,
                    env=self.environment | self.variables.get(name, {}),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(self._running)

    def all_of(self, line: str) -> tuple[str, ...]:
        """Return the names of all processes of this line of the Procfile."""
        return tuple(name for name in self._running if name.partition("-")[0] == line)

    def is_running(self, name: str) -> bool:
        return name in self._running and self._running[name].poll() is None

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def run_release(self) -> None:
        self.start("release")
        release = self._running.pop("release")
        assert release.wait(stretched(STARTS_WITHIN)) == 0, self.log("release")

    def kill(self, name: str) -> None:
        """Send SIGKILL, as the kernel does when memory is short."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def pause(self, name: str) -> None:
        """Send SIGSTOP, which resembles the pause of a virtual machine that is moved."""
        os.killpg(self._running[name].pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        os.killpg(self._running[name].pid, signal.SIGCONT)

    def kill_server(self, name: str) -> None:
        """Send SIGKILL to PostgreSQL or Valkey; `servers.resume_stopped()` restarts it."""
        server = getattr(self.servers, name)
        server._process.kill()
        server._process.wait()

    def stop(self, name: str) -> float:
        """Send SIGTERM; returns the seconds until the end. Fails after 10 s, or later if busy."""
        process, began = self._running.pop(name), time.monotonic()
        os.killpg(process.pid, signal.SIGTERM)
        try:
            _wait_ten_seconds(process)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise AssertionError(f"{name} did not stop\n{self.log(name)}") from None
        return time.monotonic() - began

    def restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def stop_all(self) -> None:
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._running.clear()

    def log(self, name: str) -> str:
        """Return the end of a process's output."""
        return self.whole_log(name)[-6000:]

    def whole_log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        return "".join(f"\n--- {name}\n{self.log(name)}" for name in self._running)

    def rows(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        """Run a query and return its rows."""
        with self.connect() as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    @property
    def database_url(self) -> str:
        return self.environment["DATABASE_URL"].replace("postgres://", "postgresql://", 1)

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.database_url)

    def wait_for_postgres(self) -> None:
        """Wait until it accepts connections, which it refuses while it recovers from a crash."""

        def answers() -> bool:
            with contextlib.suppress(psycopg.OperationalError):
                return bool(self.rows("select 1"))
            return False

        wait_until(answers, STARTS_WITHIN)

    @contextlib.contextmanager
    def cut_off(self) -> Iterator[None]:
        """Wait after the block until PostgreSQL has cut a connection made before it: for a moment
        after one of its backends has crashed, it goes on taking new ones."""
        connection = self.connect()
        yield

        def is_cut() -> bool:
            try:
                connection.execute("select 1")
            except psycopg.OperationalError:
                return True
            return False

        wait_until(is_cut, STARTS_WITHIN)
        connection.close()

    def execute(self, statements: str) -> None:
        """Change the database behind the processes' backs."""
        with self.connect() as connection:
            connection.execute(statements.encode())

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Lock the table within the block against reads and writes, as a migration does."""
        with self.connect() as connection:
            connection.execute(f"lock table {table} in access exclusive mode".encode())
            yield

    def empty_valkey(self) -> None:
        with redis.Redis.from_url(self.environment["REDIS_URL"]) as client:
            client.flushall()

    def shell(self, code: str) -> None:
        """Run a line of Python in the project, as `manage.py shell -c` does."""
        self.manage("shell", "--no-imports", "-c", code)

    def manage(self, *arguments: str) -> None:
        subprocess.run(
            ["python", "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            check=True,
        )

    def wait_for_web(self) -> None:
        wait_until(lambda: http_status(self.url) == 200, STARTS_WITHIN)

    def bring_up(self, *names: str) -> None:
        """Start all processes, and wait until the site answers and the bot is connected."""
        self.start(*names)
        self.wait_for_web()
        self.sandbox.wait_for_bot(commands=1, timeout=STARTS_WITHIN)

    def make_demo(self) -> None:
        """Make the demo, and wait until its announcements are posted in their final state."""
        self.manage("demo", "--wait", "60")
        wait_until(lambda: not self.rows(BEHIND), 60)


def _wait_ten_seconds(process: subprocess.Popen[bytes]) -> None:
    """Or longer on a busy machine."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
        return
    process.wait(stretched(10) - 10)


def http_status(url: str, timeout: float = 2) -> int | None:
    """Return the status of a GET, or None if nobody answers."""
    try:
        with urlopen(url, timeout=timeout) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except OSError:
        return None


@contextlib.contextmanager
def running_stack(
    folder: Path,
    between: Callable[[str], contextlib.AbstractContextManager[str]] = contextlib.nullcontext,
    *,
    demo: bool = False,
) -> Iterator[Stack]:
    """Run everything within the block, on new data in `folder`, with the bot connected.

    `between` may put a proxy before the sandbox: given its address, it yields the one for the
    processes. `demo` makes the Demo tavern.
    """
    with prepared_stack(folder, between, demo=demo) as stack:
        stack.bring_up(*PROCESSES)
        yield stack


@contextlib.contextmanager
def prepared_stack(
    folder: Path,
    between: Callable[[str], contextlib.AbstractContextManager[str]] = contextlib.nullcontext,
    *,
    shards: int = 1,
    site_port: int | None = None,
    demo: bool = False,
) -> Iterator[Stack]:
    """Run servers and the sandbox within the block, with a migrated database and no process yet.

    `site_port` is the site's port if it is not that of a single web process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as contexts:
        servers = contexts.enter_context(local_servers(folder, {}))
        port = find_free_port()
        times = time_variables(port)
        sandbox = contexts.enter_context(start_sandbox(shards=shards, environment=times, demo=demo))
        discord_url = contexts.enter_context(between(sandbox.url))
        given = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(folder)),
            "PORT": str(port),
            "SITE_URL": f"http://localhost:{site_port or port}",
            "DISCORD_BASE_URL": discord_url,
            "DISCORD_CDN_URL": f"{sandbox.url}/cdn",
            "DISCORD_BOT_TOKEN": "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.bot-token",
            "DISCORD_CLIENT_ID": "1000000000000000001",
            "DISCORD_CLIENT_SECRET": "sandbox-client-secret",
            **times,
            "SANDBOX_PORT": sandbox.url.rsplit(":", 1)[1],
        }
        environment = complete_environment(given, folder) | servers.variables
        sandbox.register_redirects(f"{given['SITE_URL']}{CALLBACK}")
        stack = Stack(folder, environment, sandbox, servers)
        contexts.callback(stack.stop_all)
        _forget_old_data(servers)
        stack.run_release()
        yield stack


def _forget_old_data(servers: LocalServers) -> None:
    assert servers.postgres is not None
    with psycopg.connect(servers.postgres.url(), autocommit=True) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
