from collections.abc import Iterator
from typing import Any, cast

import pytest
from celery import current_app

from notifications import nudges
from notifications.nudges import Nudger
from sandbox.client import Sandbox
from tests.discord import discord, sandbox
from tests.notifications.place import Place, make_place

__all__ = ["discord", "place", "sandbox"]


@pytest.fixture
def place(discord: Sandbox, db: None) -> Place:
    return make_place(discord)


@pytest.fixture
def queue() -> Iterator[Any]:
    """The broker's list, as nobody takes from it."""
    with current_app.connection_for_write() as connection:
        name = current_app.conf.task_default_queue
        client = cast(Any, connection.default_channel).client
        client.delete(name)
        yield lambda: client.llen(name)
        client.delete(name)


@pytest.fixture
def nudger(queue: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nudger]:
    """A nudger of the test's own. What earlier tests planned is not published in the meantime."""
    monkeypatch.setattr(nudges, "_wakes", {})
    for other in nudges._nudgers.values():
        _forget(other)
    nudger = Nudger()
    yield nudger
    _forget(nudger)


def _forget(nudger: Nudger) -> None:
    with nudger._has_work:
        nudger._wanted.clear()
