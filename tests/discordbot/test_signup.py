import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from games.enums import Via
from games.models import Game, Participant
from games.services.cancellation import cancel_game
from notifications.models import Announcement, ChannelPace
from sandbox.client import Outcome, Sandbox
from tests.discordbot.conftest import Tavern, button, buttons, click, make_tavern
from tests.duration import stretched

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def press(tavern: Tavern, user: int, message: dict[str, object], what: str) -> Outcome:
    return click(tavern.sandbox, user, message, button(message, what))


def test_join_updates_the_announcement_and_says_the_seat(tavern: Tavern) -> None:
    game = tavern.make_game(max_players=5)
    message = tavern.announce(game)

    outcome = press(tavern, tavern.join("ada"), message, "join")

    assert outcome.type == 7
    assert outcome.content == "You're in, seat 1 of 5."
    assert outcome.ephemeral
    assert "Players (1/5)" in str(outcome.source)
    announcement = Announcement.objects.get()
    game.refresh_from_db()
    assert announcement.posted_revision == announcement.wanted_revision == game.revision
    assert announcement.lease_until is None


def test_join_when_full_waits_and_leaving_makes_room(tavern: Tavern) -> None:
    message = tavern.announce(tavern.make_game(max_players=1))
    ada, ben = tavern.join("ada"), tavern.join("ben")

    first = press(tavern, ada, message, "join")
    second = press(tavern, ben, message, "join")
    same = press(tavern, ben, message, "join")
    left = press(tavern, ada, message, "decline")
    maybe = press(tavern, ada, message, "maybe")

    assert first.content == "You're in, seat 1 of 1."
    assert "waitlist, no. 1" in second.content
    assert "waitlist, no. 1" in same.content
    assert "not coming" in left.content
    assert "maybe" in maybe.content
    assert Game.objects.get().participants.count() == 2


def test_join_while_another_edit_is_too_recent_answers_with_a_line_alone(tavern: Tavern) -> None:
    message = tavern.announce(tavern.make_game())
    press(tavern, tavern.join("ada"), message, "join")

    outcome = press(tavern, tavern.join("ben"), message, "join")

    assert outcome.type == 4
    assert outcome.content.startswith("You're in, seat 2")
    assert Announcement.objects.get().render_at is not None


def test_click_on_an_older_post_does_not_render_there(tavern: Tavern) -> None:
    game = tavern.make_game()
    older = tavern.announce(game)
    tavern.announce(game)

    outcome = press(tavern, tavern.join("ada"), older, "join")

    assert outcome.type == 4


def test_closed_game_is_refused_with_a_sentence(tavern: Tavern) -> None:
    game = tavern.make_game()
    message = tavern.announce(game)
    cancel_game(game_id=game.id, member=tavern.host_member(), via=Via.WEB)

    outcome = press(tavern, tavern.join("ada"), message, "join")

    assert outcome.content == "This game was cancelled."
    assert Participant.objects.count() == 0


def test_game_of_another_guild_is_unknown(tavern: Tavern, sandbox: Sandbox) -> None:
    game = make_tavern(sandbox, "Elsewhere").make_game()
    actions = ("join", "maybe", "decline", "slot", "repost", "cancel", "run", "move")
    theirs = [f"g:{game.id}:{action}" for action in actions]
    nobodys = [f"g:{game.id + 999}:{action}" for action in actions]
    forged = tavern.post({"content": "x", "components": buttons(*theirs, *nobodys)})

    answers = {
        click(sandbox, tavern.host, forged, custom_id).content for custom_id in (*theirs, *nobodys)
    }

    assert answers == {"That game does not exist on this server."}
    assert Participant.objects.count() == 0
    game.refresh_from_db()
    assert game.status == "scheduled"


@pytest.mark.parametrize(
    "custom_id",
    ["x", "g:0:join", "g:-1:join", "g:99999999999999999999:join", "g:١:join", "draft:1:burn",
     "v0:join:1", "list::1", "x" * 100],
)  # fmt: skip
def test_unknown_buttons_are_outdated(tavern: Tavern, custom_id: str) -> None:
    message = tavern.post({"content": "x", "components": buttons(custom_id)})

    outcome = tavern.sandbox.click(tavern.host, message, custom_id)

    assert "outdated" in outcome.content
    assert outcome.ephemeral


def test_fifty_clicks_at_once_are_each_answered_once_in_time(tavern: Tavern) -> None:
    message = tavern.announce(tavern.make_game(max_players=5))
    users = [tavern.join(f"guest{number}") for number in range(50)]

    with ThreadPoolExecutor(50) as threads:
        outcomes = list(threads.map(lambda user: press(tavern, user, message, "join"), users))

    assert max(outcome.acked_after_ms or 9999 for outcome in outcomes) < 3000
    assert all(len(outcome.messages) == 1 for outcome in outcomes)
    assert all(outcome.raw["double_callbacks"] == 0 for outcome in outcomes)
    assert sum("You're in" in outcome.content for outcome in outcomes) == 5
    assert sum("waitlist" in outcome.content for outcome in outcomes) == 45


def test_locked_game_defers_and_answers_later(tavern: Tavern) -> None:
    game = tavern.make_game()
    message = tavern.announce(game)
    ada = tavern.join("ada")
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            Game.objects.select_for_update().get(id=game.id)
            clicked = threads.submit(press, tavern, ada, message, "join")
            time.sleep(1.7)
        outcome = clicked.result(10)

    assert outcome.type == 6
    assert 1100 < (outcome.acked_after_ms or 0) < stretched(2000)
    assert outcome.content.startswith("You're in, seat 1")


def test_game_locked_for_long_apologises(tavern: Tavern) -> None:
    game = tavern.make_game()
    message = tavern.announce(game)
    ada = tavern.join("ada")
    with ThreadPoolExecutor(1) as threads, transaction.atomic():
        Game.objects.select_for_update().get(id=game.id)
        outcome = threads.submit(press, tavern, ada, message, "join").result(10)

    assert outcome.acked
    assert "database" in outcome.content
    assert Participant.objects.count() == 0


def test_database_down_apologises_at_once(tavern: Tavern, monkeypatch: pytest.MonkeyPatch) -> None:
    message = tavern.announce(tavern.make_game())

    def no_database(_guild_id: int) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("discordbot.interactions.person.get_guild", no_database)
    outcome = press(tavern, tavern.join("ada"), message, "join")

    assert "can't reach my database" in outcome.content
    assert (outcome.acked_after_ms or 9999) < stretched(1000)


def test_unexpected_failure_apologises(tavern: Tavern, monkeypatch: pytest.MonkeyPatch) -> None:
    message = tavern.announce(tavern.make_game())

    def broken(_guild_id: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("discordbot.interactions.person.get_guild", broken)
    outcome = press(tavern, tavern.join("ada"), message, "join")

    assert "went wrong" in outcome.content


def test_same_click_delivered_twice_has_one_effect(tavern: Tavern) -> None:
    game = tavern.make_game()
    message = tavern.announce(game)
    outcome = press(tavern, tavern.join("ada"), message, "join")
    revision = Game.objects.get().revision

    tavern.sandbox.replay(outcome)
    time.sleep(0.3)

    assert Game.objects.get().revision == revision
    assert Participant.objects.count() == 1


def test_click_after_reconnect_works(tavern: Tavern, sandbox: Sandbox) -> None:
    message = tavern.announce(tavern.make_game())
    sandbox.gateway("drop")
    sandbox.wait_for_bot()

    outcome = press(tavern, tavern.join("ada"), message, "join")

    assert outcome.content.startswith("You're in")


def test_host_reposts_a_lost_announcement_from_a_dm(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game()
    tavern.announce(game)
    Announcement.objects.update(lost_at="2026-01-01T00:00:00Z", render_at=None)
    custom_id = f"g:{game.id}:repost"
    elsewhere = make_tavern(sandbox, "Elsewhere")
    notices = {
        user: tavern.rest(
            "POST",
            f"/channels/{sandbox.open_dm(user)['id']}/messages",
            {"content": "x", "components": buttons(custom_id)},
        )
        for user in (tavern.host, tavern.join("ada"), elsewhere.join("stranger"))
    }

    host, member, stranger = [
        click(sandbox, user, notice, custom_id).content for user, notice in notices.items()
    ]

    assert f"<#{tavern.channel}>" in host
    assert "does not exist" in member or "Only the host" in member
    assert "does not exist" in stranger
    assert Announcement.objects.get().lost_at is None


def test_pace_and_connection_are_left_clean(tavern: Tavern) -> None:
    message = tavern.announce(tavern.make_game())
    press(tavern, tavern.join("ada"), message, "join")

    def in_transaction() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and state = 'idle in transaction' and pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])

    tavern.sandbox.wait_until(lambda: in_transaction() == 0)
    assert ChannelPace.objects.count() == 1


def test_connections_the_server_closed_cost_no_answer(tavern: Tavern) -> None:
    message = tavern.announce(tavern.make_game(max_players=50))
    guests = [tavern.join(f"guest{number}") for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda user: press(tavern, user, message, "join"), guests[:8]))
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda user: press(tavern, user, message, "join"), guests[8:]))

    assert all(outcome.content.startswith("You're in") for outcome in outcomes)
