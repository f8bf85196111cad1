"""Joins per second by 8 callers, on one hot game and on 1,000 games.

`join_game` runs in threads of one process, beside the indispensable statements of a join, sent by
bare psycopg. Afterwards each game is checked: nobody is there twice, no seat was given twice.

PostgreSQL does not wait for the disk here. A game stays locked until its join is flushed, so one
hot game would measure the disk alone (7 ms per flush allow 149 joins a second, bare ones too).
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from threading import local
from time import perf_counter

import psycopg

from bench.database import database
from bench.table import Figure, percentiles

CALLERS = 8
HOT_JOINS, HOT_SEATS = 500, 100
GAMES, JOINS_A_GAME, SEATS = 1_000, 2, 1
AGAIN = 20  # one click in so many is sent twice
HOT_LEAST, HOT_MS = 500, 100

# The least a join needs: lock the game, read its people, write the changes.
LOCK = "select max_players, status from games_game where id = %(game)s for no key update"
READ = """
select id, user_id, answer, origin, joined_at from games_participant where game_id = %(game)s"""
WRITE = (
    """
insert into games_participant (game_id, user_id, name, answer, origin, priority, joined_at)
values (%(game)s, %(user)s, '', 'going', 'self', 0, clock_timestamp())""",
    "update games_game set revision = revision + 1 where id = %(game)s",
    """
insert into games_change (game_id, actor_id, subject_id, via, action, before, after, promoted,
    demoted, revision, request_key, at)
select id, %(user)s, %(user)s, 'bot', 'joined', '{}', '{}', '{}', '{}', revision, %(key)s, now()
from games_game where id = %(game)s""",
    """
update notifications_announcement set wanted_revision = wanted_revision + 1, render_at = now()
where game_id = %(game)s""",
)

type Join = tuple[int, int, str]  # game, user, request key


@dataclass(frozen=True)
class Run:
    """The outcome of a run; `times` are the milliseconds of each join."""

    a_second: float
    times: list[float]


def measure() -> list[Figure]:
    more = {"MOST_OPEN_GAMES": str(10 * GAMES)}
    with database(durable=False, more=more), ThreadPoolExecutor(CALLERS) as callers:
        tavern = _Tavern()
        return [*_hot(tavern, callers), *_spread(tavern, callers)]


class _Tavern:
    """A guild with its members and games."""

    def __init__(self) -> None:
        from tests.factories import make_channel, make_guild, make_member  # noqa: PLC0415

        self._guild = make_guild()
        self._channel = make_channel(self._guild)
        made = [make_member(self._guild) for _ in range(HOT_JOINS)]
        self.people = {member.user_id: member for member in made}

    def make_games(self, count: int, seats: int) -> list[int]:
        from games.services.game import MOST_AN_HOUR  # noqa: PLC0415
        from tests.factories import make_game, make_member  # noqa: PLC0415

        hosts = [make_member(self._guild) for _ in range(count // MOST_AN_HOUR + 1)]
        return [
            make_game(hosts[n % len(hosts)], self._channel, max_players=seats).id
            for n in range(count)
        ]

    def join(self, job: Join) -> None:
        from games.enums import Via  # noqa: PLC0415
        from games.services.roster.signup import join_game  # noqa: PLC0415

        game, user, key = job
        join_game(game_id=game, member=self.people[user], via=Via.BOT, request_key=key)


_bare = local()


def join_bare(job: Join) -> None:
    """Join by the indispensable statements alone, over a connection of the thread's own."""
    values = dict(zip(("game", "user", "key"), job, strict=True))
    if not hasattr(_bare, "connection"):
        url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
        _bare.connection = psycopg.connect(url, autocommit=True)
    with _bare.connection.transaction():
        _bare.connection.execute(LOCK, values)
        present = _bare.connection.execute(READ, values).fetchall()
        if job[1] not in {row[1] for row in present}:
            for statement in WRITE:
                _bare.connection.execute(statement, values)


def _hot(tavern: _Tavern, callers: Executor) -> list[Figure]:
    """500 people press Join on one game."""
    runs = []
    for act in (tavern.join, join_bare):
        (game,) = tavern.make_games(1, HOT_SEATS)
        runs.append(_run(callers, act, [(game, user) for user in tavern.people]))
    return _figures("one hot game", *runs, least=HOT_LEAST, most=HOT_MS)


def _spread(tavern: _Tavern, callers: Executor) -> list[Figure]:
    runs, users = [], list(tavern.people)
    for act in (tavern.join, join_bare):
        games = tavern.make_games(GAMES, SEATS)
        pairs = [
            (game, users[(n + turn) % len(users)])
            for turn in range(JOINS_A_GAME)
            for n, game in enumerate(games)
        ]
        runs.append(_run(callers, act, pairs))
    return _figures(f"{GAMES:,} games", *runs)


def _figures(
    where: str, joined: Run, bare: Run, *, least: float | None = None, most: float | None = None
) -> list[Figure]:
    against = "bare psycopg"
    (_, slow), (_, bare_slow) = percentiles(joined.times), percentiles(bare.times)
    return [
        Figure(f"joins, {where}", joined.a_second, "/s", bare.a_second, against, least=least),
        Figure(f"99th percentile, {where}", slow, "ms", bare_slow, against, most=most),
    ]


def _run(callers: Executor, act: Callable[[Join], None], pairs: Sequence[tuple[int, int]]) -> Run:
    """Run all joins by 8 callers, some of them twice, and check the result."""
    jobs = [
        (game, user, f"i:{game}-{user}")
        for number, (game, user) in enumerate(pairs)
        for _ in range(2 if number % AGAIN == 0 else 1)
    ]

    def timed(job: Join) -> float:
        began = perf_counter()
        act(job)
        return 1000 * (perf_counter() - began)

    began = perf_counter()
    times = list(callers.map(timed, jobs))
    took = perf_counter() - began
    _check({game for game, _user in pairs}, len(pairs))
    return Run(len(jobs) / took, times)


def _check(games: set[int], joins: int) -> None:
    """Check that everyone is there once, each join is one change, and no seat was given twice."""
    from games.models import Change, Game, Participant  # noqa: PLC0415
    from games.selectors import seating_of  # noqa: PLC0415

    assert Participant.objects.filter(game__in=games).count() == joins
    assert Change.objects.filter(game__in=games, action="joined").count() == joins
    for game in Game.objects.filter(id__in=games).prefetch_related("participants"):
        seating, present = seating_of(game, game.participants.all(), []), game.participants.count()
        assert len(seating.playing) == min(game.max_players, present), game.id
        assert game.revision == 1 + game.changes.count(), game.id
