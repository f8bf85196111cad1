"""Keeps programs running side by side until asked to stop, then ends all of their processes.

honcho's own manager stops everything when one program ends, so only its process, Procfile parser
and printer are used.
"""

import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from pathlib import Path
from typing import Self

import psutil
from honcho.printer import Message, Printer

from gamesched.local.processes import stop_processes
from gamesched.local.program import Program, stop_programs

COLOURS = cycle(("36", "33", "32", "35", "34"))
STOP_SECONDS = 10
FIRST_DELAY = 1
LONGEST_DELAY = 30
STEADY_SECONDS = 60  # after running this long, a program starts again with the first delay


class Supervisor:
    """A context manager; within it, SIGINT, SIGTERM and SIGHUP ask to stop."""

    def __init__(self, pids: Path) -> None:
        self.stopping = False
        self._pids = pids
        self._programs: list[Program] = []
        self._asides: list[Program] = []
        self._delays: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._printer = Printer(sys.stdout, width=len("postgres"))

    def __enter__(self) -> Self:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop the programs, and the sandbox after those that use it."""
        stop_programs([each for each in self._programs if each.name != "sandbox"], STOP_SECONDS)
        stop_programs(self._programs, 2)
        self._pids.unlink(missing_ok=True)

    def say(self, text: str) -> None:
        self._printer.write(Message("line", text, datetime.now().astimezone(), "system", None))

    def start(self, program: Program) -> None:
        """Start a program, which `keep_running` restarts whenever it ends."""
        program.colour = next(COLOURS)
        program.printer = self._printer
        self._programs.append(program)
        program.start()
        self._record_pids()

    def start_aside(self, program: Program) -> None:
        """Start a program that ends by itself and is not restarted."""
        self._asides.append(program)
        self.start(program)

    def run_once(self, program: Program) -> int | None:
        """Run a program to its end; returns its exit code, or None if we were asked to stop."""
        self.start(program)
        while program.is_running() and not self.stopping:
            time.sleep(0.05)
        if self.stopping:
            return None
        self._programs.remove(program)
        return program.returncode

    def keep_running(self, on_tick: Callable[[], None]) -> None:
        """Until stopped, restart ended programs (ever later) and call `on_tick` twice a second."""
        while not self.stopping:
            for program in [*self._programs]:
                self._look_after(program)
            on_tick()
            time.sleep(0.5)

    def _look_after(self, program: Program) -> None:
        name, now = program.name, time.monotonic()
        if program.is_running():
            return
        if program in self._asides:
            self._asides.remove(program)
            self._programs.remove(program)
            return
        if name not in self._due:
            steady = now - program.started_at > STEADY_SECONDS
            delay = FIRST_DELAY if steady else self._delays.get(name, FIRST_DELAY)
            self._due[name] = now + delay
            self._delays[name] = min(delay * 2, LONGEST_DELAY)
            self.say(f"{name} ended ({program.returncode}); starting it again in {delay:g} s")
        elif now >= self._due[name]:
            del self._due[name]
            program.start()
            self._record_pids()

    def _record_pids(self) -> None:
        """Record the processes for `stop_leftovers`, in case we are killed."""
        started = {}
        for program in self._programs:
            if program.pid:
                with contextlib.suppress(psutil.NoSuchProcess):  # already ended
                    started[program.pid] = psutil.Process(program.pid).create_time()
        self._pids.write_text(json.dumps(started))

    def _on_signal(self, *_signal: object) -> None:
        self.stopping = True


def stop_leftovers(pids: Path) -> None:
    """Stop the programs of a run that was killed before it could stop them."""
    if not pids.exists():
        return
    left = []
    for pid, create_time in json.loads(pids.read_text() or "{}").items():
        try:
            process = psutil.Process(int(pid))
            if abs(process.create_time() - create_time) < 1:
                left += [process, *process.children(recursive=True)]
        except psutil.Error:
            continue
    stop_processes(left, (signal.SIGTERM, 3.0), (signal.SIGKILL, 2.0))
    pids.unlink()
