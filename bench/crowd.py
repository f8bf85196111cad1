"""A crowd in one server of the sandbox that presses buttons, at a given rate or without pause."""

import asyncio
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.duration import wait_until
from tests.e2e.conftest import Tavern, make_tavern
from tests.e2e.stack import Stack

PEOPLE, GAMES, SEATS = 200, 20, 5
ACK_SECONDS = 3.2  # a little longer than Discord waits
BUTTONS = (("join", 6), ("maybe", 2), ("decline", 2))


@dataclass(frozen=True)
class Posted:
    """An announced game. `id` is the game's; the other ids are Discord's."""

    id: int
    channel: int
    message: int


@dataclass(frozen=True)
class Pressed:
    """How one click was acknowledged: after so many ms, and with which kind of callback.

    Both are None if it never was.
    """

    acked_ms: float | None
    kind: int | None
    text: str


class Crowd:
    """200 people and 20 announced games, each in a channel of its own.

    It needs a running bot and, until the games are posted, a worker.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack, self._sandbox = stack, stack.sandbox
        self._tavern: Tavern = make_tavern(stack)
        self._people = [self._tavern.new_member(f"player-{n}") for n in range(PEOPLE)]
        self.games = self._post_games()
        self._dice = random.Random(1)  # noqa: S311

    def _post_games(self) -> list[Posted]:
        from guilds.models import Channel, Member  # noqa: PLC0415
        from guilds.services.member import MemberFacts, UserFacts, see_member  # noqa: PLC0415
        from tests.factories import make_game  # noqa: PLC0415

        made = [
            int(self._sandbox.make_channel(self._tavern.id, f"games-{n}")["id"])
            for n in range(GAMES)
        ]
        wait_until(lambda: Channel.objects.filter(id__in=made).count() == GAMES, 30)
        channels = Channel.objects.select_related("guild").in_bulk(made)
        facts = UserFacts(self._tavern.host, "hazel", "Hazel the Host")
        host: Member = see_member(guild=channels[made[0]].guild, facts=MemberFacts(facts))
        for channel in made:
            make_game(host, channels[channel], max_players=SEATS)
        rows = wait_until(self._posted, 60)
        return [Posted(*row) for row in rows]

    def _posted(self) -> list[Any]:
        rows = self._stack.rows(
            "select game_id, channel_id, message_id from notifications_announcement"
            " where message_id is not null order by game_id"
        )
        return rows if len(rows) == GAMES else []

    def press_at(
        self, per_second: float, seconds: float, *, games: int = GAMES, wait: float = ACK_SECONDS
    ) -> list[Pressed]:
        """Click at an even rate, whether or not earlier clicks were answered.

        The outcomes are read `wait` seconds after the last click.
        """
        return self._pressed(self._at_a_pace(per_second, seconds, games), wait)

    def press_all_the_time(self, hands: int, seconds: float) -> tuple[float, list[Pressed]]:
        """Let `hands` people click, each again as soon as they are answered.

        Returns acknowledged clicks per second, and all clicks.
        """
        began = time.perf_counter()
        pressed = self._pressed(self._without_pause(hands, seconds), ACK_SECONDS)
        took = min(time.perf_counter() - began, seconds)
        return sum(one.acked_ms is not None for one in pressed) / took, pressed

    def join_at_once(self, game: Posted, people: int) -> None:
        """Have so many people press Join on one game at one moment. Does not wait for answers."""
        asyncio.run(self._all_at_once(game, people))

    def _pressed(self, clicking: Coroutine[Any, Any, None], wait: float) -> list[Pressed]:
        since = int(self._sandbox.health()["last_interaction"])
        asyncio.run(clicking)
        time.sleep(wait)
        return [
            Pressed(one.acked_after_ms, one.type, one.content)
            for one in self._sandbox.interactions(since=since)
        ]

    async def _at_a_pace(self, per_second: float, seconds: float, games: int) -> None:
        began = time.perf_counter()
        async with self._session() as session, asyncio.TaskGroup() as tasks:
            for number in range(int(per_second * seconds)):
                await asyncio.sleep(began + number / per_second - time.perf_counter())
                tasks.create_task(self._press(session, games, wait=False))

    async def _without_pause(self, hands: int, seconds: float) -> None:
        end = time.perf_counter() + seconds

        async def press_again(session: aiohttp.ClientSession) -> None:
            while time.perf_counter() < end:
                await self._press(session, GAMES, wait=True)

        async with self._session() as session, asyncio.TaskGroup() as tasks:
            for _ in range(hands):
                tasks.create_task(press_again(session))

    async def _all_at_once(self, game: Posted, people: int) -> None:
        async with self._session() as session, asyncio.TaskGroup() as tasks:
            for person in self._people[:people]:
                tasks.create_task(self._send(session, game, person, "join", wait=False))

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self._sandbox.url, connector=aiohttp.TCPConnector(limit=0), raise_for_status=True
        )

    async def _press(self, session: aiohttp.ClientSession, games: int, *, wait: bool) -> None:
        game = self._dice.choice(self.games[:games])
        (button,) = self._dice.choices([name for name, _ in BUTTONS], [n for _, n in BUTTONS])
        await self._send(session, game, self._dice.choice(self._people), button, wait=wait)

    async def _send(
        self, session: aiohttp.ClientSession, game: Posted, person: int, button: str, *, wait: bool
    ) -> None:
        body = {
            "user_id": str(person),
            "channel_id": str(game.channel),
            "message_id": str(game.message),
            "custom_id": f"g:{game.id}:{button}",
            "wait": wait,
        }
        async with session.post("/control/act/component", json=body) as answer:
            await answer.read()
