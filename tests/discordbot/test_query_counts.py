"""Upper limits for the queries of every command and button, whatever the amount of data.

Beginnings and ends of transactions count as well.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discordbot.interactions import database
from games.enums import Via
from games.services.roster.signup import join_game
from tests.discordbot.stage import set_stage
from tests.discordbot.test_table import TABLE, Try
from tests.factories import make_channel, make_game, make_member

pytestmark = pytest.mark.django_db(transaction=True)

# A click by a known member: one query for the member, and the join's transaction, which knows that
# the post was edited a moment ago. Statements sent together count once.
CLICK, SAME_CLICK = 6, 4
# Both exceed the game's seats, so an added person always waits.
FEW, MANY = 6, 20
MOST = {
    "/create-game": 17,
    "/edit-game": 10,
    "/cancel-game": 15,
    "/clone-game": 21,
    "/roster": 10,
    "/config-guild": 14,
    "/config-guild shown": 10,
    "/config-channel": 13,
    "/list-games": 11,
    "/my-games": 7,
    "/settings": 2,
    "/help": 0,
    "completion of game": 9,
    "edit form": 25,
    "Join": 13,
    "Maybe": 14,
    "Can't go": 15,
    "slot": 0,
    "Repost": 16,
    "Cancel game": 17,
    "Play anyway": 17,
    "New time": 10,
    "draft: Post": 23,
    "draft: Edit": 9,
    "draft: reading": 17,
    "draft: More fields": 9,
    "draft: channel": 18,
    "draft: zone": 24,
    "draft: zone by name": 24,
    "draft: zone of the server": 12,
    "draft: Discard": 10,
    "asked: Confirm": 17,
    "asked: Back": 8,
    "roster: person": 10,
    "roster: add by name": 9,
    "roster: name": 17,
    "roster: add": 23,
    "roles: managers": 15,
}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the queries of each call over the async bridge, which runs in a thread of its own."""
    counts: list[int] = []
    cross: Callable[..., Any] = database._run

    def run(function: Callable[[], Any]) -> Any:
        def counting() -> Any:
            with CaptureQueriesContext(connection) as captured:
                result = function()
            counts.append(len(captured))
            return result

        return cross(counting)

    monkeypatch.setattr(database, "_run", run)
    return counts


def measure(what: str, size: int, counted: list[int]) -> int:
    allowed, act, _is_done = TABLE[what]
    stage = set_stage()
    name = min(allowed) if allowed else "player"
    attempt = Try(stage, stage.actors[name])
    for n in range(size):
        channel = make_channel(stage.guild, f"channel-{n}")
        soon = timezone.now() + timedelta(days=n + 1)
        other = make_game(attempt.host, channel, starts_at=soon)
        person = make_member(stage.guild, role_ids=[stage.roles["player"].id])
        for game in (other, attempt.game):
            join_game(game_id=game.id, member=person, via=Via.BOT)
    counted.clear()
    act(attempt)
    return sum(counted)


@pytest.mark.parametrize("what", TABLE)
def test_commands_and_buttons_ask_no_more_however_much_there_is(
    what: str, counted: list[int]
) -> None:
    few, many = (measure(what, size, counted) for size in (FEW, MANY))
    assert few == many <= MOST[what]


def test_a_click_of_somebody_seen_before_is_six_round_trips(counted: list[int]) -> None:
    stage = set_stage()
    attempt = Try(stage, stage.actors["player"])
    TABLE["Maybe"][1](attempt)
    counted.clear()
    TABLE["Join"][1](attempt)
    assert sum(counted) == CLICK
    counted.clear()
    TABLE["Join"][1](attempt)
    assert sum(counted) == SAME_CLICK
