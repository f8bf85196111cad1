"""A virtual environment with only the packages of production."""

import subprocess
import sys
from pathlib import Path

from gamesched.local.environment import CHECKOUT

REQUIREMENTS = CHECKOUT / "requirements.txt"


def production_programs(venv: Path) -> Path:
    """Return the program folder of `venv`, which is rebuilt if `requirements.txt` changed."""
    programs, made_from = venv / "bin", venv / "made-from.txt"
    if not made_from.exists() or made_from.read_bytes() != REQUIREMENTS.read_bytes():
        _uv("venv", "--clear", "--python", sys.executable, str(venv))
        _uv(
            *("pip", "install", "--python", str(programs / "python"), "--compile-bytecode"),
            *("--require-hashes", "--requirement", str(REQUIREMENTS)),
        )
        made_from.write_bytes(REQUIREMENTS.read_bytes())
    return programs


def _uv(*arguments: str) -> None:
    subprocess.run([Path(sys.executable).parent / "uv", "-q", *arguments], check=True)
