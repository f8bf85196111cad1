"""B78 and B79: actions that the admin must not offer."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from guilds.models import Guild, User
from tests.factories import make_guild, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client, settings: Settings) -> User:
    user = make_user("Operator", is_staff=True, is_superuser=True)
    settings.DISCORD_OWNER_IDS = [user.discord_id]
    client.force_login(user)
    return user


def test_b78_nothing_is_broadcast_from_the_admin(operator: User) -> None:
    """No action of any table writes to people. One that did would need a confirmation."""
    request = RequestFactory().get("/admin/")
    request.user = operator
    names = {
        name
        for model_admin in admin.site._registry.values()
        for name in model_admin.get_actions(request)
    }
    assert not {name for name in names if "send" in name or "broadcast" in name}, names


def test_b79_changes_are_logged_with_their_actor(client: Client, operator: User) -> None:
    guild = make_guild()
    page = reverse("admin:guilds_guild_change", args=[guild.id])
    data = {
        "timezone": "Europe/Berlin",
        "locale": "en",
        "archive": "keep",
        "archive_after_minutes": "60",
        "below_minimum": "run",
        "decide_minutes": "60",
    }
    response = client.post(page, data)
    assert response.status_code == 302
    assert Guild.objects.get(id=guild.id).timezone == "Europe/Berlin"
    entry = LogEntry.objects.get()
    assert (entry.user_id, entry.object_id) == (operator.id, str(guild.id))


def test_b79_nobody_can_be_impersonated(operator: User) -> None:
    for name in ("impersonate", "hijack", "login_as"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
