"""A real nextcord bot with two shards against the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import nextcord
import pytest
from nextcord.ext import commands
from nextcord.http import Route

from sandbox.client import Sandbox
from sandbox.testing import start

pytestmark = pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning")
TOKEN = "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.bot-token"


class Greeter(commands.AutoShardedBot):
    """A bot with /hello, which answers with a button. It counts the events it receives."""

    def __init__(self) -> None:
        intents = nextcord.Intents.none()
        intents.guilds = True
        super().__init__(intents=intents, shard_count=2, guild_ready_timeout=0.3)
        self.resumed = 0
        self.joined: list[str] = []

    async def on_shard_resumed(self, shard_id: int) -> None:
        self.resumed += 1

    async def on_guild_join(self, guild: nextcord.Guild) -> None:
        self.joined.append(guild.name)

    async def on_interaction(self, interaction: nextcord.Interaction[Any]) -> None:
        if interaction.type is nextcord.InteractionType.component:
            await interaction.response.edit_message(content="Clicked.")
            await interaction.followup.send("You clicked.", ephemeral=True)
        else:
            await self.process_application_commands(interaction)


def make_bot() -> Greeter:
    bot = Greeter()

    @bot.slash_command(name="hello", description="Says hello")  # type: ignore[untyped-decorator]  # nextcord's is untyped
    async def hello(
        interaction: nextcord.Interaction[Any],
        name: str = nextcord.SlashOption(description="Whom", max_length=10),
    ) -> None:
        view = nextcord.ui.View(timeout=None, auto_defer=False)
        view.add_item(nextcord.ui.Button(label="Click", custom_id="hello:1"))
        await interaction.response.send_message(f"Hello {name}!", view=view)

    return bot


@contextmanager
def running_bot(url: str) -> Iterator[Greeter]:
    """Run the bot in a thread with its own event loop."""
    Route.BASE = f"{url}/api/v10"
    loop = asyncio.new_event_loop()
    started: list[Greeter] = []

    async def run() -> None:
        bot = make_bot()
        started.append(bot)
        await bot.start(TOKEN)

    thread = Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    try:
        while not started:
            thread.join(0.01)
        yield started[0]
    finally:
        asyncio.run_coroutine_threadsafe(started[0].close(), loop).result(5)
        thread.join(5)
        # nextcord leaves its rate-limit timers running.
        for task in (left := asyncio.all_tasks(loop)):
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with start(shards=2) as sandbox:
        sandbox.knobs(check_user_agent=False)  # nextcord's is of another form
        yield sandbox


@pytest.fixture(scope="module")
def places(box: Sandbox) -> dict[str, str]:
    owner = box.make_user("owner")
    found = {"owner": owner["id"]}
    for shard in (0, 1):
        guild = box.make_guild(f"guild {shard}", owner["id"], shard=(shard, 2))
        found[f"guild {shard}"] = guild["id"]
        found[f"channel {shard}"] = box.make_channel(guild["id"], "games")["id"]
    return found


@pytest.fixture(scope="module")
def bot(box: Sandbox, places: dict[str, str]) -> Iterator[Greeter]:
    with running_bot(box.url) as running:
        box.wait_for_bot(shards=2, commands=1)
        box.wait_until(running.is_ready, timeout=15)
        yield running


def test_bot_on_two_shards_knows_its_guilds(bot: Greeter) -> None:
    assert {guild.name: guild.shard_id for guild in bot.guilds} == {"guild 0": 0, "guild 1": 1}


@pytest.mark.parametrize("shard", [0, 1])
def test_command_and_button_are_answered(
    box: Sandbox, bot: Greeter, places: dict[str, str], shard: int
) -> None:
    outcome = box.command(places["owner"], places[f"channel {shard}"], "hello", name="Ada")
    assert (outcome.type, outcome.content) == (4, "Hello Ada!")
    clicked = box.click(places["owner"], outcome.message, "hello:1", follow=True)
    assert clicked.type == 7
    assert clicked.source is not None and clicked.source["content"] == "Clicked."
    assert clicked.ephemeral and clicked.content == "You clicked."


def test_dropped_socket_is_resumed_and_missed_events_arrive(
    box: Sandbox, bot: Greeter, places: dict[str, str]
) -> None:
    before = bot.resumed
    box.gateway("drop", shard=1)
    guild = box.make_guild("late", places["owner"], shard=(1, 2))
    box.wait_until(lambda: bot.resumed > before and "late" in bot.joined)
    assert len(box.sessions()["identifies"]) == 2
    channel = box.make_channel(guild["id"], "games")
    outcome = box.command(places["owner"], channel["id"], "hello", name="you")
    assert outcome.content == "Hello you!"


def test_reconnect_request_is_followed_by_resume(box: Sandbox, bot: Greeter) -> None:
    before = bot.resumed
    box.gateway("reconnect", shard=0)
    box.wait_until(lambda: bot.resumed > before)


def test_reply_later_than_the_deadline_is_not_a_reply(
    box: Sandbox, bot: Greeter, places: dict[str, str]
) -> None:
    box.knobs(ack_deadline=0.3)
    try:
        box.gateway("pause")
        outcome = box.command(places["owner"], places["channel 0"], "hello", name="x")
        assert outcome.error == "The application did not respond"
        box.gateway("resume")
        box.wait_until(lambda: box.outcome(outcome).raw["late_callbacks"])
    finally:
        box.knobs(ack_deadline=3.0)
