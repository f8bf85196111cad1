"""The pace of edits in a channel, and posts whose answer was lost."""

import time
from datetime import timedelta
from itertools import pairwise
from statistics import median

import pytest
from django.utils import timezone

from games.enums import Via
from games.services.cancellation import cancel_game
from games.services.roster.signup import join_game
from notifications.followers.announcement import renderer
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, ChannelPace
from tests.notifications.followers.test_renderer import EDIT, POST, post_of, ripen
from tests.notifications.place import Place

pytestmark = pytest.mark.django_db(transaction=True)


def test_twenty_changed_posts_of_a_channel_are_right_after_twenty_five_seconds(
    place: Place,
) -> None:
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
        begun = time.monotonic()
        render_due()
        time.sleep(max(1 - (time.monotonic() - begun), 0))  # beat comes once a second

    edits = place.discord.requests(route=EDIT)[seen:]
    assert [entry["status"] for entry in edits] == [200] * 20
    gaps = [later["at"] - one["at"] for one, later in pairwise(edits)]
    # Half of them at least; with a wait for the next tick each would be two seconds.
    assert 1.2 < median(gaps) < 1.6


def test_one_thread_waits_for_a_channel_and_the_others_go_on(place: Place) -> None:
    game = place.game()
    render_due()
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    ripen()
    ChannelPace.objects.create(
        channel_id=place.channel.id, next_edit_at=timezone.now() + timedelta(seconds=2)
    )
    assert renderer._waiting.acquire(blocking=False)
    try:
        began = time.monotonic()
        assert render_due() == 0
        assert time.monotonic() - began < 1.5
    finally:
        renderer._waiting.release()
    assert render_due() == 1


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
