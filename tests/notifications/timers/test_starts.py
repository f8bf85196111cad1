"""Starts and ends of one moment share transactions, apart from reminders."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.enums import Action, Status
from games.models import Change, Game
from guilds.models import Member
from notifications.enums import State, TimerKind
from notifications.models import Delivery, Timer
from notifications.timers import claims, dispatcher
from notifications.timers.actions import FIRE, Due
from notifications.timers.claims import Lane, claim
from notifications.timers.dispatcher import dispatch_due
from tests.factories import make_channel, make_game, make_guild, make_member


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    claims._watermarks.clear()


@pytest.fixture
def host(db: None) -> Member:
    return make_member(make_guild())


def make_due(host: Member, count: int, *kinds: TimerKind) -> list[Game]:
    """Make games of which timers of these kinds alone are due."""
    games = [
        make_game(host=host, channel=make_channel(host.guild), reminder_minutes=(60, 1))
        for _ in range(count)
    ]
    ours = Timer.objects.filter(game__in=games)
    ours.exclude(kind__in=kinds).delete()
    ours.update(due_at=timezone.now() - timedelta(seconds=1))
    ours.filter(minutes_before=1).update(minutes_before=0)
    Game.objects.filter(id__in=[game.id for game in games]).update(reminder_minutes=[60, 0])
    return games


def status_of(games: Sequence[Game]) -> list[str]:
    return [Game.objects.get(id=game.id).status for game in games]


def test_each_start_is_a_change_with_a_revision_of_its_own(host: Member) -> None:
    games = make_due(host, 3, TimerKind.START)
    Game.objects.filter(id=games[1].id).update(revision=9)

    assert dispatch_due() == 3

    assert status_of(games) == [Status.IN_PROGRESS] * 3
    changes = Change.objects.filter(action=Action.STARTED).order_by("game_id")
    assert [change.game_id for change in changes] == [game.id for game in games]
    assert [change.revision for change in changes] == [3, 10, 3]
    assert [change.before for change in changes] == [{"status": "scheduled"}] * 3
    for change in changes:
        assert Game.objects.get(id=change.game_id).revision == change.revision
        assert change.game.announcement.wanted_revision == change.revision


def test_a_bad_game_stops_none_that_starts_with_it(
    host: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, other = games = make_due(host, 3, TimerKind.START)
    start = FIRE[TimerKind.START]

    def explode(due: Sequence[Due], now: datetime) -> None:
        start(due, now)
        if bad in [one.game for one in due]:
            raise RuntimeError("boom")

    monkeypatch.setitem(FIRE, TimerKind.START, explode)
    dispatch_due()

    assert status_of(games) == [Status.IN_PROGRESS, Status.SCHEDULED, Status.IN_PROGRESS]
    waiting = bad.timers.get()
    assert (waiting.state, waiting.last_error) == (State.PENDING, "RuntimeError: boom")
    assert Change.objects.filter(action=Action.STARTED, game__in=[good, other]).count() == 2


def test_it_starts_now_is_told_after_the_start(host: Member) -> None:
    (game,) = make_due(host, 1, TimerKind.START, TimerKind.REMIND)
    game.timers.filter(minutes_before=60).delete()
    game.timers.filter(kind=TimerKind.START).update(due_at=timezone.now())

    assert dispatch_due() == 2

    told = Delivery.objects.get(notice="reminder")
    assert told.payload["minutes"] == 0
    assert told.created_at >= Change.objects.get(action=Action.STARTED).at


def test_a_claim_of_reminders_leaves_starts_alone_and_the_other_way_round(host: Member) -> None:
    make_due(host, 2, TimerKind.START)
    make_due(host, 3, TimerKind.REMIND)
    reminders, games = claim(Lane.REMINDERS, 50), claim(Lane.GAMES, 50)
    assert {one.minutes_before for one in reminders} == {60}
    assert len(reminders) == 3
    assert sorted(one.kind for one in games) == ["remind"] * 3 + ["start"] * 2
    Timer.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert {one.id for one in claim(Lane.REMINDERS, 50)} == {one.id for one in reminders}
    assert {one.id for one in claim(Lane.GAMES, 50)} == {one.id for one in games}


def test_a_crowd_of_starts_fills_no_other_server_s_claim(host: Member) -> None:
    make_due(host, claims.FAIR + 3, TimerKind.START)
    (other,) = make_due(make_member(make_guild()), 1, TimerKind.START)
    assert other.id in {one.game_id for one in claim(Lane.GAMES, claims.FAIR + 1)}


@pytest.mark.parametrize("kind", [TimerKind.START, TimerKind.FINISH])
def test_one_more_costs_what_its_own_followers_ask(host: Member, kind: TimerKind) -> None:
    """Of a start the announcement that is marked, of an end its next timer too."""
    counts = []
    for number in (2, dispatcher.TOGETHER):
        make_due(host, number, kind)
        with CaptureQueriesContext(connection) as captured:
            assert dispatch_due(Lane.GAMES) == number
        counts.append(len(captured))
    each = (counts[1] - counts[0]) / (dispatcher.TOGETHER - 2)
    assert each == {TimerKind.START: 1, TimerKind.FINISH: 1}[kind], counts
    assert counts[0] <= 14
