import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from gamesched.local.program import Program, stop_programs
from gamesched.local.supervisor import Supervisor, stop_leftovers

SLEEP = "echo up; exec sleep 60"


@pytest.fixture(autouse=True)
def quick_and_without_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_handler: None)
    monkeypatch.setattr("gamesched.local.supervisor.FIRST_DELAY", 0)


def program(command: str, name: str = "web") -> Program:
    return Program(name, command, os.environ, Path.cwd())


def is_alive(process: psutil.Process) -> bool:
    """Return whether it runs and is no zombie; a container's first process may leave zombies."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def run_until(supervisor: Supervisor, is_done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20

    def on_tick() -> None:
        supervisor.stopping = is_done() or time.monotonic() > deadline

    supervisor.keep_running(on_tick)
    assert is_done()


def test_killed_program_is_started_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Supervisor(tmp_path / "pids") as supervisor:
        web = program(SLEEP)
        supervisor.start(web)
        first = web.pid
        assert first
        os.kill(first, signal.SIGKILL)
        run_until(supervisor, lambda: web.pid not in {None, first})
        assert is_alive(psutil.Process(web.pid))
    assert "web ended (-9)" in capsys.readouterr().out


def test_program_beside_the_others_runs_once(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    with Supervisor(tmp_path / "pids") as supervisor:
        supervisor.start(program(SLEEP))
        supervisor.start_aside(program(f"echo once >> {ran}; exit 1", "demo"))
        end = time.monotonic() + 3
        run_until(supervisor, lambda: time.monotonic() > end)
    assert ran.read_text() == "once\n"


def test_leaving_stops_programs_and_what_they_started(tmp_path: Path) -> None:
    with Supervisor(tmp_path / "pids") as supervisor:
        web = program("sleep 61 & sleep 62; true")
        supervisor.start(web)
        time.sleep(0.2)
        family = psutil.Process(web.pid).children(recursive=True)
        assert {"61", "62"} <= {part for each in family for part in each.cmdline()}
    assert not any(is_alive(each) for each in family)


def test_program_that_ignores_sigterm_is_killed() -> None:
    stubborn = program("trap '' TERM; while :; do sleep 0.1; done")
    stubborn.start()
    time.sleep(0.2)
    stop_programs([stubborn], 0.5)
    deadline = time.monotonic() + 5
    while stubborn.is_running() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stubborn.returncode == -signal.SIGKILL


def test_run_once_returns_the_exit_code_and_prints_the_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Supervisor(tmp_path / "pids") as supervisor:
        assert supervisor.run_once(program("echo hello; exit 3", "release")) == 3
    assert "release  | hello" in capsys.readouterr().out


def test_leftovers_of_a_killed_run_are_stopped(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path / "pids")
    web = program("sleep 63 & exec sleep 64")
    supervisor.start(web)
    time.sleep(0.2)
    assert web.pid
    left = psutil.Process(web.pid)
    family = [left, *left.children()]
    stop_leftovers(tmp_path / "pids")
    assert not any(is_alive(each) for each in family)
    assert not (tmp_path / "pids").exists()


def test_leftovers_spare_a_process_that_only_has_the_number(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        (tmp_path / "pids").write_text(f'{{"{other.pid}": 1000.0}}')
        stop_leftovers(tmp_path / "pids")
        assert other.poll() is None
        other.kill()
