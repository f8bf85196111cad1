from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.enums import Via
from games.models import Game
from games.services.game_edit import edit_game
from guilds.models import Member
from notifications.enums import State, TimerKind
from notifications.models import Delivery, Timer
from notifications.timers import claims as timer_claims
from notifications.timers import dispatcher
from notifications.timers.actions import FIRE, Due
from notifications.timers.claims import DueTimer, Lane
from notifications.timers.dispatcher import dispatch_due
from tests.factories import make_channel, make_game, make_guild, make_member

NOW = datetime.fromisoformat("2026-05-01T18:00:00+00:00")


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    timer_claims._watermarks.clear()


@pytest.fixture
def host(db: None) -> Member:
    return make_member(make_guild())


def make_due(host: Member, count: int) -> list[Game]:
    """Make games of which only the reminders are due."""
    games = [
        make_game(host=host, channel=make_channel(host.guild), reminder_minutes=(60,))
        for _ in range(count)
    ]
    ours = Timer.objects.filter(game__in=games)
    ours.exclude(kind=TimerKind.REMIND).delete()
    ours.update(due_at=timezone.now() - timedelta(seconds=1))
    return games


def states() -> list[str]:
    return list(Timer.objects.order_by("game_id").values_list("state", flat=True))


def due(number: int, guild: int, kind: str = "remind", seconds: float = 0) -> DueTimer:
    at = NOW + timedelta(seconds=seconds)
    return DueTimer(number, number, guild, kind, 60, 1, at, at, 1, 1, seconds)


def test_of_one_moment_starts_go_before_it_starts_now_and_each_server_in_turn() -> None:
    busy = [due(n, guild=1) for n in range(4)]
    others = [due(10, guild=2), due(11, guild=3), due(12, guild=4, seconds=-1)]
    start = due(20, guild=1, kind="start")

    order = [timer.id for timer in dispatcher.in_turn([*busy, *others, start])]

    assert order == [20, 12, 0, 10, 11, 1, 2, 3]


def test_taken_together_is_what_is_due_and_of_one_sort() -> None:
    waiting = dispatcher.in_turn([due(1, 1), due(2, 2), due(3, 3, seconds=0.5)])
    assert [t.id for t in dispatcher.next_due(waiting, 0.1)] == [1, 2]
    waiting = dispatcher.in_turn([due(1, 1), due(2, 2, "start"), due(3, 3, "finish")])
    assert [t.id for t in dispatcher.next_due(waiting, 1)] == [2, 3]
    assert [t.id for t in dispatcher.next_due(waiting, 1)] == [1]
    waiting = dispatcher.in_turn([due(n, n) for n in range(60)])
    assert len(dispatcher.next_due(waiting, 1)) == dispatcher.TOGETHER


def test_what_is_done_to_a_game_is_done_before_its_next_timer_is_looked_at() -> None:
    twice = [due(1, 1, "start"), replace(due(2, 1, "finish"), game_id=1), due(3, 1, "start")]
    waiting = dispatcher.in_turn(twice)
    assert [t.id for t in dispatcher.next_due(waiting, 1)] == [1]
    assert [t.id for t in dispatcher.next_due(waiting, 1)] == [2, 3]


def test_each_of_many_ends_as_it_would_alone(host: Member) -> None:
    good, late, moved, lost, other = make_due(host, 5)
    Timer.objects.filter(game=late).update(expires_at=timezone.now() - timedelta(seconds=1))
    later = {"starts_at": moved.starts_at + timedelta(days=1)}
    edit_game(game_id=moved.id, member=host, values=later, via=Via.BOT)
    Timer.objects.filter(game=moved, schedule_version=2).delete()
    claimed = timer_claims.claim(Lane.REMINDERS, 10)
    Timer.objects.filter(game=lost).update(fence=7)

    dispatcher.fire(claimed)

    ends = [State.DONE, State.EXPIRED, State.CANCELLED, State.LEASED, State.DONE]
    assert states() == ends
    told = Delivery.objects.filter(notice="reminder").values_list("game_id", flat=True)
    assert sorted(told) == [good.id, other.id]


def test_one_that_fails_stops_none_of_the_others(
    host: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    games = make_due(host, 3)

    alone = FIRE[TimerKind.REMIND]

    def explode(due: Sequence[Due], now: datetime) -> None:
        if len(due) > 1:
            raise RuntimeError("boom")
        alone(due, now)

    monkeypatch.setitem(FIRE, TimerKind.REMIND, explode)
    dispatch_due()

    assert states() == [State.DONE] * 3
    assert Delivery.objects.filter(game__in=games, notice="reminder").count() == 3


def test_many_cost_as_many_queries_as_two(host: Member) -> None:
    counts = []
    for number in (2, dispatcher.TOGETHER):
        make_due(host, number)
        with CaptureQueriesContext(connection) as captured:
            assert dispatch_due() == number
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20
