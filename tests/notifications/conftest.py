import pytest

from sandbox.client import Sandbox
from tests.discord import discord, sandbox
from tests.notifications.place import Place, make_place

__all__ = ["discord", "place", "sandbox"]


@pytest.fixture
def place(discord: Sandbox, db: None) -> Place:
    return make_place(discord)
