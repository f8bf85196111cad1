"""The running sandbox: the world, its watchers, and the trouble made for it."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field

from sandbox.config import Config, Knobs
from sandbox.errors import ApiError
from sandbox.faults import Faults
from sandbox.gateway.hub import Hub
from sandbox.happenings import Happenings
from sandbox.limits import Limiter
from sandbox.requestlog import RequestLog
from sandbox.world.persistence import Store, load_world
from sandbox.world.state import Channel, Guild, Json, Message, User


@dataclass
class Interaction:
    """One act of a person, from the moment it is sent to the bot until its token dies."""

    id: int
    token: str
    type: int
    user_id: int
    channel_id: int
    guild_id: int | None
    payload: Json
    sent: float
    message_id: int | None = None
    modal_from: int | None = None
    acked: float | None = None
    ack_type: int | None = None
    original_id: int | None = None
    thinking: bool = False
    replies: list[int] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None
    sealed: bool = False
    late_callbacks: int = 0
    double_callbacks: int = 0
    replays: int = 0
    happening: Json = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def acked_after_ms(self) -> float | None:
        return None if self.acked is None else round((self.acked - self.sent) * 1000, 1)

    def announce(self) -> None:
        """Wake all that wait for news of this interaction."""
        self.changed.set()
        self.changed = asyncio.Event()


class Sandbox:
    """One pretend Discord with one application in it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.knobs = Knobs(shards=config.shards)
        self.world = load_world(config.data)
        self.store = Store(config.data, self.world)
        self.hub = Hub(self)
        self.happenings = Happenings(self.hub)
        self.limiter = Limiter()
        self.faults = Faults()
        self.log = RequestLog()
        self.interactions: dict[int, Interaction] = {}
        self.interactions_by_token: dict[str, Interaction] = {}
        self.nonces: dict[tuple[int, str], tuple[float, int, int]] = {}
        self.old_edits: dict[int, deque[float]] = {}
        self.redirect_uris = list(config.redirect_uris)
        self.tokens_revoked = False
        self.base_url = f"http://{config.host}:{config.port}"
        self._ensure_bot()

    @property
    def app_id(self) -> int:
        """The application's id, which is its bot user's id too."""
        return self.config.client_id

    @property
    def bot(self) -> User:
        return self.world.users[self.app_id]

    def _ensure_bot(self) -> None:
        if self.app_id not in self.world.users:
            self.world.users[self.app_id] = User(
                id=self.app_id, username="Gamekeeper", bot=True, dms_open=False
            )

    def next_id(self) -> int:
        return self.world.snowflakes.next()

    def new_token(self) -> str:
        return secrets.token_urlsafe(48)

    def user(self, user_id: int) -> User:
        """Return the user; raises 10013. The methods below raise their own codes."""
        found = self.world.users.get(user_id)
        if found is None:
            raise ApiError(10013)
        return found

    def guild(self, guild_id: int) -> Guild:
        found = self.world.guilds.get(guild_id)
        if found is None:
            raise ApiError(10004)
        return found

    def channel(self, channel_id: int) -> Channel:
        found = self.world.channels.get(channel_id)
        if found is None:
            raise ApiError(10003)
        return found

    def message(self, channel_id: int, message_id: int) -> Message:
        found = self.world.find_message(channel_id, message_id)
        if found is None:
            raise ApiError(10008)
        return found

    def changed(self) -> None:
        """Have the world saved; to be called after any change."""
        self.store.touch()
