"""A folder for servers that tests start, harm and discard."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.environment import VAR


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path open to other accounts, unlike that of pytest's temporary folder."""
    VAR.mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="t-", dir=VAR))
    made.chmod(0o755)
    yield made
    for link in made.rglob("*"):
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
    shutil.rmtree(made)
