"""These tests run only by `make scale`, never with the others."""

from collections.abc import Iterator

import pytest

from tests.scale.fleet import Fleet, running_fleet


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with running_fleet() as running:
        yield running
