"""After a game's end its post is archived, deleted or kept; crashes cause no duplicates."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Action, Status, Via
from games.models import Game, Template
from games.selectors import get_snapshot
from games.services.cancellation import cancel_game
from games.services.game import complete_game
from guilds.enums import Archive
from guilds.models import Channel
from notifications.followers.announcement.former_posts import delete_former_posts
from notifications.followers.announcement.renderer import render_due
from notifications.models import Announcement, ChannelPace
from notifications.timers import claims as timer_claims
from notifications.timers.dispatcher import dispatch_due
from tests.factories import make_game
from tests.notifications.place import Place

POST = "POST /channels/{channel_id}/messages"
DELETE = "DELETE /channels/{channel_id}/messages/{message_id}"


@pytest.fixture(autouse=True)
def fresh_watermark() -> None:
    timer_claims._watermarks.clear()


def archiving(place: Place, archive: Archive, channel: Channel | None = None) -> Game:
    guild = place.host.guild
    guild.archive, guild.archive_after_minutes = archive, 90
    guild.archive_channel_id = channel.id if channel else None
    guild.save()
    game = place.game()
    render_due()
    return game


def ripen() -> None:
    past = timezone.now() - timedelta(seconds=1)
    ChannelPace.objects.all().delete()
    Announcement.objects.filter(render_at__isnull=False).update(render_at=past)
    Announcement.objects.filter(delete_at__isnull=False).update(delete_at=past)


def archive_now(game: Game) -> None:
    game.timers.filter(kind="archive").update(due_at=timezone.now())
    dispatch_due()


def settle(times: int = 4) -> None:
    for _ in range(times):
        ripen()
        render_due()


def test_settings_are_copied_from_template_over_server(place: Place) -> None:
    attic = place.new_channel("attic")
    guild = place.host.guild
    guild.archive, guild.archive_channel_id = Archive.MOVE, attic.id
    guild.save()
    template = Template.objects.create(
        guild=place.guild, name="short", archive=Archive.REMOVE, archive_after_minutes=5
    )
    plain, special = place.game(), place.game(template_id=template.id)
    assert (plain.archive, plain.archive_channel_id) == (Archive.MOVE, attic.id)
    assert plain.archive_after_minutes == 24 * 60
    assert (special.archive, special.archive_after_minutes) == (Archive.REMOVE, 5)


def test_finished_game_moves_without_buttons_and_the_original_goes(place: Place) -> None:
    attic = place.new_channel("attic")
    game = archiving(place, Archive.MOVE, attic)
    ended = timezone.now()
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    due = game.timers.get(kind="archive").due_at
    assert timedelta(minutes=89) < due - ended < timedelta(minutes=91)
    settle()
    assert len(place.messages()) == 1

    archive_now(game)
    settle()

    game.refresh_from_db()
    assert game.status == Status.ARCHIVED
    assert not place.messages()
    (message,) = place.messages(attic)
    assert [b["label"] for b in message["components"][0]["components"]] == ["Details"]
    assert place.requests("POST", attic)[-1]["body"]["allowed_mentions"] == {"parse": []}
    row = Announcement.objects.get(game=game)
    assert (row.former_message_id, row.delete_at, row.render_at) == (None, None, None)
    assert game.changes.filter(action=Action.ARCHIVED).count() == 1


def test_cancelled_game_keeps_its_mark_in_the_archive(place: Place) -> None:
    attic = place.new_channel("attic")
    game = archiving(place, Archive.MOVE, attic)
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB, reason="snow")
    archive_now(game)
    settle()
    (message,) = place.messages(attic)
    assert message["embeds"][0]["title"] == "Cancelled: Dungeon night"
    assert "snow" in str(message["embeds"])
    assert get_snapshot(game.id).is_cancelled


def test_post_is_removed(place: Place) -> None:
    game = archiving(place, Archive.REMOVE)
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    archive_now(game)
    settle()
    assert not place.messages()
    row = Announcement.objects.get(game=game)
    assert (row.message_id, row.former_message_id, row.lost_at) == (None, None, None)
    assert len(place.requests("POST")) == 1


def test_kept_game_is_never_archived(place: Place) -> None:
    game = archiving(place, Archive.KEEP)
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    assert not game.timers.filter(kind="archive").exists()


@pytest.mark.parametrize("is_gone", [True, False])
def test_without_a_usable_archive_channel_the_post_stays(place: Place, is_gone: bool) -> None:
    attic = place.new_channel("attic")
    game = archiving(place, Archive.MOVE, attic)
    if is_gone:
        Channel.objects.filter(id=attic.id).update(deleted_at=timezone.now())
    else:
        Game.objects.filter(id=game.id).update(archive_channel_id=place.channel.id)
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    archive_now(game)
    settle()
    game.refresh_from_db()
    assert (game.status, game.archive) == (Status.ARCHIVED, Archive.KEEP)
    assert len(place.messages()) == 1


def test_deleted_post_is_not_archived(place: Place) -> None:
    attic = place.new_channel("attic")
    game = archiving(place, Archive.MOVE, attic)
    place.discord.delete_message(place.messages()[0])
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    settle(2)
    archive_now(game)
    settle()
    assert not place.messages(attic)


@pytest.mark.parametrize("kind", ["status", "reset"])
def test_lost_answer_to_the_post_in_the_archive_leaves_one(place: Place, kind: str) -> None:
    attic = place.new_channel("attic")
    game = archiving(place, Archive.MOVE, attic)
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    settle()
    archive_now(game)
    place.discord.fault(POST, kind, when="after", channel_id=attic.id)
    settle()
    assert len(place.messages(attic)) == 1
    assert not place.messages()


@pytest.mark.parametrize("when", ["before", "after"])
def test_original_goes_though_deleting_it_failed_or_nobody_heard(place: Place, when: str) -> None:
    attic = place.new_channel("attic")
    game = archiving(place, Archive.MOVE, attic)
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    settle()
    archive_now(game)
    place.discord.fault(DELETE, "status", when=when, channel_id=place.channel.id)
    settle()
    assert not place.messages()
    assert Announcement.objects.get(game=game).former_message_id is None


def test_worker_that_dies_before_deleting_is_made_up_for(place: Place) -> None:
    other = place.new_channel()
    game = place.game()
    render_due()
    (message,) = place.messages()
    Announcement.objects.filter(game=game).update(
        former_channel_id=place.channel.id,
        former_message_id=int(message["id"]),
        channel_id=other.id,
        message_id=1,
        delete_at=timezone.now(),
    )
    assert delete_former_posts() == 1
    assert not place.messages()
    assert delete_former_posts() == 0


def test_what_may_not_be_deleted_stays_and_is_not_tried_for_ever(place: Place) -> None:
    game = archiving(place, Archive.REMOVE)
    complete_game(guild_id=game.guild_id, game_id=game.id, via=Via.WORKER)
    settle()
    archive_now(game)
    place.discord.fault(
        DELETE, "status", status=403, code=50013, channel_id=place.channel.id, times=None
    )
    settle()
    row = Announcement.objects.get(game=game)
    assert (row.former_message_id, row.delete_at) == (None, None)
    assert len(place.messages()) == 1


@pytest.mark.django_db
def test_game_cancelled_after_it_was_rescheduled_is_archived_once() -> None:
    game = make_game()
    Game.objects.filter(id=game.id).update(archive=Archive.REMOVE)
    host = game.guild.members.get(user=game.host)
    cancel_game(game_id=game.id, member=host, via=Via.WEB)
    cancel_game(game_id=game.id, member=host, via=Via.WEB)
    assert game.timers.filter(kind="archive").count() == 1
    archive_now(game)
    archive_now(game)
    assert game.changes.filter(action=Action.ARCHIVED).count() == 1
