"""People found by name, both known ones and those only Discord knows."""

import pytest
from pytest_django import Settings

from discord_api import loop
from guilds.models import Member
from guilds.services.member_search import is_called, search_members
from sandbox.client import Sandbox
from tests.discord import discord, sandbox
from tests.factories import make_guild, make_member, make_user

pytestmark = pytest.mark.django_db
__all__ = ["discord", "sandbox"]


def test_members_known_to_discord_alone_are_found(discord: Sandbox) -> None:
    owner = int(discord.make_user("olga")["id"])
    guild_id = int(discord.make_guild("Tavern", owner)["id"])
    zoe = int(discord.make_user("zoe", global_name="Zoe Zed")["id"])
    discord.add_member(guild_id, zoe)
    guild = make_guild(id=guild_id)

    found = search_members(guild, "zoe")

    assert [member.name for member in found] == ["Zoe Zed"]
    assert found[0].user.discord_id == zoe
    assert search_members(make_guild(), "zoe") == []


def test_without_discord_the_known_ones_are_found_best_first(settings: Settings) -> None:
    settings.DISCORD_BASE_URL = "http://127.0.0.1:1"
    guild = make_guild()
    for name in ("Anatole", "Susana", "Ana"):
        make_member(guild, make_user(name))
    make_member(guild, make_user("Bert"), nick="ana banana")
    make_member(guild, make_user("Anabot", discord_id=int(settings.DISCORD_CLIENT_ID)))

    found = search_members(guild, " ana ")
    loop.stop()

    assert [member.name for member in found] == ["Ana", "ana banana", "Anatole", "Susana"]


def test_a_whole_name_is_the_nick_or_the_name() -> None:
    member = Member(user=make_user("Bert"), nick="Ana")

    assert is_called(member, " ana ")
    assert is_called(member, "BERT")
    assert not is_called(member, "an")
    assert search_members(make_guild(), "  ") == []
