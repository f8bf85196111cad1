"""A browser for tests. On a machine without one they are skipped, as `make check` says first."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from gamesched.local.browser import ADVICE, find_browser, running_browser


@contextlib.contextmanager
def browser_or_skip() -> Iterator[Browser]:
    if find_browser() is None:
        pytest.skip(ADVICE)
    with running_browser() as browser:
        yield browser
