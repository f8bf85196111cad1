"""An old backup is restored: nobody is told old news."""

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.duration import wait_until
from tests.e2e.stack import Stack
from tests.faults.backup import dump, restore
from tests.faults.conftest import ALL, Verify
from tests.faults.load import World, click, last_words, make_world, post, storm
from tests.faults.rows import pass_time

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(300)]

OPEN = """
select 1 from games_game
where status in ('scheduled', 'in_progress') and guild_id = any(%s)"""


def test_backup_of_yesterday(stack: Stack, seed: int, verify: Verify, tmp_path: Path) -> None:
    """The backup has a message waiting to be sent, and lacks later games and answers."""
    world = make_world(stack, seed, games=1, people=4, due_in=25, max_players=1)
    last_words(world)
    game, sandbox = world.games[0], stack.sandbox
    workers = stack.all_of("worker")
    for name in workers:
        stack.stop(name)
    for what in ("decline", "join"):
        for user in game.place.members:
            click(game, user, what)
    click(game, game.place.members[0], "decline")
    waiting = "select 1 from notifications_delivery where state = 'pending'"
    assert stack.rows(waiting)
    dump(stack, tmp_path / "backup")

    stack.start(*workers)
    post(world, game.place, 7)
    with storm(world):
        wait_until(lambda: all(sandbox.pings(place.host) for place in world.places), 60)
    verify(world)
    told = _messages(world)

    with world.bot_away():
        for name in ALL:
            stack.kill(name)
        restore(stack, tmp_path / "backup")
        pass_time(world, "24 h")
        sandbox.knobs(nonce_window=0)
        stack.manage("after_restore")
        stack.start(*ALL)
        sandbox.wait_for_bot(commands=1, timeout=60)
    open_games = "select 1 from games_game where status in ('scheduled', 'in_progress')"
    wait_until(
        lambda: not stack.rows(open_games + " and guild_id = any(%s)", list(world.tokens)), 60
    )
    time.sleep(5)
    verify(world, leave_out=["h1_each_once"])
    sandbox.knobs(nonce_window=300)

    assert not [one for one in _sent(world) if one["nonce"] not in told]
    assert _messages(world) == told
    assert set(told.values()) == {1}
    assert not stack.rows(waiting + " and due_at < now()")


def _messages(world: World) -> Counter[str]:
    return Counter(message["nonce"] for message in _sent(world))


def _sent(world: World) -> list[dict[str, Any]]:
    me = world.stack.sandbox.health()["application_id"]
    return [
        message
        for message in world.stack.sandbox.all_messages()
        if message["author"]["id"] == me and message.get("nonce")
    ]
