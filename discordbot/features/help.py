"""`/help`."""

from django.utils.translation import gettext_lazy as _

from discordbot.interactions.commands import IN_DMS, IN_SERVERS, Command
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.responder import Responder
from notifications.messages.help_text import help_text


async def show_help(_interaction: Interaction, responder: Responder) -> None:
    """It asks nothing of the database, and so works while that is away."""
    await responder.reply(help_text())


HELP = Command(
    name="help",
    description=_("What I can do, and where the dashboard is"),
    run=show_help,
    contexts=(IN_SERVERS, IN_DMS),
)
