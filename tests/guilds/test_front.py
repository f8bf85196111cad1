"""The front page, the invite and error pages."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from guilds.enums import BOT_PERMISSIONS, NEEDED_TO_ANNOUNCE, Permission
from guilds.models import User
from guilds.views.front import bot_invite_url
from tests.factories import make_guild, make_member, make_user

pytestmark = pytest.mark.django_db


def test_invite_asks_for_exactly_what_is_needed(settings: Settings) -> None:
    settings.DISCORD_BASE_URL = "https://discord.example"
    url = urlsplit(bot_invite_url())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}

    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://discord.example/oauth2/authorize"
    assert query["scope"] == "bot applications.commands"
    assert int(query["permissions"]) == BOT_PERMISSIONS
    assert BOT_PERMISSIONS & NEEDED_TO_ANNOUNCE == NEEDED_TO_ANNOUNCE
    assert not BOT_PERMISSIONS & Permission.ADMINISTRATOR
    assert not BOT_PERMISSIONS & Permission.MANAGE_GUILD


def test_landing_shows_pictures_of_our_own(client: Client) -> None:
    text = client.get("/").content.decode()

    assert text.count('class="art"') == 4
    assert '<img src="http' not in text
    assert "style=" not in text


@pytest.mark.parametrize("language", dict(settings.LANGUAGES))
def test_trouble_is_told_in_the_readers_language(client: Client, language: str) -> None:
    for path, status in (("/nowhere/", 404), ("/offline/", 200)):
        response = client.get(path, headers={"Accept-Language": language})
        assert response.status_code == status
        assert f'<html lang="{language}"' in response.content.decode()


def test_trouble_is_told_in_the_language_set_on_discord(client: Client, settings: Settings) -> None:
    user = make_user(locale="pt-BR")
    client.force_login(user)
    settings.DEBUG = False

    text = client.get("/nowhere/", headers={"Accept-Language": "fr"}).content.decode()

    assert '<html lang="pt-br"' in text
    assert "404" in text


def test_a_fault_of_ours_shows_no_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(make_user(locale="de"))
    client.raise_request_exception = False
    monkeypatch.setattr("guilds.views.person.zone_names", lambda: 1 / 0)

    response = client.get("/settings/")

    assert response.status_code == 500
    text = response.content.decode()
    assert '<html lang="de"' in text
    assert "ZeroDivision" not in text


def test_members_without_the_right_are_told_why(client: Client) -> None:
    member = make_member(make_guild())
    client.force_login(member.user)

    response = client.get(reverse("guild-settings", args=[member.guild_id]))

    assert response.status_code == 403
    assert "Only those who manage this server" in response.content.decode()


def test_offline_worker_keeps_files_that_exist(client: Client) -> None:
    response = client.get("/offline-worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    text = response.content.decode()
    assert reverse("offline") in text
    assert client.get(reverse("offline")).status_code == 200
    assert not User.objects.exists()


def test_offline_page_names_nobody(client: Client) -> None:
    client.force_login(make_user("Secret Name"))

    assert "Secret Name" not in client.get(reverse("offline")).content.decode()
