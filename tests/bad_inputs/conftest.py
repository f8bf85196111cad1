"""Checks after every case: no traceback, no unexpected failure, no cross-guild state."""

import logging
from collections.abc import Iterator

import pytest

from tests.discordbot.stage import Actor, Stage, set_stage


@pytest.fixture(autouse=True)
def _no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.INFO)
    yield
    for record in caplog.get_records("call"):
        if record.name.startswith("django.security"):
            continue  # Django itself logs these refusals
        assert record.exc_info is None or record.levelno < logging.ERROR, record
        assert "interaction_failed" not in record.getMessage()


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    return set_stage()


@pytest.fixture
def host(stage: Stage) -> Actor:
    return stage.actors["the_host"]


@pytest.fixture
def plain(stage: Stage) -> Actor:
    return stage.actors["plain"]
