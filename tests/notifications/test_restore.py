"""After a restored backup or a long absence, no old news is sent."""

import time
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from games.enums import Status
from games.models import Change, Game
from guilds.enums import BelowMinimum
from guilds.models import Guild
from notifications.enums import State, TimerKind
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, Delivery
from notifications.outbox.sender import send_due
from notifications.restore import SKIPPED_IDS, settle_restored
from notifications.timers.actions import FIRE, Due
from tests.notifications.outbox.test_sender import add
from tests.notifications.place import Place

AGO = timedelta(hours=20)


def forget_what_was_sent(when: datetime) -> None:
    """Delete the records of sent messages, as if a backup from before were restored."""
    fields = {"attempts": 0, "first_attempt_at": None, "message_id": None, "lease_until": None}
    Announcement.objects.update(**fields, posted_revision=0, render_at=when)
    Delivery.objects.update(**fields, state=State.PENDING, due_at=when, created_at=when)
    Game.objects.update(created_at=when)


def test_what_went_out_after_the_backup_does_not_go_out_again(place: Place) -> None:
    place.discord.knobs(nonce_window=0.01)
    game = place.game()
    add(game)
    render_due()
    send_due()
    assert len(place.messages()) == 2
    time.sleep(0.05)
    forget_what_was_sent(timezone.now() - timedelta(minutes=30))

    assert settle_restored(now=timezone.now()) == {"deliveries": 1, "announcements": 1, "posts": 0}
    render_due()
    send_due()

    assert len(place.messages()) == 2
    known = {Announcement.objects.get().message_id, Delivery.objects.get().message_id}
    assert known == {int(message["id"]) for message in place.messages()}


def test_posts_show_again_what_the_database_says(place: Place) -> None:
    game = place.game(title="As it was")
    render_due()
    Game.objects.update(title="As restored")

    settle_restored(now=timezone.now())
    time.sleep(1.3)
    render_due()

    assert "As restored" in str(place.messages()[0]["embeds"])
    assert Announcement.objects.get().posted_revision == game.revision


def test_post_that_became_due_meanwhile_is_looked_for(place: Place) -> None:
    place.discord.knobs(nonce_window=0.01)
    game = place.game()
    render_due()
    Announcement.objects.all().delete()
    Game.objects.update(
        created_at=timezone.now() - AGO, post_at=timezone.now() - timedelta(hours=1)
    )
    game.timers.create(
        guild_id=game.guild_id,
        kind=TimerKind.POST,
        schedule_version=game.schedule_version,
        due_at=timezone.now() - timedelta(hours=1),
        expires_at=timezone.now() + AGO,
    )
    time.sleep(0.05)

    settle_restored(now=timezone.now())
    render_due()

    assert len(place.messages()) == 1
    assert Announcement.objects.get().message_id == int(place.messages()[0]["id"])


def test_ids_that_buttons_out_there_may_name_are_skipped(place: Place) -> None:
    before = place.game().id
    settle_restored(now=timezone.now())
    assert place.game().id > before + SKIPPED_IDS


@pytest.mark.parametrize("kind", [TimerKind.START, TimerKind.POST])
@pytest.mark.parametrize("below", list(BelowMinimum))
def test_game_that_ended_long_ago_makes_no_news(
    place: Place, kind: TimerKind, below: BelowMinimum
) -> None:
    """Nobody is told that it is cancelled, goes ahead or is announced."""
    game = place.game(min_players=3)
    Guild.objects.update(below_minimum=below)
    Game.objects.update(starts_at=timezone.now() - AGO)
    told = Delivery.objects.count()
    posted = Change.objects.filter(action="posted").count()

    with transaction.atomic():
        game = Game.objects.select_for_update(of=("self",)).select_related("guild").get(id=game.id)
        FIRE[kind]([Due(game, 0, timezone.now())], timezone.now())

    game.refresh_from_db()
    assert game.status == (Status.IN_PROGRESS if kind == TimerKind.START else Status.SCHEDULED)
    assert Delivery.objects.count() == told
    assert Change.objects.filter(action="posted").count() == posted
