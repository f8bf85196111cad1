"""A calendar feed of 500 sessions: fetched whole, and asked for again without changes."""

from statistics import median
from time import perf_counter

from bench.database import database
from bench.table import Figure
from bench.visitor import Visitor

SESSIONS, ROUNDS = 500, 20
COLD_MS, UNCHANGED_MS = 200, 20
AGAINST = "select 1"


def measure() -> list[Figure]:
    with database(durable=False, more={"DJANGO_SETTINGS_MODULE": "bench.settings"}):
        from django.core.cache import cache  # noqa: PLC0415

        visitor, path = _make_feed()
        least, whole, unchanged = [], [], []
        for _ in range(ROUNDS):
            cache.clear()  # the cached feed, and its count of fetches
            least.append(visitor.milliseconds("/bench/select-1/"))
            began = perf_counter()
            tag = visitor.get(path, status=200)["ETag"]
            whole.append(1000 * (perf_counter() - began))
            began = perf_counter()
            visitor.get(path, status=304, **{"If-None-Match": tag})
            unchanged.append(1000 * (perf_counter() - began))
        bare = median(least)
        return [
            Figure(f"{SESSIONS} sessions, whole", median(whole), "ms", bare, AGAINST, most=COLD_MS),
            Figure("unchanged (304)", median(unchanged), "ms", bare, AGAINST, most=UNCHANGED_MS),
        ]


def _make_feed() -> tuple[Visitor, str]:
    """Make a person who plays in 500 games; returns the calendar's address."""
    from django.urls import reverse  # noqa: PLC0415

    from games.models import Game, Participant  # noqa: PLC0415
    from guilds.services.feed import make_feed  # noqa: PLC0415
    from tests.factories import make_channel, make_game, make_guild, make_member  # noqa: PLC0415

    guild = make_guild()
    host, player = make_member(guild), make_member(guild)
    channel = make_channel(guild)
    for _ in range(SESSIONS):
        make_game(host, channel)
    Participant.objects.bulk_create(
        Participant(game=game, user=player.user, joined_at=game.created_at)
        for game in Game.objects.all()
    )
    return Visitor(player.user_id), reverse("feed", args=[make_feed(user=player.user)])
