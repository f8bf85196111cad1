"""Locks, leftover processes of earlier runs, and free ports."""

import contextlib
import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from gamesched.local.errors import InUse, LocalError


@contextlib.contextmanager
def exclusive(lock: Path, busy: str) -> Iterator[None]:
    """Hold `lock` within the block. Raises `InUse(busy)` if another process holds it.

    The kernel frees the lock whenever its holder ends, so it is never stale.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(busy) from None
        yield


def find_process(pid: int, argument: str) -> psutil.Process | None:
    """Return the live process `pid` if `argument` is on its command line.

    After a reboot or in a new container the id may belong to any process.
    """
    try:
        process = psutil.Process(pid)
        return process if argument in process.cmdline() else None
    except psutil.Error:
        return None


def has_ended(process: psutil.Process) -> bool:
    """Return whether it is gone or a zombie; some containers' first process never reaps those."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def stop_processes(
    processes: Iterable[psutil.Process], *steps: tuple[signal.Signals, float]
) -> None:
    """Send each signal in turn and wait up to its number of seconds, until all have ended."""
    left = [process for process in processes if not has_ended(process)]
    for signum, seconds in steps:
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signum)
        deadline = time.monotonic() + seconds
        while left and time.monotonic() < deadline:
            time.sleep(0.02)
            left = [process for process in left if not has_ended(process)]


def find_free_port(preferred: int = 0, host: str = "127.0.0.1") -> int:
    """Return `preferred` if nothing listens there, else any free port."""
    for port in (preferred, 0):
        with socket.socket() as sock:
            # As for servers: a port whose last connection is still closing counts as free.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                sock.bind((host, port))
                return int(sock.getsockname()[1])
    raise LocalError(f"No free port on {host}.")


def read_pid(file: Path) -> int | None:
    """Return the process id in the first line of `file`, or None."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def is_root() -> bool:
    return os.geteuid() == 0
