"""Fixtures for our REST client and the sandbox, over real sockets."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from discord_api import loop
from sandbox.client import Sandbox
from sandbox.config import DEFAULT_BOT_TOKEN
from sandbox.testing import start
from tests.openapi.watch import Watch


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with start() as running:
        yield running


@pytest.fixture
def discord(sandbox: Sandbox, settings: Settings) -> Iterator[Sandbox]:
    """The sandbox with our client pointed at it, without faults and at its usual limits.

    Every request must match Discord's description.
    """
    settings.DISCORD_BASE_URL = sandbox.url
    settings.DISCORD_BOT_TOKEN = DEFAULT_BOT_TOKEN
    loop.stop()  # an earlier test's client has another address
    watch = Watch(sandbox)
    yield sandbox
    loop.stop()
    sandbox.clear_faults()
    sandbox.limits(reset=True)
    sandbox.knobs(nonce_window=300, token_revoked=False)
    watch.check(acknowledged=False)
