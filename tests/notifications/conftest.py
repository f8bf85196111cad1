from collections.abc import Iterator
from typing import Any, cast

import pytest
from celery import current_app

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
