import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from games.enums import Via
from games.selectors import get_snapshot
from games.services.roster.signup import join_game
from notifications.followers.announcement import claims, pace, state
from notifications.followers.announcement.state import (
    claim_for_click,
    create_announcement,
    mark_dirty,
    mark_rendered,
    mark_stale,
)
from notifications.messages.announcement import render
from notifications.models import Announcement, ChannelPace
from tests.duration import wait_until
from tests.factories import make_game, make_member


def posted(**fields: object) -> Announcement:
    game = make_game()
    create_announcement(game, now=timezone.now())
    Announcement.objects.filter(game=game).update(message_id=7, render_at=None, **fields)
    return Announcement.objects.get(game=game)


def edits() -> list[claims.Claim]:
    return claims.claim(claims.CLAIM_EDITS, limit=50, news_only=False, lease=claims.RENDER_LEASE)


@pytest.mark.django_db
def test_click_takes_lease_and_pace_once() -> None:
    row = posted()

    claim = claim_for_click(row.game_id)

    assert claim is not None
    assert claim_for_click(row.game_id) is None
    Announcement.objects.update(render_at=timezone.now())
    assert edits() == []
    assert mark_rendered(claim, 5)
    row.refresh_from_db()
    assert (row.posted_revision, row.render_at, row.is_in_flight) == (5, None, False)
    assert claim_for_click(row.game_id) is None, "the post was edited a moment ago"
    Announcement.objects.update(next_edit_at=timezone.now())
    assert claim_for_click(row.game_id, message_id=8) is None
    assert claim_for_click(row.game_id, message_id=7) is not None
    assert ChannelPace.objects.get().edits[-1:] == [claimed_at(row)]


def claimed_at(row: Announcement) -> datetime | None:
    return Announcement.objects.get(id=row.id).claimed_at


def show(row: Announcement, *, idle_seconds: float = 0) -> timedelta:
    """Have a click show the post, so long after it might have. Returns how long it is to stand."""
    since = timezone.now() - timedelta(seconds=idle_seconds)
    Announcement.objects.filter(id=row.id).update(next_edit_at=since)
    claim = claim_for_click(row.game_id)
    assert claim is not None
    mark_rendered(claim, 1)
    return Announcement.objects.get(id=row.id).next_edit_at - claim.claimed_at


@pytest.mark.django_db
def test_edits_of_a_post_are_spaced_further_apart_while_its_changes_go_on() -> None:
    row = posted()
    spaces = [show(row, idle_seconds=idle) for idle in (0, 0, 0, 0)]
    assert spaces == [timedelta(milliseconds=ms) for ms in (200, 400, 2600, 2600)]
    ChannelPace.objects.all().delete()
    Announcement.objects.update(wanted_revision=1 + pace.CROWD, rush=2)
    assert show(row) == timedelta(milliseconds=700), "many people press at once"
    Announcement.objects.update(wanted_revision=1)
    rested = [show(row, idle_seconds=idle) for idle in (2.5, 0, 0, 9)]
    assert rested == [timedelta(milliseconds=ms) for ms in (400, 2600, 2600, 200)]


@pytest.mark.django_db
def test_a_channel_that_is_full_takes_no_click_until_its_window_ends() -> None:
    row = posted()
    for _ in range(pace.EDITS):
        show(row)
    Announcement.objects.update(next_edit_at=timezone.now())
    assert claim_for_click(row.game_id) is None
    ago = timezone.now() - timedelta(seconds=6)
    ChannelPace.objects.update(edits=[ago, *ChannelPace.objects.get().edits[1:]])
    assert claim_for_click(row.game_id) is not None


@pytest.mark.django_db
def test_an_edit_counts_from_its_answer_on() -> None:
    row = posted()
    Announcement.objects.update(render_at=timezone.now())
    (claim,) = edits()
    ChannelPace.objects.update(edits=[claim.claimed_at] * 2)
    mark_rendered(claim, 1)
    times = ChannelPace.objects.get(channel_id=row.channel_id).edits
    assert sorted(at > claim.claimed_at for at in times) == [False, True]


@pytest.mark.django_db
def test_the_answer_of_a_young_post_does_not_count_as_that_of_an_old_one() -> None:
    young = posted()
    ago = timezone.now() - timedelta(hours=2)
    old = posted(channel_id=young.channel_id, posted_at=ago)
    Announcement.objects.update(render_at=timezone.now())
    claimed = {claim.id: claim for claim in edits()}
    mark_rendered(claimed[young.id], 1)
    pace_now = ChannelPace.objects.get(channel_id=young.channel_id)
    assert pace_now.old_edits == [claimed[old.id].claimed_at]
    mark_rendered(claimed[old.id], 1)
    pace_now.refresh_from_db()
    assert min(*pace_now.edits, *pace_now.old_edits) > claimed[old.id].claimed_at


@pytest.mark.django_db
def test_a_post_that_went_stale_while_it_was_rendered_is_rendered_once_more() -> None:
    row = posted()
    claim = claim_for_click(row.game_id)
    assert claim is not None
    mark_stale([row.game_id])
    assert mark_rendered(claim, row.wanted_revision)
    (claim,) = edits()
    assert mark_rendered(claim, row.wanted_revision)
    assert edits() == []
    assert Announcement.objects.get().render_at is None


@pytest.mark.django_db
def test_worker_shows_a_change_at_once_where_the_click_cannot() -> None:
    row = posted()

    def mark(*, by_click: bool = True) -> float | None:
        Announcement.objects.update(render_at=None)
        marked = mark_dirty(row.game, by_click=by_click)
        assert marked is not None
        return None if marked.by_click else marked.turn_in

    assert mark() is None
    assert mark(by_click=False) == 0
    claim = claim_for_click(row.game_id)
    assert claim is not None
    assert 0.05 < (mark() or 0) <= 0.2, "once the post has stood for long enough"
    assert mark_rendered(claim, 0)
    Announcement.objects.update(next_edit_at=timezone.now())
    ChannelPace.objects.update(edits=[timezone.now()] * pace.EDITS)
    assert 5 < (mark() or 0) <= 5.25, "once the channel takes it"


@pytest.mark.django_db
def test_a_click_tries_for_a_worker_who_is_late_only_where_it_can_win() -> None:
    row = posted()
    Announcement.objects.update(render_at=timezone.now() - timedelta(minutes=1))

    def is_tried() -> bool:
        marked = mark_dirty(row.game, by_click=True)
        return marked is not None and marked.by_click

    assert is_tried()
    ChannelPace.objects.create(
        channel_id=row.channel_id, edits=[timezone.now()] * pace.EDITS, old_edits=[]
    )
    assert not is_tried(), "the channel is full"
    ChannelPace.objects.all().delete()
    assert is_tried()
    Announcement.objects.update(next_edit_at=timezone.now() + timedelta(seconds=1))
    assert not is_tried(), "the post was edited a moment ago"
    Announcement.objects.update(next_edit_at=timezone.now(), lost_at=timezone.now())
    assert not is_tried(), "the post is gone"


@pytest.mark.django_db
def test_a_click_that_was_to_show_the_game_and_cannot_leaves_it_to_the_worker_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = posted()
    nudges: list[float] = []
    monkeypatch.setattr(state, "nudge", lambda _task, *, after: nudges.append(after))
    marked = mark_dirty(row.game, by_click=True)
    assert marked is not None and marked.by_click
    Announcement.objects.update(message_id=9)
    assert claim_for_click(row.game_id, message_id=8) is None
    assert marked.turn_in is not None and nudges == [pytest.approx(marked.turn_in)]
    Announcement.objects.update(render_at=timezone.now())
    assert edits(), "when the worker comes it is due"


@pytest.mark.django_db(transaction=True)
def test_clicks_at_one_moment_take_one_edit_of_the_channel() -> None:
    row = posted()
    together = threading.Barrier(8)

    def click() -> bool:
        together.wait()
        try:
            return claim_for_click(row.game_id) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        claimed = [thread.result() for thread in [threads.submit(click) for _ in range(8)]]
    assert sum(claimed) == 1
    assert len(ChannelPace.objects.get().edits) == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_of_edits_waits_for_games_that_begin_together_and_they_not_for_it() -> None:
    first, second = make_game(), make_game()
    Announcement.objects.all().delete()
    for game in (second, first):  # announced in another order than they were made in
        create_announcement(game, now=timezone.now())
    Announcement.objects.update(message_id=7, render_at=timezone.now(), posted_revision=1)

    def work() -> int:
        try:
            return len(edits())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            mark_dirty(first, by_click=False)
            claimed = threads.submit(work)
            wait_until(lambda: claims.rows("select 1 from pg_locks where not granted"))
            mark_dirty(second, by_click=False)
        assert claimed.result() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_at_one_moment_never_take_more_than_a_channel_has() -> None:
    first = posted()
    for _ in range(11):
        posted(channel_id=first.channel_id)
    Announcement.objects.update(render_at=timezone.now())
    together = threading.Barrier(6)

    def work() -> list[int]:
        together.wait()
        try:
            return [claim.id for claim in edits()]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        claimed = [thread.result() for thread in [threads.submit(work) for _ in range(6)]]
    ids = [one for each in claimed for one in each]
    assert len(ids) == len(set(ids)) == pace.EDITS
    assert len(ChannelPace.objects.get().edits) == pace.EDITS


@pytest.mark.django_db
def test_render_of_a_game() -> None:
    game = make_game(max_players=1)
    for _ in range(2):
        join_game(game_id=game.id, member=make_member(game.guild), via=Via.BOT)
    message = render(get_snapshot(game.id), now=timezone.now())
    names = [field["name"] for field in message["embeds"][0]["fields"]]
    assert names[2:] == ["Players (1/1)", "Waitlist (1)"]
    assert message["allowed_mentions"] == {"parse": []}
    assert message["components"][0]["components"][0]["label"] == "Join waitlist"
