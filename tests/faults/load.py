"""A seeded load: guilds with games, people who press buttons, and reminders that come due."""

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sandbox.client import ControlError
from tests.e2e.conftest import Tavern, button, make_tavern
from tests.e2e.stack import Stack

ANSWERS = {"join": "going", "maybe": "maybe", "decline": "declined"}
_worlds = itertools.count(1)


@dataclass
class Posted:
    """A game and its announcement."""

    id: int
    title: str
    place: Tavern
    message: dict[str, Any]


@dataclass
class World:
    """The guilds, people and games of one scenario. Every text of a guild holds its own token."""

    stack: Stack
    seed: int
    places: list[Tavern] = field(default_factory=list)
    tokens: dict[int, str] = field(default_factory=dict)
    games: list[Posted] = field(default_factory=list)
    away: list[tuple[float, float]] = field(default_factory=list)
    since_request: int = 0
    since_interaction: int = 0
    log_starts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        health = self.stack.sandbox.health()
        self.since_request = int(health["last_request"])
        self.since_interaction = int(health["last_interaction"])

    @contextlib.contextmanager
    def bot_away(self) -> Iterator[None]:
        """Excuse clicks without an answer during the block and the 3 s before."""
        began = time.time() - 3
        try:
            yield
        finally:
            self.away.append((began, time.time()))


def make_world(
    stack: Stack,
    seed: int,
    *,
    guilds: int = 2,
    games: int = 2,
    people: int = 6,
    due_in: int | None = None,
    **options: Any,
) -> World:
    """Make the world. The first reminders are due in `due_in` seconds; None for none soon."""
    print(f"seed {seed}")
    world = World(stack, seed)
    with ThreadPoolExecutor(guilds) as threads:
        list(threads.map(lambda _: _make_place(world, people), range(guilds)))
    jobs = [(place, number) for place in world.places for number in range(games)]
    with ThreadPoolExecutor(len(jobs)) as threads:
        makers = [
            threads.submit(
                post,
                world,
                place,
                number,
                due_in=None if due_in is None else due_in + number,
                **{"max_players": world.random.randint(1, 3), **options},
            )
            for place, number in jobs
        ]
        world.games = [maker.result() for maker in makers]
    return world


def _make_place(world: World, people: int) -> None:
    token = f"kanary{world.seed}x{next(_worlds)}"
    place = make_tavern(world.stack, f"Tavern {token}")
    world.stack.sandbox.patch_user(place.host, global_name=f"Host {token}")
    for number in range(people):
        place.new_member(f"p{number}{token}", global_name=f"Player {number} {token}")
    world.tokens[place.id] = token
    world.places.append(place)


def post(
    world: World, place: Tavern, number: int, *, due_in: int | None = None, **options: Any
) -> Posted:
    """Announce a game as its host does, with a reminder one minute before the start."""
    title = f"Game {number} {world.tokens[place.id]}"
    when = "in 5 hours" if due_in is None else f"<t:{int(time.time()) + 60 + due_in}:F>"
    message = place.post_game(title, when, remind="1m", **options)
    return Posted(int(button(message, "join").split(":")[1]), title, place, message)


def click(game: Posted, user: int, what: str) -> Any:
    """Click and return the outcome; None if the button is no longer there."""
    try:
        return game.place.sandbox.click(user, game.message, f"g:{game.id}:{what}")
    except ControlError:
        return None


@contextlib.contextmanager
def storm(
    world: World, *, hands: int = 4, pause: float = 0.15, at_least: int = 20
) -> Iterator[None]:
    """Let people press buttons during the block, and for at least so many clicks."""
    is_over = threading.Event()
    seeds = [world.random.random() for _ in range(hands)]
    with ThreadPoolExecutor(hands) as threads:
        work = [
            threads.submit(_press_buttons, world, seed, number, hands, is_over, pause, at_least)
            for number, seed in enumerate(seeds)
        ]
        try:
            yield
        finally:
            is_over.set()
        for one in work:
            one.result()


def _press_buttons(
    world: World,
    seed: float,
    number: int,
    hands: int,
    is_over: threading.Event,
    pause: float,
    at_least: int,
) -> None:
    dice, pressed = random.Random(seed), 0
    while not is_over.is_set() or pressed * hands < at_least:
        game = dice.choice(world.games)
        user = dice.choice(game.place.members[number::hands])
        click(game, user, dice.choices(["join", "maybe", "decline"], [5, 2, 3])[0])
        pressed += 1
        time.sleep(dice.uniform(0, pause * 2))


def last_words(world: World, games: list[Posted] | None = None) -> None:
    """Let everyone answer every game once more, with retries, and assert that all is stored."""
    wanted = {
        (game.id, user): world.random.choice(list(ANSWERS))
        for game in games or world.games
        for user in game.place.members
    }
    by_id = {game.id: game for game in world.games}
    for _attempt in range(10):
        open_ = {
            key: what for key, what in wanted.items() if _answers(world).get(key) != ANSWERS[what]
        }
        if not open_:
            return
        with ThreadPoolExecutor(6) as threads:
            for (game_id, user), what in open_.items():
                threads.submit(click, by_id[game_id], user, what)
        time.sleep(0.5)
    raise AssertionError(f"never answered: {open_}\n{world.stack.log('bot')}")


def _answers(world: World) -> dict[tuple[int, int], str]:
    rows = world.stack.rows(
        "select p.game_id, u.discord_id, p.answer from games_participant p"
        " join guilds_user u on u.id = p.user_id where p.game_id = any(%s)",
        [game.id for game in world.games],
    )
    return {(int(str(game)), int(str(user))): str(answer) for game, user, answer in rows}
