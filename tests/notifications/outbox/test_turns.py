"""Urgent messages go first if there are more than Discord takes."""

import time
from concurrent.futures import Future
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone

from discord_api import limits, loop
from discord_api.budget import QUEUE, Priority
from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from notifications.enums import State, Target
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, ChannelPace, Delivery, HeldTarget
from notifications.outbox import sender
from notifications.outbox.claims import claim_due
from notifications.outbox.facts import Facts, gather_facts
from notifications.outbox.sender import send_due
from tests.duration import within
from tests.factories import make_game
from tests.notifications.place import Place

# Longer than even a busy machine needs.
WINDOW_SECONDS = 60


def add(game: Game, count: int = 1, *, ago: float = 1, **fields: Any) -> list[Delivery]:
    """Add reminders for the game's channel or, if `target_id` is 0, for one channel each."""
    now, own = timezone.now(), Delivery.objects.count()
    values = {
        "game": game,
        "guild_id": game.guild_id,
        "notice": "reminder",
        "priority": Priority.REMINDER,
        "target": Target.CHANNEL,
        "target_id": game.channel_id,
        "payload": {"minutes": 60, "schedule_version": 1, "by_dm": []},
        "due_at": now - timedelta(seconds=ago),
        "expires_at": now + timedelta(hours=1),
        **fields,
    }
    each = [values | {"target_id": values["target_id"] or own + n + 1} for n in range(count)]
    rows = [Delivery(dedupe_key=str(uuid4()), **one) for one in each]
    return Delivery.objects.bulk_create(rows)


@pytest.mark.django_db
def test_each_server_s_first_goes_before_any_server_s_second() -> None:
    busy, second, third = make_game(), make_game(), make_game()
    many = add(busy, 300, ago=30, target_id=0)
    few = add(second, 2, ago=5, target_id=0)
    (last,) = add(third, ago=1)

    claimed = claim_due(limit=6)

    assert claimed == [many[0], few[0], last, many[1], few[1], many[2]]


@pytest.mark.django_db
def test_the_more_urgent_is_claimed_first_and_alone_where_asked() -> None:
    game = make_game()
    reminders = add(game, 3, ago=60, target_id=0)
    (news,) = add(make_game(), priority=Priority.NEWS)
    (odd,) = add(make_game(), ago=90, priority=5)  # the default priority

    assert claim_due(limit=10, least=Priority.NEWS) == [news]
    assert claim_due(limit=10) == [*reminders, odd]


@pytest.mark.django_db
def test_one_channel_never_fills_a_batch() -> None:
    full, other = make_game(), make_game()
    add(full, 40, ago=60)
    (single,) = add(other)

    claimed = claim_due(limit=50)

    assert len(claimed) == 6
    assert single in claimed
    assert not claim_due(limit=50), "nobody else writes to a channel that is being written to"


def test_a_full_channel_is_put_back_and_nobody_sleeps_on_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = {"message.create": {"limit": 5, "per": WINDOW_SECONDS}}
    place.discord.limits(**window)
    other = place.game(channel=place.new_channel())
    rows = add(place.game(), 12, ago=60)
    add(other)

    with within(2):
        send_due()

    assert len(place.messages(other.channel)) == 1
    assert len(place.messages()) == 5
    waiting = Delivery.objects.filter(state=State.PENDING)
    assert waiting.count() == 7
    assert all(row.due_at > timezone.now() + timedelta(seconds=2) for row in waiting)
    assert {row.attempts for row in waiting} == {0}
    assert {row.fence for row in waiting} == {0}, "all learn from the five that were sent"
    assert send_due() == 0
    assert {r["status"] for r in place.requests("POST")} == {200}

    # The window has passed in the database, at Discord and in our client.
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(id__in=[row.id for row in rows]).update(due_at=past)
    HeldTarget.objects.update(until=past)
    place.discord.limits(**window)
    later = SimpleNamespace(monotonic=lambda: time.monotonic() + WINDOW_SECONDS)
    monkeypatch.setattr(limits, "time", later)
    send_due()
    assert len(place.messages()) == 10


def crowd(priority: Priority = Priority.REMINDER) -> list[Future[None]]:
    """Fill the queue to Discord with as many requests as may be begun."""
    budget = loop.client().budget
    loop.submit(budget.pause(1)).result(1)
    waiting = [loop.submit(budget.take(priority, 9)) for _ in range(QUEUE)]
    while budget.room(priority):
        time.sleep(0.01)
    return waiting


def test_news_passes_the_reminders_that_wait(place: Place) -> None:
    waiting = crowd()
    add(place.game())
    (news,) = add(place.game(channel=place.new_channel()), priority=Priority.NEWS)

    assert send_due() == 1

    news.refresh_from_db()
    assert news.state == State.DONE
    assert sum(one.done() for one in waiting) < QUEUE
    assert Delivery.objects.get(state=State.PENDING).attempts == 0


def test_a_cancellation_is_shown_before_other_edits(place: Place) -> None:
    games = [place.game(channel=place.new_channel(f"c{n}")) for n in range(2)]
    render_due()
    cancelled, joined = games
    join_game(game_id=joined.id, member=place.member("ada"), via=Via.BOT)
    cancel_game(game_id=cancelled.id, member=place.host, via=Via.BOT)
    past = timezone.now() - timedelta(seconds=1)
    ChannelPace.objects.all().delete()
    Announcement.objects.update(render_at=past)
    waiting = crowd(Priority.EDIT)

    assert render_due(seconds=0.1) == 1

    assert sum(one.done() for one in waiting) < QUEUE / 2
    assert len(place.requests("PATCH", cancelled.channel)) == 1
    assert not place.requests("PATCH", joined.channel)
    for one in waiting:
        one.result(5)
    assert render_due() == 1
    assert len(place.requests("PATCH", joined.channel)) == 1


def test_what_is_on_its_way_is_settled_though_the_database_fails(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = place.new_channel("slow"), place.new_channel("other")
    add(place.game(), ago=60)
    (late,) = add(place.game(channel=slow), ago=50)
    (last,) = add(place.game(channel=other))
    place.discord.fault("POST /channels/*", "latency", delay=1, channel_id=slow.id)

    def fail_on_last(rows: list[Delivery]) -> Facts:
        if last in rows:
            raise OperationalError("terminating connection")
        return gather_facts(rows)

    monkeypatch.setattr(sender, "gather_facts", fail_on_last)
    monkeypatch.setattr(sender, "WORTHWHILE", 1)
    monkeypatch.setattr(sender, "_claim", lambda _free: (claim_due(limit=2), True))
    with pytest.raises(OperationalError):
        send_due()

    late.refresh_from_db()
    last.refresh_from_db()
    assert (late.state, last.state) == (State.DONE, State.PENDING)
    assert len(place.messages(slow)) == 1
