"""Announcements that somebody deletes are noticed without a change of their game."""

from datetime import timedelta

import pytest
from django.utils import timezone

from discord_api.way import Way
from guilds.models import Guild
from notifications.followers.announcement import lookout
from notifications.followers.announcement.lookout import look_due, next_look
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, Delivery
from notifications.outbox.sender import send_due
from tests.notifications.place import Place

NOW = timezone.now()


def due() -> None:
    Announcement.objects.update(look_at=timezone.now() - timedelta(seconds=1))


def test_deleted_announcement_is_noticed_and_the_host_is_asked(place: Place) -> None:
    game = place.game(starts_at=timezone.now() + timedelta(minutes=90))
    render_due()
    due()
    assert look_due() == 1
    row = Announcement.objects.get(game=game)
    assert row.lost_at is None
    assert row.look_at and row.look_at - timezone.now() < timedelta(seconds=61)

    place.discord.delete_message(place.messages()[0])
    assert look_due() == 0, "not yet"
    due()
    assert look_due() == 1
    assert look_due() == 0
    send_due()

    lost = Announcement.objects.get(game=game)
    assert lost.lost_at is not None
    assert lost.look_at is None
    (notice,) = place.dms(place.host)
    assert "was deleted" in notice["content"]
    ids = [b.get("custom_id") for b in notice["components"][0]["components"]]
    assert ids[:2] == [f"g:{game.id}:repost", f"g:{game.id}:cancel"]


def test_a_new_post_is_looked_for_after_a_minute_and_a_started_game_no_more(place: Place) -> None:
    game = place.game()
    render_due()
    row = Announcement.objects.get(game=game)
    assert row.look_at and timedelta(seconds=50) < row.look_at - timezone.now()
    game.status = "in_progress"
    game.save()
    due()
    look_due()
    row.refresh_from_db()
    assert row.look_at is None


def test_looks_are_planned_before_each_reminder_and_the_last_hour() -> None:
    start = NOW + timedelta(days=20)
    reminder = NOW + timedelta(hours=5)
    assert next_look(start, reminder, now=NOW) == reminder - timedelta(minutes=1)
    assert next_look(start, None, now=NOW) == NOW + timedelta(hours=12)
    start = NOW + timedelta(hours=1, minutes=5)
    assert next_look(start, None, now=NOW) == NOW + timedelta(minutes=1)
    start = NOW + timedelta(hours=3)
    assert next_look(start, None, now=NOW) == NOW + timedelta(minutes=10)
    slowed = next_look(start, None, now=NOW, late=timedelta(seconds=25))
    assert slowed == NOW + timedelta(minutes=25)
    later = start - timedelta(hours=1, minutes=6)
    assert next_look(start, None, now=later) == later + timedelta(minutes=1)


def test_a_channel_that_is_gone_is_told_to_the_host_by_the_look(place: Place) -> None:
    place.game()
    render_due()
    place.discord.delete_channel(place.channel.id)
    due()
    look_due()
    send_due()
    (notice,) = place.dms(place.host)
    assert "is gone" in notice["content"]
    assert "/edit-game" in notice["content"]


def test_without_the_history_an_edit_looks_instead(place: Place) -> None:
    game = place.game()
    render_due()
    hidden = {"id": str(place.guild.id), "type": 0, "allow": [], "deny": ["READ_MESSAGE_HISTORY"]}
    place.discord.patch_channel(place.channel.id, overwrites=[hidden])
    due()
    look_due()
    row = Announcement.objects.get(game=game)
    assert (row.lost_at, row.look_at) == (None, None)
    assert row.render_at is not None
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("status", [500, 429])
def test_a_look_without_an_answer_changes_nothing(place: Place, status: int) -> None:
    game = place.game()
    render_due()
    place.discord.fault("GET /channels/{channel_id}/messages/{message_id}", "status", status=status)
    due()
    look_due()
    row = Announcement.objects.get(game=game)
    assert row.lost_at is None
    assert row.look_at and row.look_at > timezone.now()


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_a_game_that_is_over_is_not_looked_for_in_a_channel_that_is_gone(
    place: Place, status: str
) -> None:
    game = place.game()
    render_due()
    game.status = status
    game.save()
    place.discord.delete_channel(place.channel.id)
    due()

    assert look_due() == 1

    assert Announcement.objects.get(game=game).look_at is None
    assert not Delivery.objects.filter(notice="channel_trouble").exists()


def test_a_server_that_the_bot_has_left_is_looked_at_once_at_most(place: Place) -> None:
    """Discord shuts out an address that is refused too often."""
    game = place.game()
    render_due()
    Guild.objects.update(left_at=timezone.now())
    place.discord.delete_channel(place.channel.id)
    due()

    assert look_due() == 1

    assert Announcement.objects.get(game=game).look_at is None


def test_a_closed_channel_is_asked_about_no_more_often_than_the_pace_of_its_game(
    place: Place,
) -> None:
    game = place.game(starts_at=timezone.now() + timedelta(days=20))
    render_due()
    place.discord.delete_channel(place.channel.id)
    due()
    look_due()
    row = Announcement.objects.get(game=game)
    assert row.look_at and row.look_at > timezone.now() + timedelta(hours=11)


def test_looks_wait_while_discord_answers_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.game()
    render_due()
    due()
    monkeypatch.setattr(Way, "room", lambda _self, _free: 0)
    asked = len(place.discord.requests())

    assert look_due() == 0

    assert len(place.discord.requests()) == asked
    row = Announcement.objects.get()
    assert row.look_at and row.look_at < timezone.now()


def test_one_look_that_cannot_be_settled_leaves_the_others(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine, bad = place.game(), place.game(channel=place.new_channel("bad"))
    render_due()
    place.discord.delete_message(place.messages(bad.channel)[0])
    due()

    def fail(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(lookout, "_lose", fail)
    assert look_due() == 2

    row = Announcement.objects.get(game=fine)
    assert row.look_at and row.look_at > timezone.now() + timedelta(minutes=2)
