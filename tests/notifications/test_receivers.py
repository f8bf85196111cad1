"""What a change of a game asks of its announcement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Via
from games.services.roster.signup import join_game
from notifications.models import Announcement
from tests.factories import make_game, make_member


@pytest.mark.parametrize("in_crowd", [True, False])
@pytest.mark.django_db
def test_a_click_has_a_moment_to_show_the_game_itself_unless_many_click_at_once(
    in_crowd: bool,
) -> None:
    game = make_game()
    long_ago = timezone.now() - timedelta(hours=1)
    Announcement.objects.filter(game=game).update(
        message_id=7, posted_at=long_ago, render_at=None, posted_revision=1
    )

    signup = join_game(
        game_id=game.id, member=make_member(game.guild), via=Via.BOT, in_crowd=in_crowd
    )

    row = Announcement.objects.select_related("game").get(game=game)
    assert row.wanted_revision == row.game.revision and row.render_at is not None
    assert (row.render_at <= timezone.now()) is in_crowd
    assert signup.may_show is not in_crowd
