"""The question about too few players, answered from the direct message it came in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from games.enums import Decision, Status, Via
from games.models import Game
from games.selectors import get_snapshot
from games.services.decision import decide
from guilds.models import Member
from notifications.kinds import Context
from notifications.kinds.too_few import TooFew
from sandbox.client import Sandbox
from tests.discordbot.conftest import Json, Tavern, button, click

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # nextcord uses a deprecated interface of aiohttp.
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def ask(tavern: Tavern, game: Game) -> Json:
    decide(game, Decision.ASKED, actor=None, via=Via.WORKER)
    channel = tavern.sandbox.open_dm(tavern.host)["id"]
    body = TooFew().message(Context(get_snapshot(game.id), delivery_id=1))
    return tavern.rest("POST", f"/channels/{channel}/messages", body)


def test_host_lets_the_game_run(tavern: Tavern, sandbox: Sandbox) -> None:
    game = tavern.make_game(min_players=3)
    asked = ask(tavern, game)
    for _ in range(2):
        outcome = click(sandbox, tavern.host, asked, button(asked, "run"))
        assert "takes place" in outcome.content
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


def not_heard_of_for_an_hour(person: int) -> None:
    an_hour_ago = timezone.now() - timedelta(hours=1)
    Member.objects.filter(user__discord_id=person).update(refreshed_at=an_hour_ago)


def test_who_has_left_the_server_decides_nothing_from_an_old_dm(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    """Without the members intent the bot hears of no departure, so it asks Discord."""
    tavern.host = tavern.join("ada")
    game = tavern.make_game(min_players=3)
    asked = ask(tavern, game)
    not_heard_of_for_an_hour(tavern.host)

    assert "takes place" in click(sandbox, tavern.host, asked, button(asked, "run")).content

    sandbox.remove_member(tavern.id, tavern.host)
    not_heard_of_for_an_hour(tavern.host)
    for what in ("run", "cancel"):
        outcome = click(sandbox, tavern.host, asked, button(asked, what))
        assert "does not exist" in outcome.content
    game.refresh_from_db()
    assert game.status == Status.SCHEDULED
    assert Member.objects.get(user__discord_id=tavern.host).left_at


def test_while_discord_does_not_say_nothing_is_decided_from_a_dm(
    tavern: Tavern, sandbox: Sandbox
) -> None:
    game = tavern.make_game(min_players=3)
    asked = ask(tavern, game)
    not_heard_of_for_an_hour(tavern.host)
    sandbox.fault("GET /guilds/{guild_id}/members/{user_id}", status=503)

    outcome = click(sandbox, tavern.host, asked, button(asked, "cancel"))

    assert "roles cannot be checked" in outcome.content
    game.refresh_from_db()
    assert game.status == Status.SCHEDULED

    sandbox.clear_faults()
    assert "cancelled" in click(sandbox, tavern.host, asked, button(asked, "cancel")).content
