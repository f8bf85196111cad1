"""Data as browsers send it for the forms of games and templates."""

from typing import Any
from uuid import uuid4

from guilds.enums import Permission
from guilds.models import Channel, Guild, Member, Role
from tests.factories import make_channel, make_guild, make_member, snowflake

SEES = Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES


def make_place() -> tuple[Guild, Channel, Member]:
    """Make a guild, a channel of it, and a member who sees the channel and may host."""
    guild = make_guild()
    Member.objects.filter(guild=guild).update(permissions=int(SEES | Permission.MANAGE_GUILD))
    return guild, make_channel(guild), make_member(guild, permissions=int(SEES))


def make_role(guild: Guild, name: str = "Players", **fields: Any) -> Role:
    return Role.objects.create(id=snowflake(), guild=guild, name=name, **fields)


def new_game_data(channel: Channel, **fields: Any) -> dict[str, Any]:
    """Return the data of a game in two days, with everything else left at its default."""
    return {
        "form_id": str(uuid4()),
        "template": "",
        "channel": str(channel.id),
        "title": "Dungeon night",
        "when": "in 2 days",
        "signup_method": "",
        "color": "#4f42d6",
        **fields,
    }
