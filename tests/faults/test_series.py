"""A series goes on although workers die: each session is made, told and announced once."""

import time
from typing import Any

import pytest

from tests.duration import wait_until
from tests.e2e.stack import Stack
from tests.faults.conftest import Verify
from tests.faults.load import Posted, World, click, make_world, storm

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(600)]

ASK = """
update games_series set ask_host = true
where id in (select series_id from games_game where id = any(array{games}))"""
START_NOW = """
update notifications_timer set due_at = now() + interval '1 s'
where kind = 'start' and state = 'pending' and game_id = any(array{games})"""
SESSIONS = """
select s.status, s.awaits_host, s.id from games_game g
join games_game s on s.series_id = g.series_id and s.series_date > g.series_date
where g.id = %s order by s.series_date"""


def test_series_goes_on_once(stack: Stack, seed: int, verify: Verify) -> None:
    """Two of four series ask their host, who confirms one session and skips the other.

    Of the other two, one has a session skipped. Repeated clicks and dying workers change nothing.
    """
    stack.start("beat-2", "worker-2", "worker-3")
    world = make_world(stack, seed, games=2, people=4, repeat="weekly")
    confirmed, plain, skipped, called_off = world.games
    asking = (confirmed, skipped)
    stack.execute(ASK.format(games=[game.id for game in asking]))
    for game in world.games:
        assert click(game, game.place.members[0], "join").acked

    with storm(world):
        stack.execute(START_NOW.format(games=[game.id for game in world.games]))
        _kill_some(world, 8)
        for game in world.games:
            wait_until(lambda: _sessions(world, game), 90)  # noqa: B023 -- called at once
            assert _sessions(world, game) == [("scheduled", game in asking)]

        _press(world, confirmed, "confirm")
        _press(world, skipped, "skip")
        _press(world, called_off, "skip")
        _kill_some(world, 6)

    verify(world)
    assert _sessions(world, confirmed) == [("scheduled", False)]
    assert _sessions(world, plain) == [("scheduled", False)]
    assert _sessions(world, skipped) == [("cancelled", True), ("scheduled", True)]
    assert _sessions(world, called_off) == [("cancelled", False), ("scheduled", False)]


def _kill_some(world: World, times: int) -> None:
    for _ in range(times):
        time.sleep(world.random.uniform(0.2, 1.5))
        names = [*world.stack.all_of("worker"), *world.stack.all_of("beat")]
        world.stack.restart(world.random.choice(names))


def _sessions(world: World, game: Posted) -> list[tuple[object, ...]]:
    """Return the later sessions' status, and whether they wait for their host."""
    return [row[:2] for row in world.stack.rows(SESSIONS, game.id)]


def _press(world: World, game: Posted, what: str) -> None:
    """Press, as the host, a button about the next session; Discord sends the click twice."""
    (_status, _waits, session), *_ = world.stack.rows(SESSIONS, game.id)
    sandbox, host = world.stack.sandbox, game.place.host
    custom_id = f"s:{session}:{what}"
    message = wait_until(lambda: _with_button(sandbox.dms(host), custom_id), 60)
    outcome = sandbox.click(host, message, custom_id)
    assert outcome.acked
    sandbox.replay(outcome)


def _with_button(messages: list[dict[str, Any]], custom_id: str) -> dict[str, Any]:
    return next((one for one in messages if f"'{custom_id}'" in str(one["components"])), {})
