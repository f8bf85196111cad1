"""The question about too few players, answered from the direct message it came in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Decision, Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.decision import decide
from notifications.enums import Notice
from notifications.messages.notices import notice
from sandbox.client import Sandbox
from tests.discordbot.conftest import Json, Tavern, button, click

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # nextcord speaks to an aiohttp that has moved on.
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def ask(tavern: Tavern, game: Game) -> Json:
    decide(game, Decision.ASKED, actor=None, via=Via.WORKER)
    channel = tavern.sandbox.open_dm(tavern.host)["id"]
    body = notice(Notice.TOO_FEW, get_snapshot(game.id), {}, delivery_id=1)
    return tavern.rest("POST", f"/channels/{channel}/messages", body)


def test_host_lets_the_game_run(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game(min_players=3)
    asked = ask(tavern, game)
    for _ in range(2):
        outcome = click(sandbox, tavern.host, asked, button(asked, "run"))
        assert "goes ahead" in outcome.content
    game.refresh_from_db()
    assert game.decision == Decision.RUN
    assert game.changes.filter(action="confirmed").count() == 1


def test_host_types_a_new_time_in_the_dm(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game(min_players=3)
    asked = ask(tavern, game)
    opened = sandbox.click(tavern.host, asked, button(asked, "move"))
    assert opened.modal is not None

    unclear = sandbox.submit_modal(tavern.host, opened, when="some day")
    again = sandbox.click(tavern.host, unclear.message, button(unclear.message, "again"))

    assert again.modal is not None
    done = sandbox.submit_modal(tavern.host, again, when="in 3 days")
    assert "Changed" in (done.source or {}).get("content", "")
    assert button(sandbox.dms(tavern.host)[0], "run"), "the question keeps its buttons"
    game.refresh_from_db()
    assert game.starts_at > timezone.now() + timedelta(days=2)
    assert game.decision == Decision.NONE
