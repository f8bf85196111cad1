"""Every page has the menu of the viewer's servers, those that refuse something too."""

import pytest
from django.test import Client
from django.urls import reverse

from discordbot.gateway.guild_events import read_role
from guilds.selectors import list_roles
from guilds.services.guild import RoleFacts, mirror_roles
from tests.factories import make_guild, make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("address", "status"), [("settings/", 403), ("games/999/", 404)])
def test_a_page_that_refuses_keeps_the_menu_of_servers(
    client: Client, address: str, status: int
) -> None:
    member = make_member(make_guild(name="Tavern"))
    client.force_login(member.user)
    answer = client.get(f"{reverse('guild', args=[member.guild_id])}{address}")
    assert answer.status_code == status
    assert ">Tavern<" in answer.content.decode()


def test_a_bots_own_role_is_not_offered() -> None:
    guild = make_guild()
    payload = {"id": "71", "name": "Gamesched", "permissions": "0", "tags": {"bot_id": "1"}}
    booster = {
        "id": "72",
        "name": "Booster",
        "permissions": "0",
        "tags": {"premium_subscriber": None},
    }
    mirror_roles(
        guild.id, [read_role(payload), read_role(booster), RoleFacts(73, "Player", 0, 1, 0)]
    )
    assert {role.name for role in list_roles(guild)} == {"Booster", "Player"}
