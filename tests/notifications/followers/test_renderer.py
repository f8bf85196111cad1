import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from games.enums import Action, Via
from games.models import Change, Game
from games.selectors import get_snapshot
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.signup import join_game
from guilds.errors import NotAllowed, Refused
from notifications.followers.announcement import claims
from notifications.followers.announcement.renderer import render_claimed, render_due
from notifications.followers.announcement.repost import repost_announcement
from notifications.followers.announcement.state import (
    claim_for_click,
    mark_rendered,
    release,
)
from notifications.models import Announcement, ChannelPace, Delivery
from notifications.outbox.sender import send_due
from notifications.rules import nonce_for
from notifications.timers.dispatcher import dispatch_due
from tests.notifications.place import Place

POST = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"


def post_of(game: Game) -> Announcement:
    return Announcement.objects.get(game=game)


def ripen() -> None:
    """End all waiting times."""
    past = timezone.now() - timedelta(seconds=1)
    ChannelPace.objects.all().delete()
    Announcement.objects.filter(render_at__isnull=False).update(render_at=past)


def lose_leases() -> None:
    Announcement.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    ripen()


def claim_edits() -> list[claims.Claim]:
    return claims.claim(claims.CLAIM_EDITS, limit=50, news_only=False, lease=claims.RENDER_LEASE)


def footer(place: Place) -> str:
    return str(place.messages()[-1]["embeds"][0]["footer"]["text"])


def test_new_game_is_posted_once_and_pings_its_roles(place: Place) -> None:
    role = place.discord.make_role(place.guild.id, "players", mentionable=True)
    game = place.game(notify_role_ids=(int(role["id"]),))
    assert render_due() == 1
    assert render_due() == 0
    (message,) = place.messages()
    assert message["embeds"][0]["title"] == "Dungeon night"
    (sent,) = place.requests("POST")
    assert sent["body"]["allowed_mentions"] == {"parse": [], "roles": [role["id"]]}
    row = post_of(game)
    assert (row.message_id, row.posted_revision) == (int(message["id"]), game.revision)
    assert (row.render_at, row.is_in_flight) == (None, False)

    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    render_due()
    (edited,) = place.requests("PATCH")
    assert edited["body"]["allowed_mentions"] == {"parse": []}
    assert place.messages()[0]["content"] == f"<@&{role['id']}>"


def test_draft_is_posted_when_its_time_has_come(place: Place) -> None:
    game = place.game()
    Game.objects.filter(id=game.id).update(post_at=timezone.now())
    Announcement.objects.all().delete()
    game.timers.create(
        guild_id=game.guild_id,
        kind="post",
        schedule_version=1,
        due_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    dispatch_due()
    render_due()
    assert len(place.messages()) == 1
    assert Change.objects.filter(action=Action.POSTED).count() == 1


def test_many_changes_become_few_edits(place: Place) -> None:
    game = place.game(max_players=3)
    render_due()
    for _ in range(10):
        join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    render_due()
    render_due()
    assert len(place.requests("PATCH")) == 1
    assert "Players (3/3)" in str(place.messages()[0]["embeds"])
    assert footer(place).endswith(f"r{get_snapshot(game.id).revision}")


def test_channel_is_edited_at_most_five_times_in_five_seconds(place: Place) -> None:
    games = [place.game() for _ in range(4)]
    render_due()
    end = time.monotonic() + 7
    while time.monotonic() < end:
        for n, game in enumerate(games):
            Game.objects.filter(id=game.id).update(revision=2 + n)
        Announcement.objects.update(wanted_revision=99, render_at=timezone.now())
        Announcement.objects.update(posted_revision=0)
        render_due()
        time.sleep(0.1)
    times = [entry["at"] for entry in place.requests("PATCH")]
    assert len(times) >= 5
    for first in times:
        assert sum(first <= at < first + 5 for at in times) <= 5
    assert {entry["status"] for entry in place.requests("PATCH")} == {200}


def test_cancelled_and_finished_games_lose_their_buttons(place: Place) -> None:
    game = place.game()
    render_due()
    cancel_game(game_id=game.id, member=place.host, via=Via.WEB, reason="snow")
    render_due()
    (message,) = place.messages()
    assert message["embeds"][0]["title"] == "Cancelled: Dungeon night"
    (buttons,) = message["components"]
    assert [b["label"] for b in buttons["components"]] == ["Details"]


@pytest.mark.parametrize("kind", ["status", "reset"])
def test_post_with_a_lost_answer_is_there_once(place: Place, kind: str) -> None:
    game = place.game()
    place.discord.fault(POST, kind, when="after", channel_id=place.channel.id)
    render_due()
    assert post_of(game).is_in_flight
    assert post_of(game).message_id is None
    ripen()
    render_due()
    (message,) = place.messages()
    assert post_of(game).message_id == int(message["id"])


def test_post_lost_from_memory_is_found_in_the_channel(place: Place) -> None:
    game = place.game()
    place.discord.knobs(nonce_window=0.01)
    place.discord.fault(POST, "reset", when="after", channel_id=place.channel.id)
    render_due()
    Announcement.objects.update(first_attempt_at=timezone.now() - timedelta(minutes=5))
    ripen()
    time.sleep(0.05)
    render_due()
    (message,) = place.messages()
    assert post_of(game).message_id == int(message["id"])


def test_after_an_unanswered_edit_one_more_follows(place: Place) -> None:
    game = place.game()
    render_due()
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    place.discord.fault(EDIT, "status", when="after", channel_id=place.channel.id)
    render_due()
    ripen()
    render_due()
    row = post_of(game)
    assert not row.is_in_flight
    assert row.recheck_at is not None
    assert row.recheck_at > timezone.now() + timedelta(seconds=10)
    assert row.render_at == row.recheck_at
    Announcement.objects.update(recheck_at=timezone.now() - timedelta(seconds=1))
    ripen()
    assert render_due() == 1
    row = post_of(game)
    assert (row.recheck_at, row.render_at) == (None, None)


def test_holder_that_lost_its_lease_makes_the_other_render_again(place: Place) -> None:
    """F20: the slow holder's older edit arrives after the newer one."""
    game = place.game(max_players=9)
    render_due()
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    (slow,) = claim_edits()
    old = get_snapshot(game.id)
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    lose_leases()
    (fast,) = claim_edits()
    assert fast.took_over
    render_claimed([fast])
    newest = get_snapshot(game.id).revision
    assert footer(place).endswith(f"r{newest}")

    assert not mark_rendered(slow, old.revision)
    row = post_of(game)
    assert row.render_at is not None
    assert row.render_at <= timezone.now()
    ripen()
    assert render_due() == 1
    assert post_of(game).posted_revision == newest


def test_click_renders_alone_and_a_dead_click_is_made_up_for(place: Place) -> None:
    game = place.game()
    render_due()
    ripen()
    ChannelPace.objects.all().delete()
    join_game(game_id=game.id, member=place.member(), via=Via.BOT)
    assert render_due() == 0, "the click has a moment to answer with the message itself"
    claim = claim_for_click(game.id, message_id=post_of(game).message_id)
    assert claim is not None
    ripen()
    assert render_due() == 0
    lose_leases()
    assert claim_for_click(game.id) is None, "the dead one's answer may still be on its way"
    assert render_due() == 1
    assert footer(place).endswith(f"r{get_snapshot(game.id).revision}")
    assert not mark_rendered(claim, 1)


def test_released_click_leaves_the_edit_to_the_worker(place: Place) -> None:
    game = place.game()
    render_due()
    ChannelPace.objects.all().delete()
    join_game(game_id=game.id, member=place.member(), via=Via.BOT)
    claim = claim_for_click(game.id)
    assert claim is not None
    release(claim)
    ChannelPace.objects.all().delete()
    assert render_due() == 1


def test_deleted_post_asks_the_host_who_reposts_it(place: Place) -> None:
    game = place.game()
    ada = place.member()
    render_due()
    place.discord.delete_message(place.messages()[0])
    join_game(game_id=game.id, member=ada, via=Via.WEB)
    render_due()
    assert post_of(game).lost_at is not None
    join_game(game_id=game.id, member=place.member(), via=Via.WEB)
    assert render_due() == 0
    assert not place.messages(), "never reposted by itself"
    send_due()
    (notice,) = place.dms(place.host)
    ids = [b.get("custom_id") for b in notice["components"][0]["components"]]
    assert ids[:2] == [f"g:{game.id}:repost", f"g:{game.id}:cancel"]

    with pytest.raises(NotAllowed):
        repost_announcement(game_id=game.id, member=ada, request_key="i:1")
    repost_announcement(game_id=game.id, member=place.host, request_key="i:2")
    repost_announcement(game_id=game.id, member=place.host, request_key="i:2")
    with pytest.raises(Refused):
        repost_announcement(game_id=game.id, member=place.host, request_key="i:3")
    render_due()
    assert len(place.messages()) == 1
    assert place.requests("POST")[-1]["nonce"] == nonce_for(f"ann:{game.id}:2")
    assert game.changes.filter(action=Action.REPOSTED).count() == 1


def test_moved_game_is_posted_there_and_deleted_here(place: Place) -> None:
    game = place.game()
    other = place.new_channel()
    render_due()
    edit_game(game_id=game.id, member=place.host, values={"channel_id": other.id}, via=Via.WEB)
    render_due()
    ripen()
    render_due()
    assert len(place.messages(other)) == 1
    assert not place.messages()
    row = post_of(game)
    assert (row.channel_id, row.former_message_id) == (other.id, None)


def test_forbidden_channel_is_told_and_tried_again_at_the_next_change(place: Place) -> None:
    games = [place.game() for _ in range(2)]
    place.close_channel()
    render_due()
    assert {post_of(game).render_at for game in games} == {None}
    assert "50001" in post_of(games[0]).last_error
    assert Delivery.objects.filter(notice="channel_trouble").count() == 1
    place.open_channel()
    join_game(game_id=games[0].id, member=place.member(), via=Via.WEB)
    render_due()
    assert len(place.messages()) == 1
    assert post_of(games[0]).last_error == ""


@pytest.mark.django_db(transaction=True)
def test_renderers_side_by_side_converge(place: Place) -> None:
    """With two renderers, slow and failing edits and steady sign-ups, the last state is shown."""
    games = [place.game(max_players=5, channel=place.new_channel()) for _ in range(4)]
    render_due()
    members = [place.member(f"m{n}") for n in range(12)]
    for kind, fields in (
        ("latency", {"delay": 0.8, "probability": 0.1}),
        ("status", {"when": "after", "probability": 0.1}),
    ):
        place.discord.fault(EDIT, kind, times=None, **fields)
    end = time.monotonic() + 4

    def run(work: Any) -> None:
        try:
            while time.monotonic() < end:
                work()
                time.sleep(0.05)
        finally:
            connection.close()

    def sign_up() -> None:
        for game in games:
            for member in members[:3]:
                join_game(game_id=game.id, member=member, via=Via.WEB)
            members.append(members.pop(0))

    with ThreadPoolExecutor(3) as threads:
        for one in [threads.submit(run, work) for work in (render_due, render_due, sign_up)]:
            one.result()
    place.discord.clear_faults()
    for _ in range(3):
        Announcement.objects.filter(recheck_at__isnull=False).update(recheck_at=timezone.now())
        ripen()
        render_due()
    for game in games:
        newest = get_snapshot(game.id).revision
        (message,) = place.messages(game.channel)
        assert message["embeds"][0]["footer"]["text"].endswith(f"r{newest}")
        assert post_of(game).posted_revision == newest


@pytest.mark.parametrize("count", [1, 20])
def test_claiming_and_rendering_cost_few_queries(
    place: Place, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        place.game(channel=place.new_channel())
    claimed = claims.claim(claims.CLAIM_POSTS, limit=50, lease=claims.RENDER_LEASE)
    assert len(claimed) == count
    with django_assert_max_num_queries(8 + 2 * count):
        render_claimed(claimed)


def test_click_costs_one_statement_and_its_mark_another(
    place: Place, django_assert_num_queries: Any
) -> None:
    game = place.game()
    render_due()
    ChannelPace.objects.all().delete()
    with django_assert_num_queries(1):
        claim = claim_for_click(game.id)
    assert claim is not None
    with django_assert_num_queries(1):
        mark_rendered(claim, game.revision)
