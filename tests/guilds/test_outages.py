"""Pages while PostgreSQL is away."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from django.urls import reverse
from psycopg_pool import PoolTimeout

from guilds.models import Member
from postgres import outage
from tests.factories import make_guild, make_member

pytestmark = pytest.mark.django_db
STRANGERS_PAGES = ("landing", "help", "help-players", "offline", "offline-worker", "healthz")


@pytest.fixture
def member(client: Client) -> Member:
    member = make_member(make_guild())
    client.force_login(member.user)
    return member


@pytest.fixture
def asked(member: Member, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Take the database away; returns what was asked of it in vain."""
    asked: list[str] = []

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        asked.append("")
        raise OperationalError("couldn't get a connection after 2 sec") from PoolTimeout()

    monkeypatch.setattr(outage, "_away_until", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "cursor", refuse)
        yield asked
    monkeypatch.setattr(outage, "_away_until", 0.0)


def test_each_page_says_so_honestly_and_asks_only_once(
    client: Client, member: Member, asked: list[str]
) -> None:
    pages = ["my-games", "settings", "guild", "game-new"]
    for name in pages:
        at_guild = [member.guild_id] if name in {"guild", "game-new"} else []
        response = client.get(reverse(name, args=at_guild))
        assert response.status_code == 503, name
        assert response["Retry-After"] == "5"
        assert "Nothing was changed" in response.content.decode()
        assert settings.SESSION_COOKIE_NAME not in response.cookies
    assert len(asked) == 1


def test_a_change_is_not_made_and_nobody_is_logged_out(
    client: Client, member: Member, asked: list[str]
) -> None:
    response = client.post(reverse("settings"), {"timezone": "Europe/Berlin"})

    assert response.status_code == 503
    assert settings.SESSION_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("name", STRANGERS_PAGES)
def test_pages_that_need_no_database_work(client: Client, asked: list[str], name: str) -> None:
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_health_reads_nothing_not_even_its_visitors_session(
    client: Client, member: Member, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get(reverse("healthz"))

    assert response.status_code == 200
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_an_outage_in_the_midst_of_a_page_is_no_500(
    client: Client, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr("guilds.web.access.find_token", refuse)
    monkeypatch.setattr("guilds.views.person.render", refuse)

    assert client.get(reverse("settings")).status_code == 503


def test_error_pages_stand_without_collected_static_files(settings: Any) -> None:
    from django.template.loader import render_to_string  # noqa: PLC0415

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
            "OPTIONS": {"location": "/nowhere"},
        }
    }
    for page in ("500.html", "503.html"):
        assert "css/gamesched.css" in render_to_string(page, {"seconds": 5})
