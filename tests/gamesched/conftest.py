"""A folder for servers that are started, hurt and thrown away."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import VAR


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's own temporary folder: its path is long, and closed to other accounts."""
    VAR.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="t-", dir=VAR))
    made.chmod(0o755)
    yield made
    for link in made.rglob("*"):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(made)
