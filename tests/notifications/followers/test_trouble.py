"""Trouble of a channel: told when it is known, with what can be done, and nothing fails unheard."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.signup import join_game
from guilds.enums import ALL_PERMISSIONS
from guilds.models import Channel, Role
from guilds.services.guild import delete_channel, forget_role, note_closed_channels
from notifications.enums import State, Target
from notifications.followers.announcement.outcome import outcome_of
from notifications.followers.announcement.renderer import render_due
from notifications.kinds.reminder import DueReminder
from notifications.models import Announcement, ChannelPace, Delivery
from notifications.outbox.sender import send_due
from notifications.timers.reminders import remind_all
from tests.factories import make_member, make_user, snowflake
from tests.notifications.place import Place

SEND = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"


def ripen() -> None:
    Announcement.objects.filter(render_at__isnull=False).update(render_at=timezone.now())
    ChannelPace.objects.all().delete()


def told(place: Place) -> list[str]:
    send_due()
    return [message["content"] for message in place.dms(place.host)]


def remind_now(game: Game) -> None:
    now = timezone.now()
    fresh = Game.objects.select_related("guild", "channel", "host").get(id=game.id)
    remind_all([DueReminder(fresh, 60, now + timedelta(minutes=10))], now)


def refuse(place: Place, route: str, status: int, code: int, **fields: Any) -> None:
    place.discord.fault(
        route, status=status, code=code, channel_id=place.channel.id, times=None, **fields
    )


def test_host_hears_at_once_that_the_channel_was_deleted(place: Place) -> None:
    first, second = place.game(), place.game()
    delete_channel(place.channel.id)
    delete_channel(place.channel.id)
    (text,) = told(place)
    assert "is gone" in text
    assert "1 more game of yours" in text
    (row,) = Delivery.objects.filter(notice="channel_trouble")
    (message,) = place.dms(place.host)
    urls = [b.get("url", "") for b in message["components"][0]["components"]]
    assert urls[0].endswith(f"/games/{first.id}/edit/#id_channel")
    assert row.game_id == first.id != second.id


def test_host_hears_at_once_that_a_permission_was_taken_away(
    place: Place, settings: Settings
) -> None:
    place.game()
    bot = make_user("bot", discord_id=int(settings.DISCORD_CLIENT_ID))
    make_member(place.guild, bot, permissions=int(ALL_PERMISSIONS & ~8))
    note_closed_channels(place.guild.id)
    assert told(place) == []

    denied = {"id": str(place.guild.id), "type": 0, "allow": "0", "deny": str(1 << 11)}
    Channel.objects.filter(id=place.channel.id).update(overwrites=[denied])
    note_closed_channels(place.guild.id)
    note_closed_channels(place.guild.id)

    (text,) = told(place)
    assert "Send Messages" in text
    assert "reminders go out by direct message" in text
    Channel.objects.filter(id=place.channel.id).update(overwrites=[])
    note_closed_channels(place.guild.id)
    assert Channel.objects.get(id=place.channel.id).is_open


def test_reminders_go_by_direct_message_where_the_channel_is_closed(place: Place) -> None:
    game = place.game()
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    Channel.objects.update(closed_at=timezone.now())
    remind_now(game)
    rows = Delivery.objects.filter(notice="reminder")
    assert {row.target for row in rows} == {Target.USER}
    send_due()
    assert len(place.dms(ada)) == 1
    assert not place.messages()


def test_a_reminder_that_its_channel_refuses_is_sent_to_each_person_once(place: Place) -> None:
    game = place.game()
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    refuse(place, SEND, 403, 50013)
    remind_now(game)
    send_due()
    send_due()
    remind_now(game)
    send_due()
    (message,) = place.dms(ada)
    assert "starts" in message["content"]
    assert sum("starts" in text for text in told(place)) == 1
    assert Delivery.objects.filter(notice="channel_trouble").count() == 1


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (404, 10003, "was deleted"),
        (403, 50001, "may not see"),
        (403, 50013, "may not see"),
        (400, 40058, "forum"),
        (400, 50008, "forum"),
        (400, 50083, "archived or locked"),
        (400, 160005, "archived or locked"),
        (400, 200000, "AutoMod"),
        (400, 240000, "filter"),
        (400, 50035, "(50035)"),
        (403, 99999, "(99999)"),
        (403, 0, "Discord does not take it"),
    ],
)
def test_every_refusal_of_a_post_is_told_to_the_host(
    place: Place, status: int, code: int, said: str
) -> None:
    game = place.game()
    refuse(place, SEND, status, code)
    render_due()
    (text,) = told(place)
    assert said in text
    outcome = outcome_of(game.id)
    assert outcome.trouble is not None
    assert outcome.trouble.code == code


@pytest.mark.parametrize("code", [20016, 20028, 20029, 40062])
def test_a_refusal_for_now_is_tried_again(place: Place, code: int) -> None:
    game = place.game()
    place.discord.fault(SEND, status=403, code=code, channel_id=place.channel.id)
    render_due()
    assert told(place) == []
    assert not outcome_of(game.id).is_settled
    ripen()
    render_due()
    assert outcome_of(game.id).message_id


def test_a_reminder_that_discord_puts_off_until_it_is_too_late_is_told(place: Place) -> None:
    game = place.game()
    join_game(game_id=game.id, member=place.member(), via=Via.BOT)
    refuse(place, SEND, 403, 40004)
    remind_now(game)
    send_due()
    now = timezone.now()
    Delivery.objects.filter(notice="reminder").update(
        due_at=now, expires_at=now - timedelta(seconds=1)
    )

    send_due()

    (notice,) = told(place)
    assert "40004" in notice
    assert {row.state for row in Delivery.objects.filter(notice="reminder")} == {State.EXPIRED}


def test_a_refusal_for_now_that_does_not_end_is_told_once(place: Place) -> None:
    game = place.game()
    place.discord.fault(SEND, status=403, code=40004, channel_id=place.channel.id, times=None)
    render_due()
    Announcement.objects.update(attempts=9)
    for _ in range(3):
        ripen()
        render_due()

    (notice,) = told(place)
    assert "40004" in notice
    assert not outcome_of(game.id).is_settled, "it is tried on"


def test_an_edit_that_cannot_show_a_cancellation_is_told(place: Place) -> None:
    game = place.game()
    render_due()
    refuse(place, EDIT, 403, 50001)
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB)
    ripen()
    render_due()
    assert any("its announcement cannot show that" in text for text in told(place))


def test_a_game_whose_post_failed_is_posted_where_it_is_moved(place: Place) -> None:
    game = place.game()
    other = place.new_channel()
    refuse(place, SEND, 403, 50013)
    render_due()
    edit_game(game_id=game.id, member=place.host, values={"channel_id": other.id}, via=Via.WEB)
    render_due()
    assert len(place.messages(other)) == 1
    row = Announcement.objects.get(game=game)
    assert (row.channel_id, row.post_number, row.last_error) == (other.id, 1, "")


def test_a_game_whose_post_was_deleted_is_posted_where_it_is_moved(place: Place) -> None:
    game = place.game()
    other = place.new_channel()
    render_due()
    Announcement.objects.update(lost_at=timezone.now(), render_at=None)
    edit_game(game_id=game.id, member=place.host, values={"channel_id": other.id}, via=Via.WEB)
    render_due()
    assert len(place.messages(other)) == 1
    assert Announcement.objects.get(game=game).post_number == 2


def test_a_direct_message_refused_for_any_reason_is_told_to_the_host(place: Place) -> None:
    game = place.game(max_players=1)
    ada, ben = place.member("ada"), place.member("ben")
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.WEB)
    place.discord.fault("POST /users/@me/channels", status=403, code=99999)
    cancel = Delivery(
        dedupe_key="x", game=game, guild_id=game.guild_id, notice="promoted",
        target=Target.USER, target_id=ada.user.discord_id or 0, due_at=timezone.now(),
        expires_at=timezone.now() + timedelta(hours=1), payload={},
    )  # fmt: skip
    cancel.save()
    send_due()
    Delivery.objects.filter(notice="unreachable").update(due_at=timezone.now())
    assert any("ada" in text for text in told(place))


def test_host_hears_that_a_player_role_was_deleted(place: Place) -> None:
    role = Role.objects.create(id=snowflake(), guild=place.guild, name="Player")
    games = [place.game(player_role_ids=(role.id,)) for _ in range(2)]
    forget_role(place.guild.id, role.id)
    (text,) = told(place)
    assert "“Player”" in text
    assert "keeps it" in text
    assert "1 more game of yours" in text
    assert {row.game_id for row in Delivery.objects.all()} == {games[0].id}


def test_an_old_post_that_cannot_be_deleted_is_told(place: Place) -> None:
    game = place.game()
    other = place.new_channel()
    render_due()
    edit_game(game_id=game.id, member=place.host, values={"channel_id": other.id}, via=Via.WEB)
    refuse(place, "DELETE /channels/{channel_id}/messages/{message_id}", 403, 50013)
    for _ in range(3):
        ripen()
        render_due()
    (text,) = told(place)
    assert f"still stands in <#{place.channel.id}>" in text
