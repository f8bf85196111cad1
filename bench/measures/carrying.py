"""CPU of a click's answer that carries the announcement: claimed, read, rendered and marked.

Counted in the thread that does it, hence without PostgreSQL's, for games with 10 and 250 people.
"""

import json
import os
from collections.abc import Callable
from statistics import median
from time import thread_time
from typing import Any

import psycopg

from bench.database import database
from bench.table import Figure

SIZES = (10, 250)
ROUNDS = 300
SNAPSHOT_MS = {10: 0.5, 250: 2.5}
RENDER_MS = {10: 0.4, 250: 1.0}
CARRY_MS = {10: 1.5, 250: 4.0}

# The least an announcement needs: the game with names around it, its people with theirs, its slots.
READ = """
select game.*, guild.name, guild.locale, guild.timezone, channel.name, host.display_name
from games_game game join guilds_guild guild on guild.id = game.guild_id
join guilds_channel channel on channel.id = game.channel_id
join guilds_user host on host.id = game.host_id where game.id = {game};
select person.*, people.discord_id, people.display_name, member.nick
from games_participant person left join guilds_user people on people.id = person.user_id
left join guilds_member member on member.user_id = person.user_id
where person.game_id = {game};
select * from games_slot where game_id = {game}"""


def measure() -> list[Figure]:
    with database(durable=False):
        return [figure for size in SIZES for figure in _figures(size)]


def _figures(size: int) -> list[Figure]:
    from django.utils import timezone  # noqa: PLC0415

    from games.selectors import get_snapshot  # noqa: PLC0415
    from notifications.messages.announcement import render  # noqa: PLC0415

    game_id = _post_game(size)
    now, snapshot = timezone.now(), get_snapshot(game_id)
    message = render(snapshot, now=now)
    read = _cpu(lambda: get_snapshot(game_id))
    rendered = _cpu(lambda: render(snapshot, now=now))
    carried = _cpu(lambda: _carry(game_id), before=_let_edit)
    with psycopg.connect(_address(), autocommit=True) as bare:
        rows = _cpu(lambda: _read_bare(bare, game_id))
        ones = _cpu(lambda: [bare.execute("select 1").fetchall() for _ in range(3)])
    encoded = _cpu(lambda: json.dumps(message))
    who = f"{size} people"
    return [
        _figure(f"snapshot, {who}", read, rows, "rows by bare psycopg", SNAPSHOT_MS[size]),
        _figure(f"rendering, {who}", rendered, encoded, "its JSON", RENDER_MS[size]),
        _figure(f"claimed to marked, {who}", carried, ones, "select 1, thrice", CARRY_MS[size]),
    ]


def _figure(what: str, value: float, baseline: float, against: str, most: float) -> Figure:
    return Figure(f"{what}, CPU", value, "ms", baseline, against, most=most)


def _carry(game_id: int) -> None:
    """Do what a click's answer does around its callback to Discord."""
    from django.utils import timezone  # noqa: PLC0415

    from games.selectors import get_snapshot  # noqa: PLC0415
    from notifications.followers.announcement.state import (  # noqa: PLC0415
        claim_for_click,
        mark_rendered,
    )
    from notifications.messages.announcement import render  # noqa: PLC0415

    claim = claim_for_click(game_id)
    assert claim is not None
    snapshot = get_snapshot(game_id)
    render(snapshot, now=timezone.now())
    assert mark_rendered(claim, snapshot.revision)


def _let_edit() -> None:
    """Let the channel take its next edit at once."""
    from notifications.models import ChannelPace  # noqa: PLC0415

    ChannelPace.objects.all().delete()


def _read_bare(connection: psycopg.Connection, game_id: int) -> list[Any]:
    cursor = connection.execute(READ.format(game=game_id))
    found = [cursor.fetchall()]
    while cursor.nextset():
        found.append(cursor.fetchall())
    return found


def _post_game(size: int) -> int:
    """Make an announced game on which so many people are signed up, half of them with a seat."""
    from django.utils import timezone  # noqa: PLC0415

    from games.models import Participant  # noqa: PLC0415
    from notifications.models import Announcement  # noqa: PLC0415
    from tests.factories import make_channel, make_game, make_guild, make_member  # noqa: PLC0415

    guild = make_guild()
    host, channel = make_member(guild), make_channel(guild)
    text = "Bring dice and a character. " * 10
    game = make_game(host, channel, max_players=min(size // 2, 100), description=text)
    people = [make_member(guild, nick="Nick" if n % 3 else "") for n in range(size)]
    Participant.objects.bulk_create(
        Participant(game=game, user=person.user, joined_at=timezone.now()) for person in people
    )
    posted = Announcement.objects.filter(game=game)
    posted.update(message_id=game.id, posted_at=timezone.now(), render_at=None)
    return game.id


def _cpu(act: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the median of the thread's CPU, in ms."""
    times = []
    for _ in range(ROUNDS):
        before()
        began = thread_time()
        act()
        times.append(1000 * (thread_time() - began))
    return median(times)


def _address() -> str:
    return os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
