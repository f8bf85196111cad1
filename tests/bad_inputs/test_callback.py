"""B57 to B61: forged and broken callbacks of Discord's log-in."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.guilds.fake_discord import FakeDiscord, run
from tests.guilds.test_login import begin, come_back, is_logged_in, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def discord(settings: Settings) -> Iterator[FakeDiscord]:
    with run() as fake:
        settings.DISCORD_BASE_URL = fake.url
        yield fake


@pytest.mark.parametrize("state", [None, "", "wrong", "x" * 5000, "\x00"])
def test_b57_state_missing_or_wrong(
    client: Client, discord: FakeDiscord, state: str | None
) -> None:
    begin(client)
    query = {"code": "a-code"} if state is None else {"code": "a-code", "state": state}
    assert come_back(client, **query).status_code == 400
    assert not is_logged_in(client)


def test_b57_state_used_before_or_by_another_browser(client: Client, discord: FakeDiscord) -> None:
    state = begin(client)["state"]
    other = Client()
    assert come_back(other, code="a-code", state=state).status_code == 400
    assert come_back(client, code="a-code", state=state).status_code == 302
    assert come_back(client, code="a-code", state=state).status_code == 400
    assert not is_logged_in(other)


def test_b58_denied_with_markup_in_the_reason(client: Client, discord: FakeDiscord) -> None:
    state = begin(client)["state"]
    hostile = "<script>alert(1)</script>"
    response = come_back(client, error="access_denied", error_description=hostile, state=state)
    assert response.status_code == 403
    assert hostile not in response.content.decode()
    assert not is_logged_in(client)


@pytest.mark.parametrize(
    "target",
    ["https://evil", "//evil", "/\\evil", "javascript:alert(1)", "%2f%2fevil", "https:evil"],
)
def test_b60_log_in_leads_nowhere_else(client: Client, discord: FakeDiscord, target: str) -> None:
    assert log_in(client, next=target)["Location"] == reverse("my-games")


def test_b61_victim_is_not_logged_in_as_the_attacker(discord: FakeDiscord) -> None:
    """The attacker's callback fails in the victim's browser, whose session has another state."""
    attacker, victim = Client(), Client()
    sent = begin(attacker)
    begin(victim)
    assert sent["code_challenge_method"] == "S256"
    assert come_back(victim, code="a-code", state=sent["state"]).status_code == 400
    assert not is_logged_in(victim)
