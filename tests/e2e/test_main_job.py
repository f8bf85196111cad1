"""From the slash command to the reminder, through the real processes."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.duration import wait_until
from tests.e2e.conftest import Tavern, button
from tests.e2e.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.main_job]


def test_a_session_from_announcement_to_waitlist(stack: Stack, tavern: Tavern) -> None:
    message = tavern.post_game(max_players=2)
    first, second, third = (tavern.new_member(name) for name in ("ana", "ben", "cleo"))

    lines = [tavern.press(user, message, "join").content for user in (first, second, third)]

    assert "1" in lines[0]
    assert "2" in lines[1]
    assert "aitlist" in lines[2]
    assert tavern.press(first, message, "decline").acked
    wait_until(lambda: tavern.sandbox.dms(third))
    time.sleep(2)
    assert len(tavern.sandbox.dms(third)) == 1
    assert not tavern.sandbox.dms(second)

    def shown() -> bool:
        text = str(tavern.announcement("Dungeon night"))
        return "ben" in text and "cleo" in text and "(2/2)" in text

    wait_until(shown)


def test_fifty_join_within_a_second(stack: Stack, tavern: Tavern) -> None:
    message = tavern.post_game(title="Raid", max_players=5)
    people = [tavern.new_member(f"player{n}") for n in range(50)]

    with ThreadPoolExecutor(50) as threads:
        outcomes = list(threads.map(lambda user: tavern.press(user, message, "join"), people))

    assert all(outcome.acked for outcome in outcomes)
    assert max(outcome.acked_after_ms or 0 for outcome in outcomes) < 3000
    game_id = button(message, "join").split(":")[1]
    in_database_order = [
        int(str(row[0]))
        for row in stack.rows(
            "select u.discord_id from games_participant p join guilds_user u on u.id = p.user_id"
            " where p.game_id = %s order by p.joined_at, p.id",
            int(game_id),
        )
    ]
    assert len(in_database_order) == 50
    wait_until(
        lambda: (
            "(5/5)" in str(tavern.announcement("Raid"))
            and "(45)" in str(tavern.announcement("Raid"))
        ),
        10,
    )


def test_reminder_start_and_finish_happen_by_themselves(stack: Stack, tavern: Tavern) -> None:
    soon = int(time.time()) + 66
    message = tavern.post_game(
        title="Quick one", when=f"<t:{soon}:F>", remind="1m", duration="1m", max_players=2
    )
    player = tavern.new_member("dora")
    assert tavern.press(player, message, "join").acked

    wait_until(lambda: tavern.sandbox.pings(player), 30)

    reminders = [m for m in tavern.sandbox.messages(tavern.channel) if m["mentions"]]
    assert len(reminders) == 1
    pinged = {int(user["id"]) for user in reminders[0]["mentions"]}
    assert pinged == {player, tavern.host}
