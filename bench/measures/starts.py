"""Games that start at one moment, and reminders of other games around them.

Real processes send to the sandbox, whose log says when each request arrived. The baselines are
Discord's budget for the edits, and a bare request with the round trips to the database for a
reminder.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from bench.database import VAR, set_up_django
from bench.measures import reminders
from bench.table import Figure, percentiles
from tests.duration import wait_until
from tests.e2e.stack import Stack, running_stack

if TYPE_CHECKING:
    from games.models import Game

BUDGET_PER_SECOND = 45  # `discord_api.shared_bucket`
STARTS = 100
ROUNDS = 2
AROUND, AROUND_SECONDS = 60, 20
GROUPS = 5  # moments at which games start while there are reminders around
# Of a reminder: its timer's transaction, the outbox's claim, facts and settling.
ROUND_TRIPS = 25
LATE_SECONDS, SHOWN_SECONDS = 0.2, 3.0
P50_MS, P99_MS = 40, 150


def measure() -> list[Figure]:
    with running_stack(VAR / "starts") as stack:
        set_up_django(stack.environment)
        places = reminders.make_places(stack)
        least_ms = reminders.bare_request(stack) + ROUND_TRIPS * _round_trip_ms()
        rounds = [_at_one_moment(stack, places) for _ in range(ROUNDS)]
        p50, p99 = _around(stack, places)
        answers = {entry["status"] for entry in stack.sandbox.requests(since=0)}
        assert 429 not in answers, "refused by Discord"
    at_once, alone = f"{STARTS} start at one moment", f"{AROUND} reminders, starts around"
    least = "a bare request and its round trips"
    return [
        Figure(
            f"{at_once}, a reminder late",
            max(late for late, _shown in rounds),
            "s",
            least_ms / 1000,
            least,
            most=LATE_SECONDS,
        ),
        Figure(
            f"{at_once}, last shown",
            max(shown for _late, shown in rounds),
            "s",
            STARTS / BUDGET_PER_SECOND,
            "the budget's pace",
            most=SHOWN_SECONDS,
        ),
        Figure(f"{alone}, median late", p50, "ms", least_ms, least, most=P50_MS),
        Figure(f"{alone}, 99th percentile", p99, "ms", least_ms, least, most=P99_MS),
    ]


def _at_one_moment(stack: Stack, places: reminders.Places) -> tuple[float, float]:
    """Return how late another server's reminder of that moment is, and when the last start is
    shown, in seconds."""
    games = _announced(places.many[:STARTS])
    seen = _last_request(stack)
    moment = float(int(time.time()) + 4)
    _plan_starts(games, [moment] * len(games))
    (late,) = reminders.lateness(stack, places.others[:1], [moment], 40)
    return late, max(_shown(stack, games, seen)) - moment


def _around(stack: Stack, places: reminders.Places) -> tuple[float, float]:
    """Return the median and 99th percentile in ms of reminders while games start in groups."""
    games = _announced(places.many[:STARTS])
    begin = float(int(time.time()) + 5)
    step = AROUND_SECONDS / GROUPS
    _plan_starts(games, [begin + step * (n % GROUPS) + step / 2 for n in range(len(games))])
    instants = [begin + random.uniform(0, AROUND_SECONDS) for _ in range(AROUND)]  # noqa: S311
    channels = (places.others + places.many[STARTS:])[:AROUND]
    late = reminders.lateness(stack, channels, instants, 40)
    return percentiles([1000 * one for one in late])


def _announced(channels: Sequence[int]) -> "list[Game]":
    """Make a game in each channel, and wait until its announcement stands."""
    from notifications.models import Announcement  # noqa: PLC0415

    games = reminders.make_games(channels)
    now = datetime.now(UTC)
    Announcement.objects.bulk_create(
        Announcement(
            game=game, channel_id=game.channel_id, wanted_revision=game.revision, render_at=now
        )
        for game in games
    )
    behind = Announcement.objects.filter(game__in=games, message_id=None)
    wait_until(lambda: not behind.exists(), 60)
    time.sleep(6)  # every channel takes edits again, and the budget is full
    return games


def _plan_starts(games: "Sequence[Game]", moments: Sequence[float]) -> None:
    from notifications.enums import TimerKind  # noqa: PLC0415
    from notifications.models import Timer  # noqa: PLC0415

    dues = [datetime.fromtimestamp(moment, UTC) for moment in moments]
    Timer.objects.bulk_create(
        Timer(
            game=game,
            guild_id=game.guild_id,
            kind=TimerKind.START,
            schedule_version=game.schedule_version,
            due_at=due,
            expires_at=due + timedelta(days=1),
        )
        for game, due in zip(games, dues, strict=True)
    )


def _shown(stack: Stack, games: "Sequence[Game]", seen: int) -> list[float]:
    """Wait until each start is shown; returns when the edits arrived."""
    from notifications.models import Announcement  # noqa: PLC0415

    posts = Announcement.objects.filter(game__in=games)
    paths = {f"/channels/{post.channel_id}/messages/{post.message_id}" for post in posts}

    def arrived() -> dict[str, float]:
        edits = stack.sandbox.requests(since=seen, route="PATCH /channels")
        return {
            path: entry["at"]
            for entry in edits
            if entry["status"] == 200
            for path in paths
            if entry["path"].endswith(path)
        }

    wait_until(lambda: len(arrived()) == len(paths), 40)
    return list(arrived().values())


def _round_trip_ms() -> float:
    from django.db import connection  # noqa: PLC0415

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select 1")

    return median(_timed(ask) for _ in range(200))


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def _last_request(stack: Stack) -> int:
    return int(stack.sandbox.health()["last_request"])
