"""Who is behind an interaction, brought up to date in the database (synchronous)."""

from django.utils.translation import gettext as _

from discordbot.interaction import Interaction
from guilds.errors import Refused
from guilds.models import Member
from guilds.selectors import get_guild
from guilds.services.member import see_member


def member_of(interaction: Interaction) -> Member:
    """The member who did it, as fresh as the payload. Raises `Refused` outside a server."""
    if interaction.guild_id is None or interaction.member is None:
        raise Refused(_("Use this on a server where I am."))
    return see_member(guild=get_guild(interaction.guild_id), facts=interaction.member)
