"""A program on a terminal, used as by a person: read its output, type, press Ctrl-C."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gamesched.local.environment import CHECKOUT


class Terminal:
    """A running program's terminal. `seen` is everything shown so far, typed text included."""

    def __init__(self, screen: int, process: subprocess.Popen[bytes]) -> None:
        self._screen = screen
        self._read_to = 0
        self.process = process
        self.seen = ""

    def expect(self, text: str, seconds: float = 20) -> None:
        """Wait until this text is shown, after the text expected before."""
        deadline = time.monotonic() + seconds
        while (found := self.seen.find(text, self._read_to)) < 0:
            assert time.monotonic() < deadline and self._read(0.2), f"no {text!r} in:\n{self.seen}"
        self._read_to = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._screen, f"{text}\n".encode())

    def leave_with(self, key: bytes) -> int:
        """Press the key until the program has ended, and return its exit code.

        One press may be lost in the instant between a question and the wait for its answer.
        """
        for _attempt in range(20):
            if self.process.poll() is not None:
                break
            os.write(self._screen, key)
            deadline = time.monotonic() + 1
            while self._read(0.1) and time.monotonic() < deadline:
                pass
        return self.end()

    def end(self, seconds: float = 30) -> int:
        """Return the exit code, once all output was read."""
        deadline = time.monotonic() + seconds
        while self._read(1):
            assert time.monotonic() < deadline, f"still running:\n{self.seen}"
        return self.process.wait(10)

    def _read(self, seconds: float) -> bool:
        """Read some output; returns whether more may come."""
        if not select.select([self._screen], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            self.seen += os.read(self._screen, 65536).decode(errors="replace").replace("\r\n", "\n")
        except OSError:  # the program closed the terminal
            return False
        return True


@contextmanager
def terminal(module: str, *arguments: str, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """Run `python -m module` on a new terminal within the block."""
    screen, inside = pty.openpty()
    # In a new session the first terminal that is opened becomes its own, and sends it Ctrl-C.
    opener = "import os, runpy, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); "
    run = f"sys.argv[0] = {module!r}; runpy.run_module({module!r}, run_name='__main__')"
    process = subprocess.Popen(
        [sys.executable, "-c", opener + run, *arguments],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        cwd=CHECKOUT,
        env=environment,
        start_new_session=True,
    )
    os.close(inside)
    try:
        yield Terminal(screen, process)
    finally:
        process.kill()
        process.wait()
        os.close(screen)
