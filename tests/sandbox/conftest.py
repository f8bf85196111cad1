"""One sandbox for all tests of this folder, in its own process and with generous limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sandbox.client import Sandbox
from sandbox.testing import start
from tests.sandbox.rest import Rest

BACK = "http://127.0.0.1:8000/accounts/discord/login/callback/"


@dataclass(frozen=True)
class Place:
    """A new guild with a channel, its owner and two members."""

    guild: str
    channel: str
    owner: str
    ada: str
    ben: str


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    with start() as box:
        box.register_redirects(BACK)
        yield box


@pytest.fixture
def box(running: Sandbox) -> Sandbox:
    running.clear_faults()
    running.limits(reset=True, **{"global": {"limit": 100000, "per": 1}})
    return running


@pytest.fixture
def rest(box: Sandbox) -> Rest:
    return Rest(box.url)


@pytest.fixture
def place(box: Sandbox) -> Place:
    owner, ada, ben = (box.make_user(name)["id"] for name in ("owner", "ada", "ben"))
    guild = box.make_guild("tavern", owner)["id"]
    for member in (ada, ben):
        box.add_member(guild, member)
    return Place(guild, box.make_channel(guild, "games")["id"], owner, ada, ben)
