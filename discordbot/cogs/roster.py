"""`/roster`; what its panel does is `components.roster`."""

from django.utils.translation import gettext_lazy as _

from discordbot.features.completions import complete_editable, find_editable
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command, completed
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.responder import Responder
from games.selectors import get_snapshot
from games.services.participant import over_sentence
from guilds.errors import Refused
from notifications.messages.roster import panel


async def show_roster(interaction: Interaction, responder: Responder) -> None:
    await responder.reply(await in_database(_panel, interaction))


def _panel(interaction: Interaction) -> Message:
    game = find_editable(member_of(interaction), interaction.text("game"))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    return panel(get_snapshot(game.id))


ROSTER = Command(
    name="roster",
    description=_("Who plays and who waits in a game of yours: add, move, remove"),
    run=show_roster,
    options=(completed("game", _("Which one; type a part of its title"), required=True),),
    completions={"game": complete_editable},
)
