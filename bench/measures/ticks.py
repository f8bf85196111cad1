"""Cost of a tick among 1,000,000 pending timers, with fresh and with stale statistics."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from bench.database import database
from bench.table import Figure

GAMES, TIMERS_A_GAME = 100, 10_000
CLAIMED = 100
EMPTY_ROUNDS, CLAIM_ROUNDS = 300, 60
EMPTY_MS, CLAIM_MS = 1.0, 15.0

# Autovacuum might refresh the statistics during a measurement.
KEEP_STALE = """
alter table notifications_timer set (autovacuum_enabled = false);
analyze notifications_timer"""
LOAD = """
insert into notifications_timer (game_id, guild_id, kind, minutes_before, schedule_version,
    state, due_at, expires_at, attempts, fence, last_error)
select g.id, g.guild_id, 'remind', n, 1, 'pending', now() + n * interval '1 h',
    now() + interval '9 years', 0, 0, ''
from games_game g, generate_series(1, %s) n"""
# Uses an array: with stale statistics a join would compare each timer with each chosen one.
MAKE_DUE = """
update notifications_timer set due_at = now() where id = any(array(
    select id from notifications_timer where state = 'pending' and due_at > now() + interval '1 h'
    limit %s))"""
PUT_BACK = """
update notifications_timer set state = 'pending', due_at = now() + interval '2 h'
where state = 'leased'"""


def measure() -> list[Figure]:
    with database():
        _load()
        figures = _both("stale statistics")
        _execute("analyze notifications_timer")
        return figures + _both("fresh statistics")


def _load() -> None:
    from tests.factories import make_channel, make_game, make_guild, make_member  # noqa: PLC0415

    host = make_member(make_guild())
    channel = make_channel(host.guild)
    for _ in range(GAMES):
        make_game(make_member(host.guild), channel)
    _execute("delete from notifications_timer")
    _execute(KEEP_STALE)
    _execute("set statement_timeout = 0")
    _execute(LOAD, TIMERS_A_GAME)


def _both(statistics: str) -> list[Figure]:
    from notifications.timers.claims import Lane, claim  # noqa: PLC0415
    from notifications.timers.dispatcher import dispatch_due  # noqa: PLC0415

    bare = median(_times(EMPTY_ROUNDS, lambda: _execute("select 1")))
    empty = median(_times(EMPTY_ROUNDS, dispatch_due))

    def make_due() -> None:
        _execute(PUT_BACK)
        _execute(MAKE_DUE, CLAIMED)

    def claim_many() -> None:
        assert len(claim(Lane.REMINDERS, CLAIMED)) == CLAIMED

    claimed = median(_times(CLAIM_ROUNDS, claim_many, before=make_due))
    against = "select 1"
    return [
        Figure(f"empty tick, {statistics}", empty, "ms", bare, against, most=EMPTY_MS),
        Figure(f"claim of {CLAIMED}, {statistics}", claimed, "ms", bare, against, most=CLAIM_MS),
    ]


def _times(
    rounds: int, act: Callable[[], object], before: Callable[[], object] = lambda: None
) -> list[float]:
    """Return the milliseconds of each call."""
    times = []
    for _ in range(rounds):
        before()
        began = perf_counter()
        act()
        times.append(1000 * (perf_counter() - began))
    return times


def _execute(sql: str, *parameters: int) -> None:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
