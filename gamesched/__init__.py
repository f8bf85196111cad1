"""The project: its settings, addresses and processes."""

import tomllib
from pathlib import Path

from gamesched.celery import app as celery_app

__all__ = ["__version__", "celery_app"]

_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
__version__: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
