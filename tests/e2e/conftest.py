"""One running product for all tests of an xdist worker, and one guild for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from sandbox.client import Sandbox
from tests.browser import browser_or_skip
from tests.e2e.stack import Stack, running_stack
from tests.environment import own_folder
from tests.openapi.watch import Watch


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack(own_folder("e2e")) as stack:
        yield stack


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with browser_or_skip() as running:
        yield running


@pytest.fixture(autouse=True)
def _held_against_discord(stack: Stack) -> Iterator[None]:
    """Check that Discord would have accepted every request during the test.

    Each interaction must have been acknowledged once and in time.
    """
    watch = Watch(stack.sandbox)
    yield
    watch.check()


@dataclass
class Tavern:
    """One test's guild, with a channel and people."""

    sandbox: Sandbox
    id: int
    channel: int
    host: int
    members: list[int]

    def new_member(self, name: str, **fields: Any) -> int:
        user = int(self.sandbox.make_user(name, **fields)["id"])
        self.sandbox.add_member(self.id, user)
        self.members.append(user)
        return user

    def post_game(
        self, title: str = "Dungeon night", when: str = "in 3 hours", **options: Any
    ) -> dict[str, Any]:
        """Announce a game as its host does; returns the announcement once it is posted."""
        preview = self.sandbox.command(
            self.host, self.channel, "create-game", title=title, when=when, **options
        )
        post = button(preview.message, "post")
        outcome = self.sandbox.click(self.host, preview.message, post)
        assert outcome.acked, outcome
        posted: dict[str, Any] = self.sandbox.wait_until(
            lambda: self.announcement(title), timeout=60
        )
        return posted

    def announcement(self, title: str) -> dict[str, Any] | None:
        for message in self.sandbox.messages(self.channel):
            if any(embed.get("title", "").endswith(title) for embed in message["embeds"]):
                return message
        return None

    def press(self, user: int, message: dict[str, Any], what: str) -> Any:
        return self.sandbox.click(user, message, button(message, what), follow=True)


def button(message: dict[str, Any], what: str) -> str:
    """Return the custom id of the message's button that ends with `what`."""
    ids = [
        str(component["custom_id"])
        for row in message["components"]
        for component in row["components"]
        if "custom_id" in component
    ]
    return next(custom_id for custom_id in ids if custom_id.endswith(f":{what}"))


@pytest.fixture
def tavern(stack: Stack) -> Tavern:
    return make_tavern(stack)


def make_tavern(stack: Stack, name: str = "Tavern") -> Tavern:
    sandbox = stack.sandbox
    host = int(sandbox.make_user("hazel", global_name="Hazel the Host")["id"])
    guild = int(sandbox.make_guild(name, host)["id"])
    channel = int(sandbox.make_channel(guild, "games")["id"])
    stack.sandbox.wait_until(
        lambda: stack.rows("select 1 from guilds_channel where id = %s", channel), timeout=60
    )
    stack.rows("update guilds_guild set timezone = 'UTC' where id = %s returning id", guild)
    return Tavern(sandbox, guild, channel, host, [])
