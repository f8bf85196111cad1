"""What a page or a message states or promises is true in the state the game is in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from games.enums import SignupMethod, Status, Via
from games.models import Game, Slot
from games.selectors import get_snapshot
from games.services.roster.host import add_player
from games.services.roster.signup import Signup, decline_game, join_game
from guilds.models import Member
from guilds.services.guild import delete_channel
from notifications.kinds.added import Added
from notifications.kinds.base.context import Context
from notifications.kinds.demoted import Demoted
from notifications.messages import announcement, replies
from notifications.models import Announcement
from tests.factories import make_game, make_member

pytestmark = pytest.mark.django_db
HOST_PICKS = SignupMethod.HOST_SELECTED_WAITLIST


@pytest.fixture
def member(client: Client) -> Member:
    """A client logged in as a member of a guild of their own."""
    member = make_member(make_game().guild)
    client.force_login(member.user)
    return member


def make(member: Member, **fields: Any) -> Game:
    return make_game(make_member(member.guild), **fields)


def page(client: Client, game: Game) -> str:
    return client.get(reverse("game", args=[game.guild_id, game.id])).content.decode()


def join(client: Client, game: Game, **data: object) -> None:
    address = reverse("game-join", args=[game.guild_id, game.id])
    assert client.post(address, {"form_id": str(uuid4()), **data}).status_code == 302


def test_where_the_host_picks_nobody_is_promised_to_move_up(client: Client, member: Member) -> None:
    game = make(member, signup_method=HOST_PICKS)
    assert "All seats are taken" not in page(client, game)
    join(client, game)
    text = page(client, game)
    assert "You move up by yourself" not in text
    assert "The host picks the players; you get a message." in text


def test_where_anybody_may_join_the_first_in_line_is_promised_to_move_up(
    client: Client, member: Member
) -> None:
    game = make(member, max_players=1)
    join_game(game_id=game.id, member=make_member(member.guild), via=Via.BOT)
    join(client, game)
    assert "You move up by yourself and get a message." in page(client, game)


@pytest.mark.parametrize("notice", [Added(), Demoted()])
def test_notices_of_the_waitlist_promise_a_seat_only_where_it_comes_by_itself(
    member: Member, notice: Added | Demoted
) -> None:
    game = make(member, max_players=1, signup_method=HOST_PICKS)
    join_game(game_id=game.id, member=member, via=Via.BOT)
    snapshot = get_snapshot(game.id)
    assert member.user.discord_id is not None
    context = Context(snapshot, target_id=member.user.discord_id)
    assert "You move up when" not in notice.text(context)
    open_to_all = replace(snapshot, signup_method=str(SignupMethod.SELF))
    assert "You move up when a seat is free." in notice.text(replace(context, game=open_to_all))


def test_the_reply_to_a_click_promises_no_seat_that_the_host_gives() -> None:
    waits = Signup(1, 1, "waiting", 3, 5, is_changed=True)
    assert "when you get a seat" in str(replies.signup(waits))
    picked = str(replies.signup(replace(waits, host_selects=True)))
    assert "The host picks the players" in picked and "when you get a seat" not in picked


def test_joining_is_not_offered_to_who_is_in(client: Client, member: Member) -> None:
    game = make(member)
    assert 'id="answer-join"' in page(client, game)
    join(client, game)
    text = page(client, game)
    assert 'id="answer-join"' not in text and 'id="answer-decline"' in text


def test_who_is_in_may_still_change_the_slot(client: Client, member: Member) -> None:
    game = make(member)
    tank = Slot.objects.create(game=game, name="Tank", capacity=1, position=0)
    join(client, game, slot=tank.id)
    assert "Change slot" in page(client, game)


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_nobody_is_in_a_game_that_is_over(client: Client, member: Member, status: Status) -> None:
    game = make(member, max_players=1)
    join(client, game)
    assert "You're in." in page(client, game)
    Game.objects.filter(id=game.id).update(status=status)

    text = page(client, game)

    assert "You're in." not in text and "You had a seat." in text


def test_no_link_leads_to_a_message_that_is_gone(client: Client, member: Member) -> None:
    game = make(member)
    join(client, game)
    posts = Announcement.objects.filter(game=game)
    posts.update(message_id=77, lost_at=None)
    assert "Open in Discord" in page(client, game)
    posts.update(lost_at=timezone.now())
    assert "Open in Discord" not in page(client, game)
    posts.update(lost_at=None)
    delete_channel(game.channel_id)
    assert "Open in Discord" not in page(client, game)


@pytest.mark.parametrize("standing", ["", "playing", "declined"])
def test_where_the_host_alone_gives_seats_no_sign_up_is_offered(
    client: Client, member: Member, standing: str
) -> None:
    game = make(member, title="By invitation", signup_method=SignupMethod.HOST_SELECTED)
    Slot.objects.create(game=game, name="Tank", capacity=1, position=0)
    if standing == "playing":
        host = Member.objects.get(user=game.host, guild=game.guild)
        add_player(game_id=game.id, member=host, person=member, via=Via.WEB)
    elif standing == "declined":
        decline_game(game_id=game.id, member=member, via=Via.BOT)

    text = page(client, game)

    assert 'id="answer-join"' not in text and 'id="answer-maybe"' not in text
    assert 'id="answer-decline"' in text
    assert "from those who sign up" not in text and "Sign-up open" not in text
    assert "You can still change your mind." not in text
    listed = client.get(reverse("guild", args=[member.guild_id]), {"state": "open"})
    assert "By invitation" not in listed.content.decode()


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED])
def test_a_game_that_is_over_has_no_free_seats(
    client: Client, member: Member, status: Status
) -> None:
    game = make(member, title="Long ago")
    Game.objects.filter(id=game.id).update(
        status=status, starts_at=timezone.now() - timedelta(days=1)
    )
    text = page(client, game)
    assert "The first seat is free." not in text and "Nobody signed up." in text
    address = reverse("guild", args=[member.guild_id])
    state = "cancelled" if status is Status.CANCELLED else "past"
    listed = client.get(address, {"state": state}).content.decode()
    assert "Long ago" in listed
    assert "seats free" not in listed and "seat free" not in listed


def test_a_preview_leads_to_no_page_of_a_game_that_is_not_there(member: Member) -> None:
    unsaved = replace(get_snapshot(make(member).id), id=0)
    shown = announcement.render(unsaved, now=timezone.now())
    assert "/games/0" not in str(shown)
    assert "url" not in shown["embeds"][0]
