"""Processes an earlier run may have left behind, and ports that are free."""

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
    """Hold `lock` for the block; raise `InUse(busy)` where another process holds it.

    The kernel frees it when the holder dies, however it dies, so it is never stale.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(busy) from None
        yield


def find_process(pid: int, argument: str) -> psutil.Process | None:
    """The live process `pid`, if `argument` is on its command line.

    Process ids are reused after a reboot or in a fresh container, so an id alone proves nothing.
    """
    try:
        process = psutil.Process(pid)
        return process if argument in process.cmdline() else None
    except psutil.Error:
        return None


def has_ended(process: psutil.Process) -> bool:
    """Whether it is gone, or only waits for a parent to take note (some containers' never do)."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def stop_processes(
    processes: Iterable[psutil.Process], *steps: tuple[signal.Signals, float]
) -> None:
    """Send each signal in turn, waiting at most that many seconds after it, until all ended."""
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
    """`preferred` if nothing listens there, else any free port."""
    for port in (preferred, 0):
        with socket.socket() as sock:
            # As servers do: a port whose last connection is still closing counts as free.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                sock.bind((host, port))
                return int(sock.getsockname()[1])
    raise LocalError(f"No free port on {host}.")


def read_pid(file: Path) -> int | None:
    """The process id in the first line of `file`, or None."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def is_root() -> bool:
    return os.geteuid() == 0
