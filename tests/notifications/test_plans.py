"""Claims walk their partial index in order, with stale and with fresh statistics."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from games.models import Game
from notifications.followers.announcement import claims as announcement_claims
from notifications.outbox import claims as outbox_claims
from notifications.timers import claims as timer_claims
from notifications.timers.channels_ahead import BATCH, near_reminders
from postgres.clock import database_now
from postgres.planner_settings import PLANNER
from tests.factories import make_game

ROWS = 200_000

LOAD_TIMERS = """
insert into notifications_timer (game_id, guild_id, kind, minutes_before, schedule_version,
    state, due_at, expires_at, attempts, fence, last_error)
select %s, 1, 'remind', n, 9, case when n %% 20 = 0 then 'pending' else 'done' end,
    now() + (n - 5000) * interval '1 s', now() + interval '9 days', 0, 0, ''
from generate_series(1, %s) n"""
LOAD_DELIVERIES = """
insert into notifications_delivery (dedupe_key, game_id, guild_id, notice, priority, target,
    target_id, payload, state, due_at, expires_at, attempts, fence, last_error, created_at)
select 'k' || n, %s, 1, 'reminder', n %% 3, 'channel', n %% 500, '{}',
    case when n %% 20 = 0 then 'pending' else 'done' end,
    now() + (n - 190000) * interval '1 s', now() + interval '9 days', 0, 0, '', now()
from generate_series(1, %s) n"""
LOAD_GAMES = """
insert into games_game select (jsonb_populate_record(g, jsonb_build_object('id', g.id + n))).*
from games_game g, generate_series(1, %s) n where g.id = %s"""
LOAD_ANNOUNCEMENTS = """
insert into notifications_announcement (game_id, channel_id, message_id, wanted_revision,
    posted_revision, post_number, render_at, fence, is_in_flight, attempts, last_error)
select id, id % 5000, id, 1, 1, 1, case when id % 1000 = 0 then now() end, 0, false, 0, ''
from games_game on conflict do nothing"""


def plan(sql: str, parameters: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(PLANNER)
        cursor.execute(f"explain {sql}", parameters)
        text = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("set local enable_bitmapscan = on; set local enable_sort = on")
    return text


def stale_then_fresh(table: str) -> Iterator[str]:
    """Yield with stale, then with fresh statistics of rows that are loaded only once."""
    yield "stale"
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {table}")
    yield "fresh"


@pytest.fixture
def game(db: None) -> Game:
    game = make_game()
    with connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off; set local statement_timeout = 0")
    return game


@pytest.mark.django_db
@pytest.mark.parametrize("is_early", [True, False])
def test_timer_claims_walk_the_partial_index(game: Game, is_early: bool) -> None:
    parameters: dict[str, Any] = {
        "lease": "30 s",
        "limit": 200,
        "ahead": 1.5,
        "watermark": "2000-01-01",
        "is_early": is_early,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOAD_TIMERS, [game.id, ROWS])
    for statistics in stale_then_fresh("notifications_timer"):
        look = plan(timer_claims.IS_ANYTHING_DUE, parameters)
        assert "Scan using timer_due" in look, (statistics, look)
        assert "Scan using timer_leased" in look, (statistics, look)
        assert "Sort" not in look, (statistics, look)
        due = plan(timer_claims.CLAIM_DUE, parameters)
        # Each look walks the index to its limit; a sort may only follow, so that few are sorted.
        assert due.count("Scan using timer_due") == 3, (statistics, due)
        for part in due.split("->  Limit")[1:]:
            read, index_scan, _rest = part.partition("Scan using timer_due")
            assert not index_scan or "Sort" not in read, (statistics, due)
        assert "Seq Scan on notifications_timer" not in due, (statistics, due)
        abandoned = plan(timer_claims.CLAIM_ABANDONED, parameters)
        assert "Index Scan using timer_leased" in abandoned, (statistics, abandoned)
        assert "Sort" not in abandoned, (statistics, abandoned)


@pytest.mark.django_db
def test_a_look_at_near_reminders_reads_them_alone(game: Game) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOAD_TIMERS, [game.id, ROWS])
        cursor.execute(PLANNER)
    for statistics in stale_then_fresh("notifications_timer"):
        text = near_reminders(database_now())[:BATCH].explain()
        assert "Index Scan using timer_due" in text, (statistics, text)
        assert "Sort" not in text, (statistics, text)


@pytest.mark.django_db
def test_delivery_claims_walk_the_partial_index(game: Game) -> None:
    parameters: dict[str, Any] = {"lease": "30 s", "limit": 50, "least": 9}
    with connection.cursor() as cursor:
        cursor.execute(LOAD_DELIVERIES, [game.id, ROWS])
    for statistics in stale_then_fresh("notifications_delivery"):
        due = plan(outbox_claims.CLAIM_DUE, parameters)
        read, index_scan, _rest = due.partition("Index Scan using delivery_due")
        assert index_scan, (statistics, due)
        # A sort may only follow the index and its limit, so that few rows are sorted.
        assert "Sort" not in read.rpartition("->  Limit")[2], (statistics, due)
        abandoned = plan(outbox_claims.CLAIM_ABANDONED, parameters)
        assert "Index Scan using delivery_leased" in abandoned, (statistics, abandoned)


@pytest.mark.django_db
def test_render_claims_read_what_is_dirty_alone(game: Game) -> None:
    with connection.cursor() as cursor:
        cursor.execute(LOAD_GAMES, [20_000, game.id])
        cursor.execute(LOAD_ANNOUNCEMENTS)
    for statistics in stale_then_fresh("notifications_announcement"):
        for sql in (announcement_claims.CLAIM_EDITS, announcement_claims.CLAIM_POSTS):
            parameters: dict[str, Any] = {"limit": 50, "lease": "20 s", "news_only": False}
            with connection.cursor() as cursor:
                cursor.execute(f"explain {sql}", parameters)
                text = "\n".join(line for (line,) in cursor.fetchall())
            assert "announcement_to_render" in text, (statistics, text)
            assert "Seq Scan on notifications_announcement" not in text, (statistics, text)
