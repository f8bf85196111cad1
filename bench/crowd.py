"""A crowd in one server of the sandbox that presses buttons, at a given rate or without pause."""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.duration import wait_until
from tests.e2e.conftest import Tavern, make_tavern
from tests.e2e.stack import Stack

PEOPLE, GAMES, SEATS = 200, 20, 5
ACK_SECONDS = 3.2  # a little longer than Discord waits
BUTTONS = {"join": 6, "maybe": 2, "decline": 2}
JOIN_ONLY = {"join": 1}


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
    """200 people and announced games, spread evenly over so many channels, by default one a game.

    It needs a running bot and, until the games are posted, a worker.
    """

    def __init__(self, stack: Stack, *, games: int = GAMES, channels: int | None = None) -> None:
        self._stack, self._sandbox = stack, stack.sandbox
        self._tavern: Tavern = make_tavern(stack)
        self._people = [self._tavern.new_member(f"player-{n}") for n in range(PEOPLE)]
        self.games = self._post_games(games, channels or games)
        self._dice = random.Random(1)  # noqa: S311

    def _post_games(self, games: int, in_channels: int) -> list[Posted]:
        """Post the games, those of one channel after each other."""
        from games.services.game import MOST_AN_HOUR  # noqa: PLC0415
        from guilds.models import Channel  # noqa: PLC0415
        from guilds.services.member import MemberFacts, UserFacts, see_member  # noqa: PLC0415
        from tests.factories import make_game  # noqa: PLC0415

        made = [
            int(self._sandbox.make_channel(self._tavern.id, f"games-{n}")["id"])
            for n in range(in_channels)
        ]
        wait_until(lambda: Channel.objects.filter(id__in=made).count() == in_channels, 30)
        channels = Channel.objects.select_related("guild").in_bulk(made)
        guild, hosts = channels[made[0]].guild, self._people[: games // MOST_AN_HOUR + 1]
        facts = [MemberFacts(UserFacts(host, f"host-{host}")) for host in hosts]
        members = [see_member(guild=guild, facts=one) for one in facts]
        for number in range(games):
            channel = channels[made[number * in_channels // games]]
            make_game(members[number % len(members)], channel, max_players=SEATS)
        rows = wait_until(lambda: self._posted(games), 120)
        return [Posted(*row) for row in rows]

    def _posted(self, games: int) -> list[Any]:
        rows = self._stack.rows(
            "select game_id, channel_id, message_id from notifications_announcement"
            " where message_id is not null order by game_id"
        )
        return rows if len(rows) == games else []

    def press_at(
        self,
        per_second: float,
        seconds: float,
        *,
        games: int | None = None,
        wait: float = ACK_SECONDS,
    ) -> list[Pressed]:
        """Click at an even rate on the first `games`, whether or not earlier clicks were answered.

        The outcomes are read `wait` seconds after the last click.
        """
        clicks = (self._click(games) for _ in range(int(per_second * seconds)))
        return self._pressed(self._at_a_pace(clicks, per_second), wait)

    def join_in_turn(self, per_second: float, count: int, *, wait: float) -> list[Pressed]:
        """Join `count` games at an even rate, one in each channel after the other."""
        turns = self._by_turns()
        clicks = (self._click_on(turns[n % len(turns)], JOIN_ONLY) for n in range(count))
        return self._pressed(self._at_a_pace(clicks, per_second), wait)

    def join_at_once(self, game: Posted, people: int, *, wait: float = 0) -> list[Pressed]:
        """Let so many people join one game at the same moment.

        The outcomes are read `wait` seconds later.
        """
        clicks = [_click(person, game, "join") for person in self._people[:people]]
        return self._pressed(self._at_a_pace(clicks, float("inf")), wait)

    def press_all_the_time(
        self, hands: int, seconds: float, buttons: dict[str, int] = BUTTONS
    ) -> tuple[float, list[Pressed]]:
        """Let `hands` people click, each again as soon as they are answered.

        Returns acknowledged clicks per second, and all clicks.
        """
        began = time.perf_counter()
        pressed = self._pressed(self._without_pause(hands, seconds, buttons), 0)
        took = min(time.perf_counter() - began, seconds)
        return sum(one.acked_ms is not None for one in pressed) / took, pressed

    def _pressed(self, clicking: Coroutine[Any, Any, None], wait: float) -> list[Pressed]:
        since = int(self._sandbox.health()["last_interaction"])
        asyncio.run(clicking)
        time.sleep(wait)
        return [
            Pressed(one.acked_after_ms, one.type, one.content)
            for one in self._sandbox.interactions(since=since)
        ]

    async def _at_a_pace(self, clicks: Iterable[dict[str, object]], per_second: float) -> None:
        began = time.perf_counter()
        async with self._session() as session, asyncio.TaskGroup() as tasks:
            for number, click in enumerate(clicks):
                await asyncio.sleep(began + number / per_second - time.perf_counter())
                tasks.create_task(_press(session, click, wait=False))

    async def _without_pause(self, hands: int, seconds: float, buttons: dict[str, int]) -> None:
        end = time.perf_counter() + seconds

        async def press_again(session: aiohttp.ClientSession) -> None:
            while time.perf_counter() < end:
                await _press(session, self._click(None, buttons), wait=True)

        async with self._session() as session, asyncio.TaskGroup() as tasks:
            for _ in range(hands):
                tasks.create_task(press_again(session))

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            self._sandbox.url, connector=aiohttp.TCPConnector(limit=0), raise_for_status=True
        )

    def _by_turns(self) -> list[Posted]:
        """Return the first game of each channel, then the second of each, and so on."""
        by_channel = defaultdict(list)
        for game in self.games:
            by_channel[game.channel].append(game)
        return [game for turn in zip(*by_channel.values(), strict=True) for game in turn]

    def _click(self, games: int | None, buttons: dict[str, int] = BUTTONS) -> dict[str, object]:
        return self._click_on(self._dice.choice(self.games[:games]), buttons)

    def _click_on(self, game: Posted, buttons: dict[str, int]) -> dict[str, object]:
        (button,) = self._dice.choices(list(buttons), list(buttons.values()))
        return _click(self._dice.choice(self._people), game, button)


def _click(person: int, game: Posted, button: str) -> dict[str, object]:
    return {
        "user_id": str(person),
        "channel_id": str(game.channel),
        "message_id": str(game.message),
        "custom_id": f"g:{game.id}:{button}",
    }


async def _press(session: aiohttp.ClientSession, click: dict[str, object], *, wait: bool) -> None:
    async with session.post("/control/act/component", json=click | {"wait": wait}) as answer:
        await answer.read()
