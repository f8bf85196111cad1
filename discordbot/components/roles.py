"""The role selects below `/config-guild`."""

from discordbot.features.config_view import guild_view
from discordbot.interactions.callbacks import Message
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.responder import Responder
from guilds.services.settings import configure_guild
from notifications.messages.custom_ids import HOSTS, MANAGERS, RolesSelect

_SETTINGS = {MANAGERS: "manager_role_ids", HOSTS: "host_role_ids"}


async def choose(interaction: Interaction, responder: Responder, select: RolesSelect) -> None:
    await responder.update(await in_database(_set, interaction, select))


def _set(interaction: Interaction, select: RolesSelect) -> Message:
    """Everyone as host is what no host role means; the service refuses them as managers."""
    member = member_of(interaction)
    role_ids = [_id(value) for value in interaction.values]
    if select.action == HOSTS and member.guild_id in role_ids:
        role_ids = []
    values = {_SETTINGS[select.action]: role_ids}
    return guild_view(configure_guild(member=member, values=values), is_saved=True)


def _id(value: str) -> int:
    """What is no id becomes one that no role has."""
    return int(value) if value.isascii() and value.isdigit() and int(value) < 2**63 else 0
