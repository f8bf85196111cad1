"""`make scale` only: nothing here runs with the other tests."""

from collections.abc import Iterator

import pytest

from tests.scale.fleet import Fleet, running_fleet


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    with running_fleet() as running:
        yield running
