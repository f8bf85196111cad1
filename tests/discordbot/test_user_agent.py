import pytest
from pytest_django import Settings

from sandbox.client import Sandbox
from tests.discordbot.conftest import button, make_tavern, start_bot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:parameter .timeout.:DeprecationWarning"),
]


def test_every_request_of_the_bot_says_who_asks(
    transactional_db: None, sandbox: Sandbox, settings: Settings
) -> None:
    """Registration, acknowledgements, edits of them and follow-ups alike."""
    since = sandbox.health()["last_request"]
    running = start_bot(sandbox)
    try:
        tavern = make_tavern(sandbox)
        preview = tavern.preview()
        sandbox.click(tavern.host, preview, button(preview, "post"), follow=True)
    finally:
        running.stop()

    asked = sandbox.requests(since=since)
    routes = {entry["route"].split("/")[1] for entry in asked}
    assert {"applications", "gateway", "interactions", "webhooks"} <= routes
    assert {entry["agent"] for entry in asked} == {settings.DISCORD_USER_AGENT}
