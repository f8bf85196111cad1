"""Each line of the Procfile starts through `lean.py`; what that leaves out stays out."""

import subprocess
import sys

import pytest
from honcho.environ import parse_procfile

from gamesched.local.environment import CHECKOUT
from lean import UNUSED

PROCFILE = parse_procfile((CHECKOUT / "Procfile").read_text()).processes
# Ends the program when Django has the addresses of all pages, with what was found by then.
ASK = "import sys; from gamesched import urls; print(*(m for m in {} if sys.modules.get(m)))"
# A large buffer freed, then others of about that size used and freed: what is left of them, in kB.
GROWTH = """
import pathlib
def resident(): return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4
bytearray(20 << 20)
before = resident()
first, last = bytearray(b"x") * (8 << 20), bytearray(b"x") * (9 << 20)
del first, last
print(resident() - before)
"""


def run(*arguments: str) -> str:
    line = [sys.executable, "lean.py", *arguments]
    return subprocess.run(line, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout


def test_every_process_but_the_release_is_lean() -> None:
    assert {name for name, line in PROCFILE.items() if "python lean.py" not in line} == {"release"}


def test_what_nobody_uses_is_not_loaded() -> None:
    asked = ASK.format(sorted(UNUSED))
    assert run("manage", "shell", "--no-imports", "-c", asked).split() == []


@pytest.mark.parametrize(
    ("program", "arguments", "says"),
    [
        ("daphne", ["--help"], "--websocket-max-message-size"),
        ("celery", ["-A", "gamesched", "worker", "--help"], "--without-mingle"),
    ],
)
def test_the_programs_do_without(program: str, arguments: list[str], says: str) -> None:
    assert says in run(program, *arguments)


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux, and glibc")
def test_large_buffers_are_given_back() -> None:
    assert int(run("manage", "shell", "--no-imports", "-c", GROWTH)) < 4_000
