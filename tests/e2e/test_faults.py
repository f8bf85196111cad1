"""Processes killed at any moment of the main flow: nothing is lost or sent twice."""

import time

import pytest

from tests.duration import wait_until
from tests.e2e.conftest import Tavern, button
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e


def _restore(stack: Stack) -> None:
    stack.sandbox.wait_for_bot(commands=1, timeout=60)


def test_killed_bot_comes_back_to_old_buttons(stack: Stack, tavern: Tavern) -> None:
    message = tavern.post_game(title="Old buttons", max_players=1)
    user = tavern.new_member("eve")

    stack.restart("bot")
    _restore(stack)

    assert tavern.press(user, message, "join").acked
    wait_until(lambda: "(1/1)" in str(tavern.announcement("Old buttons")))


def test_killed_worker_posts_once(stack: Stack, tavern: Tavern) -> None:
    preview = tavern.sandbox.command(
        tavern.host, tavern.channel, "create-game", title="Once only", when="in 3 hours"
    )
    tavern.sandbox.click(tavern.host, preview.message, button(preview.message, "post"))
    stack.restart("worker")
    wait_until(lambda: tavern.announcement("Once only"), 45)
    stack.restart("worker")
    time.sleep(12)
    assert len([m for m in tavern.sandbox.messages(tavern.channel) if m["embeds"]]) == 1


def test_killed_beat_and_worker_send_the_waiting_reminder_once(
    stack: Stack, tavern: Tavern
) -> None:
    soon = int(time.time()) + 75
    message = tavern.post_game(title="Patience", when=f"<t:{soon}:F>", remind="1m")
    player = tavern.new_member("finn")
    tavern.press(player, message, "join")

    stack.kill("beat")
    stack.kill("worker")
    time.sleep(max(soon - 60 + 3 - time.time(), 0))
    assert not tavern.sandbox.pings(player)
    stack.start("worker", "beat")

    wait_until(lambda: tavern.sandbox.pings(player), 45)
    stack.restart("worker")
    time.sleep(12)
    assert len(tavern.sandbox.pings(player)) == 1


def test_killed_valkey_delays_but_loses_nothing(stack: Stack, tavern: Tavern) -> None:
    message = tavern.post_game(title="No broker", max_players=1)
    first, second = tavern.new_member("gus"), tavern.new_member("hal")
    tavern.press(first, message, "join")
    tavern.press(second, message, "join")

    stack.kill_server("valkey")
    outcome = tavern.press(first, message, "decline")
    assert outcome.acked
    assert (outcome.acked_after_ms or 0) < 3000
    stack.servers.resume_stopped()

    wait_until(lambda: tavern.sandbox.dms(second), 60)
    wait_until(lambda: "hal" in str(tavern.announcement("No broker")), 30)
    time.sleep(5)
    assert len(tavern.sandbox.dms(second)) == 1


def test_killed_postgres_gets_an_honest_answer_and_recovers(stack: Stack, tavern: Tavern) -> None:
    message = tavern.post_game(title="No database")
    user = tavern.new_member("ida")

    stack.kill_server("postgres")
    outcome = tavern.press(user, message, "join")
    assert outcome.acked
    assert (outcome.acked_after_ms or 0) < 3000
    assert outcome.ephemeral
    time.sleep(5)
    stack.servers.resume_stopped()

    def joins() -> bool:
        tavern.press(user, message, "join")
        return "(1/5)" in str(tavern.announcement("No database"))

    wait_until(joins, 30)


def test_deleted_announcement_keeps_the_game_and_asks_the_host(
    stack: Stack, tavern: Tavern
) -> None:
    message = tavern.post_game(title="Lost post", max_players=2)
    user = tavern.new_member("jo")
    game_id = int(button(message, "join").split(":")[1])
    tavern.sandbox.delete_message(message)
    # Somebody joins on the web; the worker finds the message gone.
    _join_by_service(stack, tavern, game_id, user)

    dms = wait_until(lambda: tavern.sandbox.dms(tavern.host), 30)
    assert tavern.announcement("Lost post") is None
    status = stack.rows("select status from games_game where id = %s", game_id)
    assert status == [("scheduled",)]

    repost = tavern.sandbox.click(tavern.host, dms[-1], button(dms[-1], "repost"), follow=True)
    assert repost.acked
    wait_until(lambda: tavern.announcement("Lost post"), 20)


def _join_by_service(stack: Stack, tavern: Tavern, game_id: int, user: int) -> None:
    stack.shell(
        "from guilds.models import *; from guilds.services.member import *;"
        "from games.services.roster.signup import *; from games.enums import Via;"
        f"m = see_member(guild=Guild.objects.get(id={tavern.id}),"
        f" facts=MemberFacts(user=UserFacts(discord_id={user}, username='jo')));"
        f"join_game(game_id={game_id}, member=m, via=Via.WEB)"
    )


@pytest.mark.parametrize("name", ["beat", "worker", "bot", "web"])
def test_each_process_stops_within_ten_seconds(stack: Stack, name: str) -> None:
    stack.stop(name)
    stack.start(name)
    _restore(stack)
    stack.wait_for_web()
