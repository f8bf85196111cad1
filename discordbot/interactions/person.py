"""The person behind an interaction, brought up to date in the database (synchronous)."""

from django.utils.translation import gettext as _

from discordbot.interactions.interaction import Interaction
from games.selectors import game_not_found, get_membership
from games.services.pending import get_author
from guilds.errors import Refused
from guilds.models import Member, User
from guilds.selectors import get_guild
from guilds.services.member import find_seen, is_seen_again, see_member, see_user
from guilds.services.recheck import confirm_member


def member_of(interaction: Interaction) -> Member:
    """The member, as the payload has it. Raises `Refused` outside a server."""
    if interaction.guild_id is None or interaction.member is None:
        raise Refused(_("Use this on a server where I am."))
    guild_id, facts = interaction.guild_id, interaction.member
    member = find_seen(guild_id, facts.user.discord_id)
    if member is None or not is_seen_again(member, facts):
        guild = member.guild if member else get_guild(guild_id)
        member = see_member(guild=guild, facts=facts)
    if member.guild.is_banned:
        raise Refused(_("This server may not use Gamesched."))
    check_is_active(member.user)
    return member


def user_of(interaction: Interaction) -> User:
    """The person, wherever they are. Raises `Refused` for an account that is switched off."""
    user = see_user(interaction.user)
    check_is_active(user)
    return user


def check_is_active(user: User) -> None:
    if not user.is_active:
        raise Refused(_("Your account is switched off here. Ask whoever runs Gamesched."))


def member_for_game(interaction: Interaction, game_id: int) -> Member:
    """The member, whom the payload tells on a server. A DM names no server, but the game does.

    Raises `NotFound` for a game that is not theirs to know of, and `Refused` when Discord does
    not say whether they are still on its server.
    """
    if interaction.guild_id is not None:
        return member_of(interaction)
    return _still_there(get_membership(game_id, interaction.user.discord_id))


def author_of(interaction: Interaction, pending_id: int) -> Member:
    """Like `member_for_game`, for something this person began and is asked back about."""
    if interaction.guild_id is not None:
        return member_of(interaction)
    return _still_there(get_author(pending_id, interaction.user.discord_id))


def _still_there(member: Member) -> Member:
    """Ask Discord, since a DM says nothing of the server, unless it told within five minutes."""
    check_is_active(member.user)
    confirmed = confirm_member(member)
    if confirmed is None:
        raise game_not_found()
    return confirmed


def known_zone_of(member: Member) -> str:
    """The member's own time zone, else the server's; nothing where neither was ever said."""
    return member.user.timezone or member.guild.timezone


def zone_of(member: Member) -> str:
    """The time zone of the member's clock: their own, else the server's, else UTC."""
    return known_zone_of(member) or "UTC"
