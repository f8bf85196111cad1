"""Backups, made and restored as in `docs/operating.md`."""

import subprocess
from pathlib import Path

from gamesched.local.stores.postgres import binary
from tests.e2e.stack import Stack


def dump(stack: Stack, file: Path) -> None:
    _run("pg_dump", "--format=custom", f"--file={file}", f"--dbname={stack.database_url}")


def restore(stack: Stack, file: Path) -> None:
    """Replace everything in the database by the backup."""
    stack.execute("drop schema public cascade; create schema public")
    _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={stack.database_url}", str(file))


def _run(program: str, *arguments: str) -> None:
    subprocess.run([binary(program), *arguments], check=True)
