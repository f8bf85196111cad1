"""One program of several: start, prefixed output, exit code, and signals to its group."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from honcho.printer import Message, Printer
from honcho.process import Process

STARTED_WITHIN = 10  # seconds


class Program:
    """A Procfile's command line, run by honcho in a shell and session of its own."""

    def __init__(
        self, name: str, command: str, environment: Mapping[str, str], folder: Path
    ) -> None:
        self.name = name
        self.command = command
        self.colour: str | None = None
        self.printer: Printer | None = None
        self.pid: int | None = None
        self.returncode: int | None = None
        self.started_at = 0.0
        self._environment = dict(environment)
        self._folder = folder
        self._has_started = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start or restart it, and return once it has a process id."""
        self.pid = self.returncode = None
        self._has_started.clear()
        self.started_at = time.monotonic()
        process = Process(
            self.command,
            name=self.name,
            colour=self.colour,
            env=self._environment,
            cwd=self._folder,
        )
        self._thread = threading.Thread(target=process.run, args=(self,), daemon=True)
        self._thread.start()
        self._has_started.wait(STARTED_WITHIN)

    def put(self, message: Message) -> None:
        """Receive honcho's messages, in the thread that reads the program's output."""
        if message.type == "line" and self.printer:
            self.printer.write(message)
        elif message.type == "start":
            self.pid = message.data["pid"]
            self._has_started.set()
        elif message.type == "stop":
            self.returncode = message.data["returncode"]

    def is_running(self) -> bool:
        """Return True until all of its processes have closed their output."""
        return self._thread is not None and self._thread.is_alive()

    def send(self, signum: signal.Signals) -> None:
        """Send a signal to the program's process group."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signum)


def stop_programs(programs: list[Program], seconds: float) -> None:
    """Send SIGTERM to all at once, then after `seconds` SIGKILL to those that still run."""
    for program in programs:
        program.send(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while any(program.is_running() for program in programs) and time.monotonic() < deadline:
        time.sleep(0.05)
    for program in programs:
        program.send(signal.SIGKILL)
