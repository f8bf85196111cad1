"""Who is behind an interaction, brought up to date in the database (synchronous)."""

from django.utils.translation import gettext as _

from discordbot.interactions.interaction import Interaction
from games.selectors import game_not_found, get_membership
from games.services.pending import get_author
from guilds.errors import Refused
from guilds.models import Member
from guilds.selectors import get_guild
from guilds.services.member import find_seen, is_seen_again, see_member
from guilds.services.recheck import confirm_member


def member_of(interaction: Interaction) -> Member:
    """The member who did it, as fresh as the payload. Raises `Refused` outside a server."""
    if interaction.guild_id is None or interaction.member is None:
        raise Refused(_("Use this on a server where I am."))
    guild_id, facts = interaction.guild_id, interaction.member
    member = find_seen(guild_id, facts.user.discord_id)
    if member is None:
        return see_member(guild=get_guild(guild_id), facts=facts)
    if is_seen_again(member, facts):
        return member
    return see_member(guild=member.guild, facts=facts)


def member_for_game(interaction: Interaction, game_id: int) -> Member:
    """On a server the payload says who it is; a DM names no server, so the game does.

    Raises `NotFound` for a game that is not theirs to know of, and `Refused` where Discord
    does not say whether it still is.
    """
    if interaction.guild_id is not None:
        return member_of(interaction)
    return _still_there(get_membership(game_id, interaction.user.discord_id))


def author_of(interaction: Interaction, pending_id: int) -> Member:
    """As `member_for_game`, for something this person began and is asked back about."""
    if interaction.guild_id is not None:
        return member_of(interaction)
    return _still_there(get_author(pending_id, interaction.user.discord_id))


def _still_there(member: Member) -> Member:
    """A DM says nothing of the server: Discord is asked, unless it told within five minutes."""
    confirmed = confirm_member(member)
    if confirmed is None:
        raise game_not_found()
    return confirmed
