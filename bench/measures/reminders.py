"""How late reminders are sent, at random instants and many at once.

To run it alone: `.venv/bin/python -m bench.measures.reminders`.

Real processes send to the sandbox, whose log says when each request arrived. The baselines are a
bare request to the sandbox, and the 50 requests a second that Discord allows.
"""

import random
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import cycle, islice, pairwise
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.database import VAR, set_up_django
from bench.table import percentiles
from tests.duration import wait_until
from tests.e2e.stack import Stack, running_stack

if TYPE_CHECKING:
    from games.models import Game

MANY, OTHERS = 200, 10
PER_SECOND = 50
MINUTES = 60
WORKER_STARTS_SECONDS = 6
LATE_MS = 250  # the 99th percentile, when idle
LONGER = 1.2  # times as long as Discord's limit makes a burst last


@dataclass(frozen=True)
class Places:
    """Channel ids: `many` of one server, and `others` of one server each."""

    many: list[int]
    others: list[int]


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=120, help="reminders at random instants")
    parser.add_argument("--over", type=float, default=50, help="seconds they are spread over")
    options = parser.parse_args()
    with running_stack(VAR / "reminders") as stack:
        set_up_django(stack.environment)
        return _measure(stack, options.idle, options.over)


def _measure(stack: Stack, idle: int, over: float) -> int:
    places = make_places(stack)
    bare = bare_request(stack)
    print(f"{'a bare request':34}{bare:8.1f} ms, median")
    late = measure_idle(stack, places, idle, over, bare)
    longest = measure_burst(stack, places, "one worker")
    stack.start("worker-2")
    time.sleep(WORKER_STARTS_SECONDS)
    longest = max(longest, measure_burst(stack, places, "two workers"))
    print("as promised" if late <= LATE_MS and longest <= LONGER else "TOO SLOW")
    return 0 if late <= LATE_MS and longest <= LONGER else 1


def measure_idle(stack: Stack, places: Places, count: int, over: float, bare: float) -> float:
    """Print how late reminders at random instants are; returns the 99th percentile in ms."""
    start = time.time() + 4
    channels = list(islice(cycle(places.others + places.many), count))
    instants = [start + random.uniform(0, over) for _ in channels]  # noqa: S311
    late = [1000 * one for one in lateness(stack, channels, instants, over + 10)]
    p50, p99 = percentiles(late)
    print(f"idle, {len(late)} at random instants:  p50 {p50:.0f} ms, p99 {p99:.0f} ms,")
    print(f"{'':34}max {max(late):.0f} ms; p50 is {p50 / bare:.0f} bare requests")
    return p99


def measure_burst(stack: Stack, places: Places, what: str) -> float:
    """Print how long many at once take; returns the ratio to the least Discord's limit allows."""
    due = float(int(time.time()) + 5)
    channels = places.many + places.others
    seen = _last_request(stack)
    late = lateness(stack, channels, [due] * len(channels), 40)
    others = late[len(places.many) :]
    allowed = len(late) / PER_SECOND
    ratio = max(late) / allowed
    print(f"{what}, {len(late)} at once:  last after {max(late):.2f} s,", end=" ")
    print(f"{ratio:.2f} of the {allowed:.1f} s that Discord's limit makes it")
    written = stack.rows(
        "select max(extract(epoch from created_at)) - %s from notifications_delivery", due
    )
    print(f"{'':10}all timers had fired after {written[0][0]:.2f} s")
    print(f"{'':10}{len(others)} of other servers: median {median(others):.2f} s,", end=" ")
    print(f"last {max(others):.2f} s")
    rate, refused = _busiest_second(stack, seen)
    print(f"{'':10}at most {rate} requests in any second, {refused} refused by Discord")
    return ratio if rate <= PER_SECOND else float("inf")


def lateness(
    stack: Stack, channels: Sequence[int], instants: Sequence[float], patience: float
) -> list[float]:
    """Return the seconds from each reminder's time to its request at Discord, in order."""
    from notifications.rules import nonce_for  # noqa: PLC0415

    games = make_games(channels)
    seen = _last_request(stack)
    _plan(games, instants)
    nonces = [nonce_for(f"rem:{g.id}:{g.schedule_version}:{MINUTES}:ch:0") for g in games]

    def arrived() -> dict[str, float]:
        return {
            entry["nonce"]: entry["at"]
            for entry in stack.sandbox.requests(since=seen, route="POST /channels")
            if entry["status"] == 200 and entry["nonce"]
        }

    time.sleep(max(max(instants) - time.time(), 0) + 1)
    wait_until(lambda: set(nonces) <= arrived().keys(), patience)
    times = arrived()
    return [times[nonce] - due for nonce, due in zip(nonces, instants, strict=True)]


def make_places(stack: Stack) -> Places:
    """Make the servers in the sandbox, and wait until the bot has mirrored them."""
    from guilds.models import Channel  # noqa: PLC0415

    owner = stack.sandbox.make_user("host")["id"]
    guilds = [stack.sandbox.make_guild(f"Guild {n}", owner)["id"] for n in range(OTHERS + 1)]
    counts = [MANY] + [1] * OTHERS
    made = [
        [int(stack.sandbox.make_channel(guild, f"games-{n}")["id"]) for n in range(count)]
        for guild, count in zip(guilds, counts, strict=True)
    ]
    places = Places(made[0], [channel for one in made[1:] for channel in one])
    ids = places.many + places.others
    wait_until(lambda: Channel.objects.filter(id__in=ids).count() == len(ids), 60)
    return places


def make_games(channels: Sequence[int]) -> "list[Game]":
    """Make a game in each channel, some days ahead and without an announcement."""
    from games.models import Game  # noqa: PLC0415
    from guilds.models import Channel, User  # noqa: PLC0415

    rows: dict[int, Channel] = Channel.objects.select_related("guild").in_bulk(list(channels))
    owner = rows[channels[0]].guild.owner_id
    host, _is_new = User.objects.get_or_create(
        discord_id=owner, defaults={"username": "bench-host", "password": "!"}
    )
    starts_at = datetime.now(UTC) + timedelta(days=3)
    return Game.objects.bulk_create(
        [
            Game(
                guild_id=rows[channel].guild_id,
                channel_id=channel,
                host=host,
                title="Dungeon night",
                starts_at=starts_at,
                timezone="Europe/Berlin",
                duration_minutes=180,
                max_players=5,
                reminder_minutes=[MINUTES],
            )
            for channel in channels
        ]
    )


def _plan(games: "Sequence[Game]", instants: Sequence[float]) -> None:
    from notifications.enums import TimerKind  # noqa: PLC0415
    from notifications.models import Timer  # noqa: PLC0415

    Timer.objects.bulk_create(
        [
            Timer(
                game=game,
                guild_id=game.guild_id,
                kind=TimerKind.REMIND,
                minutes_before=MINUTES,
                schedule_version=game.schedule_version,
                due_at=datetime.fromtimestamp(instant, UTC),
                expires_at=datetime.fromtimestamp(instant + 600, UTC),
            )
            for game, instant in zip(games, instants, strict=True)
        ]
    )


def _last_request(stack: Stack) -> int:
    return int(stack.sandbox.health()["last_request"])


def _busiest_second(stack: Stack, seen: int) -> tuple[int, int]:
    """Return the most requests within any second, and the number of 429s."""
    log = stack.sandbox.requests(since=seen)
    counted = sorted(e["at"] for e in log if "/interactions/" not in e["path"])
    most, first = 0, 0
    for last, at in enumerate(counted):
        while counted[first] <= at - 1:
            first += 1
        most = max(most, last - first + 1)
    return most, sum(entry["status"] == 429 for entry in log)


def bare_request(stack: Stack) -> float:
    """Return the median round trip in ms of a request to the sandbox."""
    connection = HTTPConnection(urlsplit(stack.sandbox.url).netloc, timeout=5)
    headers = {
        "Authorization": f"Bot {stack.environment['DISCORD_BOT_TOKEN']}",
        "User-Agent": "DiscordBot (http://localhost, 1.0)",
    }
    moments = [time.perf_counter()]
    for _ in range(30):
        connection.request("GET", "/api/v10/users/@me", headers=headers)
        connection.getresponse().read()
        moments.append(time.perf_counter())
    connection.close()
    return 1000 * median(after - before for before, after in pairwise(moments))


if __name__ == "__main__":
    sys.exit(main())
