"""A browser for tests. Without one they are skipped, as `make check` says first."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from gamesched.local.browser import ADVICE, find_browser, running_browser

EXPECT_WITHIN = 20_000  # ms; Playwright's default of 5 s is short on a busy machine


@contextlib.contextmanager
def browser_or_skip() -> Iterator[Browser]:
    if find_browser() is None:
        pytest.skip(ADVICE)
    expect.set_options(timeout=EXPECT_WITHIN)
    with running_browser() as browser:
        yield browser
