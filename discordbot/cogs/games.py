"""`/create-game`: typed, read, previewed; the preview's buttons are `components.drafts`."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discordbot.answer import Answer
from discordbot.commands import Command, channel, text, whole
from discordbot.db import in_database
from discordbot.interaction import Interaction
from discordbot.previewing import preview_game
from games.models import DESCRIPTION_LENGTH, LOCATION_LENGTH, TITLE_LENGTH
from games.typed import TypedGame
from guilds.models import MAX_PLAYERS_LIMIT
from guilds.selectors import POSTABLE


async def create_game(interaction: Interaction, answer: Answer) -> None:
    typed = _typed(interaction)
    await answer.reply(await in_database(preview_game, interaction, typed, now=timezone.now()))


def _typed(interaction: Interaction) -> TypedGame:
    most, fewest = interaction.number("max_players"), interaction.number("min_players")
    return TypedGame(
        channel_id=interaction.snowflake("channel") or interaction.place_id,
        title=interaction.text("title"),
        when=interaction.text("when"),
        duration=interaction.text("duration"),
        max_players="" if most is None else str(most),
        min_players="" if fewest is None else str(fewest),
        description=interaction.text("description"),
        location=interaction.text("location"),
        remind=interaction.text("remind"),
    )


CREATE_GAME = Command(
    name="create-game",
    description=_("Announce a game; you see it before anybody else does"),
    run=create_game,
    options=(
        text("title", _("What is played"), longest=TITLE_LENGTH, required=True),
        text("when", _("“friday 8pm”, “in 2 hours”, “25.12. 19:00”"), longest=80, required=True),
        text("duration", _("“90”, “2h”, “1h 30m”"), longest=80),
        whole("max_players", _("Seats; more people wait"), least=1, most=MAX_PLAYERS_LIMIT),
        whole("min_players", _("Fewest players it needs"), least=1, most=MAX_PLAYERS_LIMIT),
        text("description", _("What players should know"), longest=DESCRIPTION_LENGTH),
        text("location", _("Where you meet"), longest=LOCATION_LENGTH),
        channel("channel", _("Where to announce it; otherwise here"), POSTABLE),
        text("remind", _("“1d, 2h, 15m” before, or “off”"), longest=80),
    ),
)
