import shutil
import subprocess
from pathlib import Path

import pytest

from gamesched.local.environment import CHECKOUT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with only the files that bin/venv reads, and a PATH with chosen programs."""
    (tmp_path / "bin").mkdir()
    shutil.copy(CHECKOUT / "bin" / "venv", tmp_path / "bin")
    (tmp_path / ".python-version").write_text("3.13\n")
    (tmp_path / "requirements-dev.txt").touch()
    (tmp_path / "programs").mkdir()
    for name in ("sh", "cat", "cmp", "dirname", "readlink", "rm"):
        (tmp_path / "programs" / name).symlink_to(shutil.which(name) or name)
    return tmp_path


def set_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bin/venv"],
        cwd=checkout,
        env={"PATH": str(checkout / "programs")},
        capture_output=True,
        text=True,
        check=False,
    )


def add_program(checkout: Path, name: str, script: str) -> None:
    file = checkout / "programs" / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_python_too_old_is_said_in_one_line(checkout: Path) -> None:
    add_program(checkout, "python3", '[ "$1" = --version ] && echo Python 3.11.2')
    result = set_up(checkout)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        "Gamesched needs Python 3.12 or later (best 3.13); found Python 3.11.2.\n"
    )


def test_no_python_at_all_is_said_in_one_line(checkout: Path) -> None:
    result = set_up(checkout)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Gamesched needs Python 3.12 or later (best 3.13); found no Python."
    ]


def test_linked_environment_is_not_touched(checkout: Path) -> None:
    (checkout / "elsewhere").mkdir()
    (checkout / "elsewhere" / "precious").touch()
    (checkout / ".venv").symlink_to("elsewhere")
    result = set_up(checkout)
    assert result.returncode == 1
    assert "is a link to elsewhere" in result.stderr
    assert (checkout / "elsewhere" / "precious").exists()


def test_missing_venv_module_is_explained(checkout: Path) -> None:
    add_program(checkout, "python3.13", '[ "$1" = -m ] && exit 1; exit 0')
    result = set_up(checkout)
    assert result.returncode == 1
    assert "install python3-venv" in result.stderr


def test_unchanged_environment_is_left_alone() -> None:
    result = subprocess.run(
        [CHECKOUT / "bin" / "venv"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
