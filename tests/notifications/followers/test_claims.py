import pytest
from django.utils import timezone

from games.enums import Via
from games.selectors import get_snapshot
from games.services.roster.signup import join_game
from notifications.followers.announcement import claims
from notifications.followers.announcement.state import (
    claim_for_click,
    create_announcement,
    mark_rendered,
)
from notifications.messages.announcement import render
from notifications.models import Announcement, ChannelPace
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
    assert claim_for_click(row.game_id) is None, "the channel was edited a moment ago"
    ChannelPace.objects.update(next_edit_at=timezone.now())
    assert claim_for_click(row.game_id, message_id=8) is None
    assert claim_for_click(row.game_id, message_id=7) is not None


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
