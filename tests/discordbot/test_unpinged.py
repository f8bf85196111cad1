"""A role whose mention reaches nobody is named before the game is posted."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from games.models import Template
from guilds.enums import NEEDED_TO_ANNOUNCE, Permission
from guilds.models import Guild, Role
from tests.discordbot.stage import Stage, set_stage
from tests.factories import make_member, make_user, snowflake

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage() -> Stage:
    return set_stage()


def role_of(stage: Stage, **fields: Any) -> Role:
    return stage.guild.roles.create(id=snowflake(), name="Raiders", **fields)


def preview(stage: Stage, settings: Any, role_id: int, bits: Permission) -> str:
    bot = make_user("bot", discord_id=int(settings.DISCORD_CLIENT_ID))
    make_member(stage.guild, bot, permissions=int(bits))
    Template.objects.create(
        guild=stage.guild, name="Raid", is_default=True, notify_role_ids=[role_id]
    )
    Guild.objects.filter(id=stage.guild.id).update(timezone="Europe/Berlin")
    host = stage.actors["manager"]
    return host.command("create-game", title="Raid", when="tomorrow 20:00").text


def test_a_role_that_the_bot_may_not_ping_is_named_in_the_preview(
    stage: Stage, settings: Any
) -> None:
    role = role_of(stage, is_mentionable=False)
    assert "Nobody will be notified by @Raiders" in preview(
        stage, settings, role.id, Permission.VIEW_CHANNEL
    )


def test_it_is_named_in_the_preview_on_the_web(client: Client, stage: Stage, settings: Any) -> None:
    role = role_of(stage, is_mentionable=False)
    shown = preview(stage, settings, role.id, NEEDED_TO_ANNOUNCE)
    client.force_login(stage.actors["manager"].user)
    data = {
        "form_id": str(uuid4()),
        "channel": str(stage.channel.id),
        "template": str(Template.objects.get().id),
        "title": "Raid",
        "when": "tomorrow 20:00",
        "notify_role_ids": [str(role.id)],
    }
    page = client.post(reverse("game-preview", args=[stage.guild.id]), data).text
    assert "Nobody will be notified by @Raiders" in page and "⚠ Nobody" in shown


def test_everyone_too(stage: Stage, settings: Any) -> None:
    assert "Nobody will be notified" in preview(
        stage, settings, stage.guild.id, Permission.VIEW_CHANNEL
    )


@pytest.mark.parametrize("is_mentionable", [True, False])
def test_a_role_that_it_pings_is_not(stage: Stage, settings: Any, is_mentionable: bool) -> None:
    role = role_of(stage, is_mentionable=is_mentionable)
    bits = Permission(0) if is_mentionable else Permission.MENTION_EVERYONE
    assert "Nobody will be" not in preview(stage, settings, role.id, bits | Permission.VIEW_CHANNEL)
