"""The pace of edits in a channel, and posts whose answer was lost."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Via
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from notifications.followers.announcement import claims, pace, renderer
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, ChannelPace
from tests.duration import stretched
from tests.notifications.followers.test_renderer import EDIT, POST, claim_edits, post_of, ripen
from tests.notifications.place import Place

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_changed_posts_of_a_channel_are_shown_five_at_a_time(place: Place) -> None:
    place.discord.limits(**{"message.create": {"limit": 50, "per": 1}})
    games = [place.game(title=f"Game {n}") for n in range(20)]
    ada = place.member("ada")
    while Announcement.objects.filter(message_id=None).exists():
        render_due()
    for game in games:
        join_game(game_id=game.id, member=ada, via=Via.WEB)
    ripen()
    seen = len(place.discord.requests(route=EDIT))

    while Announcement.objects.filter(render_at__isnull=False).exists():
        render_due()
        time.sleep((claims.seconds_to_next_turn() or 0) + 0.02)

    edits = place.discord.requests(route=EDIT)[seen:]
    assert [entry["status"] for entry in edits] == [200] * 20
    times = [entry["at"] for entry in edits]
    assert all(later - one >= 5 for one, later in zip(times, times[5:], strict=False))
    assert all(times[n + 4] - times[n] < stretched(1) for n in range(0, 20, 5))


def test_old_posts_go_three_at_a_time_and_leave_the_rest_to_younger_ones(place: Place) -> None:
    games = [place.game(title=f"Game {n}") for n in range(8)]
    while Announcement.objects.filter(message_id=None).exists():
        render_due()
    old = {game.id for game in games[:5]}
    two_hours_ago = timezone.now() - timedelta(hours=2)
    Announcement.objects.filter(game__in=old).update(posted_at=two_hours_ago)
    for minutes, game in enumerate(games):  # the old ones have waited longest
        due_at = timezone.now() - timedelta(minutes=60 - minutes)
        Announcement.objects.filter(game=game).update(render_at=due_at)

    claimed = {claim.game_id for claim in claim_edits()}

    assert len(claimed & old) == 3
    assert len(claimed - old) == 2
    assert claim_edits() == []


def test_a_worker_is_nudged_for_the_next_turn_of_a_channel(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = place.game()
    render_due()
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    ripen()
    full = [timezone.now() - timedelta(seconds=1)] * pace.EDITS
    ChannelPace.objects.create(channel_id=place.channel.id, edits=full)
    nudged: list[float] = []
    monkeypatch.setattr(renderer, "nudge", lambda _task, *, after: nudged.append(after))

    assert render_due() == 0

    (after,) = nudged
    assert 3 < after <= 4.25


@pytest.mark.parametrize("when", ["after", "before"])
def test_a_post_that_may_have_arrived_is_looked_for_when_its_game_is_over(
    place: Place, when: str
) -> None:
    game = place.game()
    place.discord.fault(POST, "reset", when=when, channel_id=place.channel.id)
    render_due()
    assert len(place.messages()) == (when == "after")
    cancel_game(game_id=game.id, member=place.host, via=Via.BOT)
    ripen()
    render_due()
    assert post_of(game).message_id is None, "it may be on its way still"

    ago = timezone.now() - timedelta(seconds=20)
    Announcement.objects.update(first_attempt_at=ago, claimed_at=ago)
    ripen()
    render_due()
    row = post_of(game)
    if when == "before":
        assert (row.message_id, row.render_at) == (None, None)
        assert not place.messages()
        return
    assert row.message_id == int(place.messages()[0]["id"])
    ripen()
    render_due()
    assert "ancelled" in str(place.messages()[0]["embeds"])


def test_the_last_try_counts_and_not_the_first_when_a_post_is_looked_for(place: Place) -> None:
    game = place.game()
    place.discord.fault(POST, "reset", when="before", channel_id=place.channel.id, times=None)
    render_due()
    Announcement.objects.update(first_attempt_at=timezone.now() - timedelta(minutes=5))
    ripen()
    render_due()
    place.discord.clear_faults()
    cancel_game(game_id=game.id, member=place.host, via=Via.BOT)
    ripen()
    render_due()
    row = post_of(game)
    assert row.render_at is not None, "the second try may be on its way still"
    assert row.render_at > timezone.now() + timedelta(seconds=10)


def test_a_fault_of_our_own_in_a_post_is_tried_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = place.game()

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("boom")

    with monkeypatch.context() as patch:
        patch.setattr(renderer, "render", broken)
        render_due()
    row = post_of(game)
    assert row.render_at is not None
    assert row.last_error == "RuntimeError: boom"
    ripen()
    render_due()
    assert len(place.messages()) == 1
