"""The real bot in a thread of the test's process, against the sandbox over real sockets."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from discord_api import loop
from discordbot.bot import Bot
from games.enums import Via
from games.models import Game
from games.new_game import NewGame
from games.selectors import get_snapshot
from games.services.game import create_game
from guilds.models import Channel, Guild, Member
from guilds.services.member import MemberFacts, UserFacts, see_member
from notifications.messages.announcement import render
from notifications.models import Announcement
from sandbox.client import Outcome, Sandbox
from sandbox.config import DEFAULT_BOT_TOKEN, DEFAULT_CLIENT_ID
from sandbox.testing import start
from tests.openapi.watch import Watch
from tests.sandbox.rest import Rest

Json = dict[str, Any]


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    with start() as running:
        yield running


@pytest.fixture
def sandbox(sandbox_process: Sandbox, settings: Settings) -> Iterator[Sandbox]:
    """The sandbox for one test, in which every request and answer must be valid for Discord."""
    settings.DISCORD_BASE_URL = sandbox_process.url
    settings.DISCORD_BOT_TOKEN = DEFAULT_BOT_TOKEN
    settings.DISCORD_CLIENT_ID = str(DEFAULT_CLIENT_ID)
    sandbox_process.clear_faults()
    watch = Watch(sandbox_process)
    yield sandbox_process
    loop.stop()
    watch.check()


@dataclass
class RunningBot:
    loop: asyncio.AbstractEventLoop
    bot: Bot
    thread: threading.Thread

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.bot.stop)
        self.thread.join(12)
        assert not self.thread.is_alive()


def start_bot(sandbox: Sandbox) -> RunningBot:
    """Start the bot; returns once it is connected and its commands are registered."""
    sandbox.wait_until(lambda: not sandbox.health()["shards"])
    running = launch_bot()
    sandbox.wait_until(lambda: sandbox.health()["shards"], timeout=15)
    sandbox.wait_for_bot(commands=4)
    return running


def launch_bot() -> RunningBot:
    """Start another bot in a thread without waiting for it."""
    made: list[tuple[asyncio.AbstractEventLoop, Bot]] = []
    is_made = threading.Event()

    async def run() -> None:
        bot = Bot()
        made.append((asyncio.get_running_loop(), bot))
        is_made.set()
        await bot.run()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert is_made.wait(5)
    return RunningBot(*made[0], thread)


@pytest.fixture
def bot(transactional_db: None, sandbox: Sandbox) -> Iterator[RunningBot]:
    running = start_bot(sandbox)
    yield running
    running.stop()


@contextmanager
def restarted(running: RunningBot, sandbox: Sandbox) -> Iterator[None]:
    """Stop the bot and start another."""
    running.stop()
    successor = start_bot(sandbox)
    try:
        yield
    finally:
        successor.stop()
        # The fixture will stop it again.
        running.thread = threading.Thread()
        running.stop = lambda: None  # type: ignore[method-assign]


@dataclass
class Tavern:
    """A guild on the sandbox that the bot has mirrored, with its people."""

    sandbox: Sandbox
    id: int
    channel: int
    host: int
    members: list[int] = field(default_factory=list)

    def join(self, name: str = "guest", **fields: Any) -> int:
        user = int(self.sandbox.make_user(name, **fields)["id"])
        self.sandbox.add_member(self.id, user)
        self.members.append(user)
        return user

    def command(self, name: str, user: int | None = None, **options: Any) -> Outcome:
        return self.sandbox.command(user or self.host, self.channel, name, **options)

    def preview(self, user: int | None = None, **options: Any) -> Json:
        options = {"title": "Dungeon night", "when": "in 3 hours", **options}
        return self.command("create-game", user, **options).message

    def command_payload(self, name: str, **options: str) -> Json:
        """Return an INTERACTION_CREATE from the host, to be modified by tests."""
        return {
            "type": 2,
            "locale": "en-US",
            "app_permissions": str(2**53 - 1),
            "guild_id": str(self.id),
            "channel_id": str(self.channel),
            "channel": {"id": str(self.channel), "type": 0},
            "member": {"user": {"id": str(self.host), "username": "hazel"}, "roles": []},
            "data": {
                "id": "1",
                "name": name,
                "type": 1,
                "options": [
                    {"name": key, "type": 3, "value": value} for key, value in options.items()
                ],
            },
        }

    def host_member(self) -> Member:
        facts = MemberFacts(user=UserFacts(discord_id=self.host, username="hazel"))
        return see_member(guild=Guild.objects.get(id=self.id), facts=facts)

    def make_game(self, **fields: Any) -> Game:
        """Make a game by the service, without the bot."""
        values: dict[str, Any] = {
            "channel_id": self.channel,
            "title": "Dungeon night",
            "starts_at": timezone.now() + timedelta(days=1),
            "timezone": "Europe/Berlin",
            **fields,
        }
        number = Game.objects.count()
        return create_game(
            host=self.host_member(),
            new=NewGame(**values),
            via=Via.WEB,
            request_key=f"t:{self.id}:{number}",
        )

    def announce(self, game: Game) -> Json:
        """Post the announcement as the worker would, long enough ago to allow an edit."""
        message = self.post(render(get_snapshot(game.id), now=timezone.now()))
        Announcement.objects.update_or_create(
            game=game,
            defaults={
                "channel_id": self.channel,
                "message_id": int(message["id"]),
                "posted_at": timezone.now() - timedelta(minutes=1),
                "posted_revision": game.revision,
                "wanted_revision": game.revision,
                "render_at": None,
            },
        )
        return message

    def post(self, body: Json) -> Json:
        """Post a message of the bot in the channel."""
        return self.rest("POST", f"/channels/{self.channel}/messages", body)

    def rest(self, method: str, path: str, body: Json) -> Json:
        answer = Rest(self.sandbox.url)(method, path, body)
        assert answer.status < 300, answer
        return dict(answer.body)


def make_tavern(sandbox: Sandbox, name: str = "Tavern") -> Tavern:
    host = int(sandbox.make_user("hazel", global_name="Hazel")["id"])
    guild = int(sandbox.make_guild(name, host)["id"])
    channel = int(sandbox.make_channel(guild, "games")["id"])
    sandbox.wait_until(lambda: Channel.objects.filter(id=channel).exists())
    return Tavern(sandbox, guild, channel, host)


@pytest.fixture
def tavern(bot: RunningBot, sandbox: Sandbox) -> Tavern:
    return make_tavern(sandbox)


def button(message: Json, what: str) -> str:
    """Return the custom id of the button or select that ends with `what`."""
    ids = [
        str(part["custom_id"])
        for row in message["components"]
        for part in row["components"]
        if "custom_id" in part
    ]
    return next(custom_id for custom_id in ids if custom_id.endswith(f":{what}"))


def click(sandbox: Sandbox, user: int, message: Json, custom_id: str) -> Outcome:
    """Click, and wait until the person got an answer."""
    outcome = sandbox.click(user, message, custom_id)

    def answered() -> Outcome | None:
        now = sandbox.outcome(outcome)
        return now if now.messages or now.error else None

    answer: Outcome = sandbox.wait_until(answered, timeout=12)
    return answer


def source(outcome: Outcome) -> Json:
    """Return the clicked message in its present state."""
    assert outcome.source is not None
    return outcome.source


def buttons(*custom_ids: str) -> list[Json]:
    """Return buttons with these custom ids, as only an attacker would post them."""
    parts = [{"type": 2, "style": 1, "label": "x", "custom_id": one} for one in custom_ids]
    return [{"type": 1, "components": parts[at : at + 5]} for at in range(0, len(parts), 5)]
