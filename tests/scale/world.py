"""Servers in the sandbox, equally many on each shard; people click in a sample of them."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gamesched.local.environment import CHECKOUT
from sandbox.client import Sandbox
from tests.e2e.stack import Stack
from tests.scale.fleet import SHARDS

HOSTS, PLAYERS, CLICKERS = 20, 40, 40
SAMPLE_A_SHARD, CLICKERS_A_PLACE = 10, 4


@dataclass
class Place:
    guild: int
    channel: int
    host: int
    player: int
    shard: int
    clickers: list[int] = field(default_factory=list)


def make_world(sandbox: Sandbox, guilds: int) -> list[Place]:
    """Make the servers; the first are the sample."""
    hosts, players, clickers = (
        [int(sandbox.make_user(f"{name}{n}")["id"]) for n in range(many)]
        for name, many in (("host", HOSTS), ("player", PLAYERS), ("clicker", CLICKERS))
    )

    def make(number: int) -> Place:
        shard, host = number % SHARDS, hosts[number % HOSTS]
        made = sandbox.make_guild(f"Guild {number}", host, shard=(shard, SHARDS))
        guild = int(made["id"])
        channel = int(sandbox.make_channel(guild, "games")["id"])
        place = Place(guild, channel, host, players[number % PLAYERS], shard)
        if number < SAMPLE_A_SHARD * SHARDS:
            first = number * CLICKERS_A_PLACE
            place.clickers = [clickers[(first + n) % CLICKERS] for n in range(CLICKERS_A_PLACE)]
        for user in (place.player, *place.clickers):
            sandbox.add_member(guild, user)
        return place

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(make, range(guilds)))


def fill(stack: Stack, places: list[Place], *, first_in: float, over: float) -> None:
    """Make a game in every place, with reminders spread evenly from `first_in` seconds on."""
    rows = [
        {"guild": one.guild, "channel": one.channel, "host": one.host, "player": one.player}
        for one in places
    ]
    subprocess.run(
        ["python", "-m", "tests.scale.fill"],
        cwd=CHECKOUT,
        env=stack.environment | {"LOG_LEVEL": "WARNING"},
        input=json.dumps({"places": rows, "first_in": first_in, "over": over}),
        text=True,
        check=True,
    )
