import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from games.enums import Status, Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.signup import join_game
from guilds.enums import DirectMessages
from guilds.models import Guild
from notifications.enums import State, TimerKind
from notifications.models import Delivery, Timer
from notifications.timers import claims as timer_claims
from notifications.timers.actions import FIRE
from notifications.timers.claims import Lane
from notifications.timers.dispatcher import dispatch_due, fire_safely
from tests.duration import stretched
from tests.factories import make_game, make_member, make_user


def make_due(game: Game, *kinds: str, seconds: float = -1) -> None:
    due_at = timezone.now() + timedelta(seconds=seconds)
    game.timers.filter(kind__in=kinds).update(due_at=due_at)


def state_of(game: Game, kind: str) -> str:
    return game.timers.get(kind=kind).state


def keys(game: Game) -> set[str]:
    return {d.dedupe_key for d in game.deliveries.filter(notice="reminder")}


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    timer_claims._watermarks.clear()


@pytest.mark.django_db
def test_game_starts_and_ends_by_itself() -> None:
    game = make_game(reminder_minutes=())
    make_due(game, "start")
    dispatch_due()
    game.refresh_from_db()
    assert game.status == Status.IN_PROGRESS
    make_due(game, "finish")
    dispatch_due()
    game.refresh_from_db()
    assert game.status == Status.COMPLETED
    assert {t.state for t in game.timers.all()} == {State.DONE}


@pytest.mark.django_db
def test_moved_game_leaves_older_timers_inert() -> None:
    game = make_game(reminder_minutes=(60,))
    host = game.guild.members.get(user=game.host)
    later = timezone.now() + timedelta(days=2)
    edit_game(game_id=game.id, member=host, values={"starts_at": later}, via=Via.WEB)

    old = game.timers.filter(schedule_version=1)
    old.update(due_at=timezone.now())
    dispatch_due()

    assert {t.state for t in old} == {State.CANCELLED}
    assert {t.state for t in game.timers.filter(schedule_version=2)} == {State.PENDING}
    assert game.timers.get(schedule_version=2, kind="start").due_at == later
    assert not keys(game)


@pytest.mark.django_db
def test_cancel_in_the_last_moment_wins() -> None:
    game = make_game(reminder_minutes=(60,))
    make_due(game, "remind", seconds=1)
    claimed = timer_claims.claim(Lane.REMINDERS, 10)
    cancel_game(game_id=game.id, member=game.guild.members.get(user=game.host), via=Via.BOT)
    for one in claimed:
        fire_safely(one)
    assert len(claimed) == 1
    assert state_of(game, "remind") == State.CANCELLED
    assert not keys(game)


@pytest.mark.django_db
def test_late_reminder_is_dropped_and_late_start_is_not() -> None:
    game = make_game(reminder_minutes=(60,))
    make_due(game, "remind", "start", seconds=-3600)
    game.timers.filter(kind="remind").update(expires_at=timezone.now() - timedelta(minutes=1))
    dispatch_due()
    assert state_of(game, "remind") == State.EXPIRED
    assert state_of(game, "start") == State.DONE
    assert not keys(game)


@pytest.mark.django_db
def test_failing_timer_waits_longer_and_stops_nobody_and_no_count_ends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, good = make_game(reminder_minutes=(60,)), make_game(reminder_minutes=())

    def explode(*_args: Any) -> None:
        raise RuntimeError("boom")

    monkeypatch.setitem(FIRE, TimerKind.REMIND, explode)
    make_due(bad, "remind", seconds=-2)
    make_due(good, "start", seconds=-1)
    dispatch_due()
    row = bad.timers.get(kind="remind")
    assert (row.state, row.attempts) == (State.PENDING, 1)
    assert row.last_error == "RuntimeError: boom"
    assert row.due_at > timezone.now() + timedelta(seconds=8)
    assert state_of(good, "start") == State.DONE

    bad.timers.filter(kind="remind").update(attempts=30_000, due_at=timezone.now())
    dispatch_due()
    assert state_of(bad, "remind") == State.PENDING
    monkeypatch.undo()
    bad.timers.filter(kind="remind").update(due_at=timezone.now())
    dispatch_due()
    assert state_of(bad, "remind") == State.DONE


@pytest.mark.django_db
def test_a_timer_that_met_no_database_comes_again_in_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    game = make_game(reminder_minutes=(60,))

    def locked(*_args: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setitem(FIRE, TimerKind.REMIND, locked)
    make_due(game, "remind")
    game.timers.update(attempts=9)
    dispatch_due()
    row = game.timers.get(kind="remind")
    assert (row.state, row.attempts) == (State.PENDING, 9)
    assert row.due_at < timezone.now() + timedelta(seconds=2)


@pytest.mark.django_db
def test_taken_over_timer_fires_once() -> None:
    game = make_game(reminder_minutes=(60,))
    make_due(game, "remind")
    (first,) = timer_claims.claim(Lane.REMINDERS, 10)
    Timer.objects.filter(id=first.id).update(lease_until=timezone.now() - timedelta(seconds=1))
    (second,) = timer_claims.claim(Lane.REMINDERS, 10)
    fire_safely(second)
    fire_safely(first)
    assert game.deliveries.filter(notice="reminder").count() == 1
    assert state_of(game, "remind") == State.DONE


@pytest.mark.django_db
def test_reminder_goes_to_channel_or_by_dm_as_chosen() -> None:
    game = make_game(max_players=3, reminder_minutes=(60,))
    choices = [DirectMessages.INHERIT, DirectMessages.ALWAYS, DirectMessages.NEVER]
    users = [make_user(choice, direct_messages=choice) for choice in choices]
    waiting = make_user("waits", direct_messages=DirectMessages.ALWAYS)
    for user in [*users, waiting]:
        join_game(game_id=game.id, member=make_member(game.guild, user), via=Via.BOT)
    _inherit, always, _never = users
    prefix = f"rem:{game.id}:1:60"

    make_due(game, "remind")
    dispatch_due()
    assert keys(game) == {f"{prefix}:dm:{always.discord_id}", f"{prefix}:ch:0"}
    channel = game.deliveries.get(dedupe_key=f"{prefix}:ch:0")
    assert channel.payload["by_dm"] == [always.discord_id]

    Delivery.objects.all().delete()
    Guild.objects.filter(id=game.guild_id).update(remind_by_dm=True)
    game.timers.filter(kind="remind").update(state=State.PENDING, due_at=timezone.now())
    dispatch_due()
    assert f"{prefix}:dm:{_never.discord_id}" not in keys(game)
    assert {f"{prefix}:dm:{_inherit.discord_id}", f"{prefix}:ch:0"} < keys(game)
    assert f"{prefix}:dm:{waiting.discord_id}" not in keys(game)


@pytest.mark.django_db(transaction=True)
def test_claimers_side_by_side_never_share_a_row() -> None:
    game = make_game(reminder_minutes=())
    Timer.objects.bulk_create(
        Timer(
            game=game,
            guild_id=n,  # of one server only so many are claimed at once
            kind=TimerKind.REMIND,
            minutes_before=n + 1,
            schedule_version=99,
            due_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=1),
        )
        for n in range(400)
    )

    def claim_all(_number: int) -> list[int]:
        found: list[int] = []
        try:
            while claimed := timer_claims.claim(Lane.REMINDERS, 20):
                found += [one.id for one in claimed]
        finally:
            connection.close()
        return found

    with ThreadPoolExecutor(4) as threads:
        claimed = [one for found in threads.map(claim_all, range(4)) for one in found]
    assert len(claimed) == len(set(claimed)) == 400


@pytest.mark.django_db(transaction=True)
def test_reminders_fire_at_their_moment() -> None:
    """150 timers over three seconds, dispatched by three threads."""
    games = [make_game(reminder_minutes=(60,)) for _ in range(15)]
    begun = timezone.now() + timedelta(seconds=2)
    Timer.objects.exclude(kind="remind").delete()
    for game in games:
        Game.objects.filter(id=game.id).update(reminder_minutes=list(range(1, 11)))
    template = Timer.objects.filter(kind="remind")
    template.delete()
    Timer.objects.bulk_create(
        Timer(
            game=game,
            guild_id=game.guild_id,
            kind=TimerKind.REMIND,
            minutes_before=n,
            schedule_version=1,
            due_at=begun + timedelta(seconds=((i * 10 + n) * 0.6180339 * 1.7) % 3),
            expires_at=begun + timedelta(hours=1),
        )
        for i, game in enumerate(games)
        for n in range(1, 11)
    )
    end = time.monotonic() + 60

    def tick(_number: int) -> None:
        try:
            while time.monotonic() < end and Timer.objects.exclude(state=State.DONE).exists():
                started = time.monotonic()
                dispatch_due()
                time.sleep(max(0.0, 1 - (time.monotonic() - started)))
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(tick, range(3)))

    due = {(t.game_id, t.minutes_before): t.due_at for t in Timer.objects.filter(state=State.DONE)}
    late = sorted(
        (d.created_at - due[d.game_id or 0, d.payload["minutes"]]).total_seconds()
        for d in Delivery.objects.filter(notice="reminder")
    )
    assert len(due) == len(late) == 150
    print(f"lateness p50 {late[75]:.4f} p99 {late[148]:.4f} max {late[-1]:.4f} min {late[0]:.4f}")
    assert late[0] > -0.05
    assert late[75] < stretched(0.25), late
    assert late[-1] < stretched(1.5), late[-5:]
