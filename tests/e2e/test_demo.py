"""The demo as `make run` makes it: posted by the worker, each game where it belongs."""

from collections.abc import Iterator

import pytest

from games.management.commands._demo_games import GAMES
from sandbox.client import Sandbox
from tests.duration import wait_until
from tests.e2e.stack import Stack, running_stack
from tests.environment import own_folder
from tests.openapi.watch import Watch

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with running_stack(own_folder("e2e-demo"), demo=True) as stack:
        watch = Watch(stack.sandbox)
        stack.make_demo()
        watch.check()
        yield stack


def titles(sandbox: Sandbox) -> dict[str, list[str]]:
    """Return the titles of the announcements in each channel."""
    return {
        channel["name"]: [
            embed["title"]
            for message in sandbox.messages(channel["id"])
            for embed in message["embeds"]
        ]
        for channel in sandbox.channels()
        if channel["type"] == 0
    }


def test_each_game_stands_once_where_it_belongs(stack: Stack) -> None:
    posted = titles(stack.sandbox)

    assert sum(len(each) for each in posted.values()) == len(GAMES) - 1  # one is a draft
    assert posted["past-games"] == ["Wingspan for beginners"]
    assert "Cancelled: Blood on the Clocktower" in posted["games"]
    assert "The Sunless Citadel, part one" in posted["games"]
    assert "Surprise one-shot: Alien" not in str(posted)
    assert set(posted["campaigns"]) == {"Blades in the Dark", "Curse of Strahd: finding a party"}


def test_again_changes_nothing(stack: Stack) -> None:
    changes = "select count(*) from games_change"
    before, posted = stack.rows(changes), titles(stack.sandbox)

    stack.manage("demo")

    assert stack.rows(changes) == before
    assert titles(stack.sandbox) == posted


def test_those_it_concerns_were_told_of_what_ended_early(stack: Stack) -> None:
    users = {user["username"]: user["id"] for user in stack.sandbox.users()}
    told = wait_until(lambda: str(stack.sandbox.dms(users["mira"])), 10)

    assert "Blood on the Clocktower" in told
    assert "Wingspan" not in told
