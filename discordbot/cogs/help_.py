"""`/help`."""

from django.utils.translation import gettext_lazy as _

from discordbot.answer import Answer
from discordbot.commands import IN_DMS, IN_SERVERS, Command
from discordbot.interaction import Interaction
from notifications.messages.help_text import help_text


async def show_help(_interaction: Interaction, answer: Answer) -> None:
    await answer.reply(help_text())


HELP = Command(
    name="help",
    description=_("What I can do, and where the dashboard is"),
    run=show_help,
    contexts=(IN_SERVERS, IN_DMS),
)
