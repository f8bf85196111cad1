import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from discord_api import loop
from games.enums import Via
from games.models import Game
from games.services.cancellation import cancel_game
from games.services.game_edit import edit_game
from games.services.roster.signup import decline_game, join_game
from guilds.errors import Refused
from guilds.models import Guild, User
from notifications.enums import State, Target
from notifications.kinds.reminder import DueReminder
from notifications.messages.wording import SUPPRESS_EMBEDS
from notifications.models import Delivery
from notifications.outbox import sender
from notifications.outbox.claims import claim_due, settle
from notifications.outbox.facts import gather_facts
from notifications.outbox.preparation import prepare
from notifications.outbox.report import drop_delivery, retry_delivery
from notifications.outbox.sender import send, send_due
from notifications.timers.reminders import remind_all
from tests.duration import within
from tests.notifications.place import Place

SEND = "POST /channels/{channel_id}/messages"


def start_reminder(game: Game, minutes: int = 60) -> None:
    now = timezone.now()
    remind_all([DueReminder(game, minutes, now + timedelta(minutes=10))], now)


def add(game: Game, key: str = "k", **fields: Any) -> Delivery:
    """Add a channel message that never becomes outdated."""
    now = timezone.now()
    values = {
        "dedupe_key": f"{key}:{game.channel_id}",
        "game": game,
        "guild_id": game.guild_id,
        "notice": "reminder",
        "target": Target.CHANNEL,
        "target_id": game.channel_id,
        "payload": {"minutes": 60, "schedule_version": 1, "by_dm": []},
        "due_at": now - timedelta(seconds=1),
        "expires_at": now + timedelta(hours=1),
        **fields,
    }
    return Delivery.objects.create(**values)


def test_reminder_mentions_those_who_play_and_the_host_once(place: Place) -> None:
    game = place.game(max_players=1)
    ada, ben = place.member("ada"), place.member("ben")
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    start_reminder(game)
    start_reminder(game)

    assert send_due() == 1
    assert send_due() == 0

    (message,) = place.messages()
    pinged = {u["id"] for u in message["mentions"]}
    assert pinged == {str(place.host.user.discord_id), str(ada.user.discord_id)}
    row = game.deliveries.get()
    assert (row.state, row.message_id) == (State.DONE, int(message["id"]))


def test_promoted_player_gets_one_dm_and_its_channel_is_kept(place: Place) -> None:
    game = place.game(max_players=1)
    ada, ben = place.member("ada"), place.member("ben", locale="en-US")
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    decline_game(game_id=game.id, member=ada, via=Via.BOT)

    send_due()
    send_due()

    (message,) = place.dms(ben)
    assert "moved up" in message["content"]
    ben.user.refresh_from_db()
    assert ben.user.dm_channel_id == int(message["channel_id"])
    assert not place.dms(ada)


def test_who_gave_the_seat_up_again_is_not_told(place: Place) -> None:
    game = place.game(max_players=1)
    ada, ben = place.member("ada"), place.member("ben")
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    decline_game(game_id=game.id, member=ada, via=Via.BOT)
    decline_game(game_id=game.id, member=ben, via=Via.BOT)
    send_due()
    assert not place.dms(ben)
    assert game.deliveries.get(notice="promoted").state == State.CANCELLED


def test_closed_dms_become_one_mention_in_the_channel(place: Place) -> None:
    game = place.game(max_players=1)
    ada, ben = place.member("ada"), place.member("ben", dms_open=False)
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    decline_game(game_id=game.id, member=ada, via=Via.BOT)

    send_due()
    send_due()

    dm, _told, fallback = game.deliveries.order_by("id")
    assert (dm.state, dm.error_code) == (State.DEAD, 50007)
    assert fallback.dedupe_key == f"{dm.dedupe_key}:fb"
    (message,) = place.messages()
    assert [u["id"] for u in message["mentions"]] == [str(ben.user.discord_id)]
    ben.user.refresh_from_db()
    assert ben.user.dm_blocked_until is not None
    asked = len(place.discord.requests(route="POST /users/@me/channels"))

    cancel_game(game_id=game.id, member=place.host, via=Via.BOT)
    send_due()
    send_due()
    assert len(place.messages()) == 2, "the cancellation goes to the channel straight away"
    assert len(place.discord.requests(route="POST /users/@me/channels")) == asked


def test_cancel_tells_everyone_but_the_one_who_cancelled(place: Place) -> None:
    game = place.game()
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    cancel_game(game_id=game.id, member=place.host, via=Via.BOT, reason="*flu*")
    send_due()
    (message,) = place.dms(ada)
    assert r"\*flu\*" in message["content"]
    assert not place.dms(place.host)


def test_new_time_names_the_old_one(place: Place) -> None:
    game = place.game()
    ada = place.member("ada")
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    old = int(game.starts_at.timestamp())
    later = game.starts_at + timedelta(hours=1)
    edit_game(game_id=game.id, member=place.host, values={"starts_at": later}, via=Via.WEB)
    send_due()
    (message,) = place.dms(ada)
    assert f"<t:{int(later.timestamp())}:F>" in message["content"]
    assert f"<t:{old}:F>" in message["content"]


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"expires_at": timezone.now() - timedelta(minutes=1)}, State.EXPIRED),
        ({"payload": {"minutes": 60, "schedule_version": 0}}, State.CANCELLED),
    ],
)
def test_what_is_no_longer_true_is_not_sent(
    place: Place, fields: dict[str, Any], state: State
) -> None:
    row = add(place.game(), **fields)
    send_due()
    row.refresh_from_db()
    assert row.state == state
    assert row.last_error
    assert not place.messages()


def test_nothing_is_sent_where_the_bot_has_left(place: Place) -> None:
    row = add(place.game())
    Guild.objects.update(left_at=timezone.now())
    send_due()
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    assert not place.messages()


@pytest.mark.parametrize("kind", ["status", "reset"])
def test_lost_answer_is_tried_again_and_sent_once(place: Place, kind: str) -> None:
    row = add(place.game())
    place.discord.fault(SEND, kind, when="after", channel_id=place.channel.id)
    send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.PENDING, 1)
    Delivery.objects.update(due_at=timezone.now())
    send_due()
    row.refresh_from_db()
    assert row.state == State.DONE
    assert len(place.messages()) == 1


def test_old_try_is_looked_for_before_sending_again(place: Place) -> None:
    """The worker crashed before marking it sent, and Discord has forgotten the nonce."""
    game = place.game()
    row = add(game)
    place.discord.knobs(nonce_window=0.01)
    send_due()
    assert len(place.messages()) == 1
    long_ago = timezone.now() - timedelta(minutes=5)
    Delivery.objects.update(
        state=State.PENDING, attempts=1, first_attempt_at=long_ago, message_id=None
    )
    time.sleep(0.05)
    send_due()
    row.refresh_from_db()
    assert row.state == State.DONE
    assert row.message_id == int(place.messages()[0]["id"])
    assert len(place.messages()) == 1


def test_rate_limited_try_is_not_counted(place: Place) -> None:
    row = add(place.game())
    place.discord.fault(SEND, status=429, retry_after=20, channel_id=place.channel.id)
    send_due()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.PENDING, 0)
    assert row.due_at > timezone.now() + timedelta(seconds=15)


def test_other_workers_leave_a_full_channel_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that met Discord's limit stores it in the rows, where others find it."""
    game = place.game()
    for number in range(12):
        add(game, key=f"k{number}")
    send_due(limit=5, seconds=0.1)

    loop.stop()  # as in another process, which knows no limits
    add(game, key="that came meanwhile")
    send_due(limit=5, seconds=0.1)

    asked = place.discord.requests(route=SEND, channel=place.channel.id)
    assert [entry["status"] for entry in asked] == [200] * 5
    assert Delivery.objects.filter(state=State.PENDING, attempts=0).count() == 8


def test_broken_channel_is_told_to_the_host_once_a_day(place: Place) -> None:
    game = place.game()
    rows = [add(game, f"k{n}") for n in range(3)]
    place.close_channel()
    send_due()
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.error_code) == (State.DEAD, 50001)
    send_due()
    (text,) = [m["content"] for m in place.dms(place.host) if "belongs" in m["content"]]
    assert f"<#{place.channel.id}>" in text


def test_bad_request_is_buried_with_its_code(place: Place) -> None:
    row = add(place.game())
    place.discord.fault(SEND, status=400, code=50035, channel_id=place.channel.id)
    send_due()
    row.refresh_from_db()
    assert (row.state, row.http_status, row.error_code) == (State.DEAD, 400, 50035)


def test_refused_token_keeps_rows_and_asks_no_more(place: Place) -> None:
    game = place.game()
    row = add(game)
    place.discord.knobs(token_revoked=True)
    try:
        send_due()
        add(game, "k2")
        asked = len(place.requests("POST"))
        send_due()
        assert len(place.requests("POST")) == asked == 1
    finally:
        place.discord.knobs(token_revoked=False)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.http_status) == (State.PENDING, 0, 401)


def test_stale_dm_channel_is_opened_anew(place: Place) -> None:
    game = place.game()
    ada = place.member("ada", dm_channel_id=123456)
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    cancel_game(game_id=game.id, member=place.host, via=Via.BOT)
    send_due()
    Delivery.objects.update(due_at=timezone.now())
    send_due()
    assert len(place.dms(ada)) == 1


def test_late_worker_leaves_the_row_to_its_new_holder(place: Place) -> None:
    row = add(place.game())
    (first,) = claim_due()
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (second,) = claim_due()
    send([second])
    assert not settle(first, State.PENDING)
    send([first])
    row.refresh_from_db()
    assert (row.state, row.fence) == (State.DONE, 2)
    assert len(place.messages()) == 1


def test_operator_tries_again_or_drops(place: Place) -> None:
    game = place.game()
    row = add(game, state=State.DEAD, attempts=12)
    retry_delivery(delivery_id=row.id)
    send_due()
    row.refresh_from_db()
    assert row.state == State.DONE
    with pytest.raises(Refused):
        retry_delivery(delivery_id=row.id)
    with pytest.raises(Refused):
        drop_delivery(delivery_id=row.id)
    late = add(game, "late", state=State.EXPIRED, expires_at=timezone.now() - timedelta(1))
    with pytest.raises(Refused):
        retry_delivery(delivery_id=late.id)
    assert drop_delivery(delivery_id=late.id).state == State.CANCELLED


@pytest.mark.parametrize("count", [1, 30])
def test_preparing_costs_the_same_for_one_and_thirty(
    place: Place, count: int, django_assert_max_num_queries: Any
) -> None:
    games = [place.game() for _ in range(count)]
    rows = [add(game, f"k{game.id}") for game in games]
    with django_assert_max_num_queries(6):
        facts = gather_facts(rows)
        for row in rows:
            prepare(row, facts)


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_row_once_and_a_slow_channel_holds_nobody_up(place: Place) -> None:
    slow = place.new_channel("slow")
    games = [place.game(channel=slow if n == 0 else place.channel) for n in range(5)]
    rows = [add(games[0], "slow", priority=0)] + [
        add(game, f"k{n}") for n, game in enumerate(games[1:])
    ]
    place.discord.fault(SEND, "latency", delay=3, channel_id=slow.id)
    sent_after: dict[int, float] = {}
    begun = time.monotonic()

    def run(_number: int) -> None:
        try:
            send_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(run, n) for n in range(2)]
        while len(sent_after) < len(rows) and time.monotonic() - begun < 8:
            for row in Delivery.objects.filter(state=State.DONE):
                sent_after.setdefault(row.id, time.monotonic() - begun)
            time.sleep(0.05)
        for one in running:
            one.result()
    assert len(place.messages()) == 4
    assert len(place.messages(slow)) == 1
    assert sent_after[rows[0].id] > 3
    assert all(sent_after[row.id] < sent_after[rows[0].id] - 1 for row in rows[1:])


@pytest.mark.django_db(transaction=True)
def test_twelve_channels_with_three_messages_leave_within_two_seconds(place: Place) -> None:
    channels = [place.new_channel(f"c{n}") for n in range(12)]
    games = [place.game(channel=channel) for channel in channels]
    for game in games:
        for n in range(3):
            add(game, f"{game.id}:{n}")
    loop.get_loop()
    with within(2):
        send_due()
    assert not Delivery.objects.exclude(state=State.DONE).exists()
    assert all(len(place.messages(channel)) == 3 for channel in channels)


def test_reminder_by_dm_where_the_server_says_so(place: Place) -> None:
    Guild.objects.update(remind_by_dm=True)
    game = place.game()
    game.guild.refresh_from_db()
    ada = place.member("ada")
    never = place.member("never", direct_messages="never")
    for member in (ada, never):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    start_reminder(game)
    send_due()
    assert len(place.dms(ada)) == len(place.dms(place.host)) == 1
    assert not place.dms(never)
    (message,) = place.messages()
    assert [u["id"] for u in message["mentions"]] == [str(never.user.discord_id)]
    assert User.objects.get(id=ada.user_id).dm_channel_id


def test_a_locked_table_costs_a_second_and_not_a_lease(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = add(place.game())

    def locked(_rows: object) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    with monkeypatch.context() as patch:
        patch.setattr(sender, "gather_facts", locked)
        with pytest.raises(OperationalError):
            send_due()

    row.refresh_from_db()
    assert (row.state, row.attempts, row.lease_until) == (State.PENDING, 0, None)
    assert row.due_at <= timezone.now() + timedelta(seconds=1)
    time.sleep(1)
    assert send_due() == 1
    assert len(place.messages()) == 1


def test_account_that_is_gone_is_told_to_the_host_like_closed_dms(place: Place) -> None:
    """Discord takes no such recipient: 50033."""
    game = place.game(max_players=1)
    ada, ben = place.member("ada"), place.member("ben")
    for member in (ada, ben):
        join_game(game_id=game.id, member=member, via=Via.BOT)
    place.discord.fault("POST /users/@me/channels", "status", status=400, code=50033)
    decline_game(game_id=game.id, member=ada, via=Via.BOT)

    send_due()

    dm = game.deliveries.order_by("id").first()
    assert dm is not None
    assert (dm.state, dm.error_code) == (State.DEAD, 50033)
    assert game.deliveries.filter(notice="unreachable").exists()


def test_a_link_in_a_reason_is_not_unfurled(place: Place) -> None:
    game, ada = place.game(), place.member()
    join_game(game_id=game.id, member=ada, via=Via.BOT)
    cancel_game(
        game_id=game.id, member=place.host, reason="See https://example.com/why", via=Via.WEB
    )
    send_due()

    told = [m for m in place.dms(ada) if "example.com" in m["content"]]
    assert told
    assert all(message["flags"] & SUPPRESS_EMBEDS for message in told)
