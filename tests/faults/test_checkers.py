"""The checkers find rows and messages that were tampered with."""

import pytest

from tests.e2e.stack import Stack
from tests.faults.conftest import Verify
from tests.faults.load import click, make_world

MEDDLE = """
update games_participant set answer = 'maybe' where game_id = {game};
update notifications_delivery set state = 'cancelled', last_error = '' where game_id = {game};
update games_game set title = 'Another title' where id = {other}"""
pytestmark = pytest.mark.faults


def test_checkers_notice_what_is_wrong(stack: Stack, seed: int, verify: Verify) -> None:
    world = make_world(stack, seed, guilds=2, games=1, people=3, max_players=1)
    game, other = world.games
    first, second, _third = game.place.members
    for user, what in ((first, "join"), (second, "join"), (first, "decline")):
        assert click(game, user, what).acked
    verify(world)

    stack.execute(MEDDLE.format(game=game.id, other=other.id))
    with pytest.raises(AssertionError) as found:
        verify(world, within=0)

    for checker in ("h1_each_once", "h2_replay", "h3_shown"):
        assert checker in str(found.value)
