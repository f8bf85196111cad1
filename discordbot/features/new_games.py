"""`/create-game` and `/clone-game`, which end in a preview (`features.drafts`)."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discordbot.features.completions import (
    complete_cloneable,
    complete_repeat,
    complete_template,
    find_cloneable,
)
from discordbot.features.drafts import preview_game
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command, channel, completed, text, whole
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.routes import reply
from games.models import DESCRIPTION_LENGTH, LOCATION_LENGTH, TITLE_LENGTH
from games.typed.game import TypedGame, typed_again
from guilds.models import MAX_PLAYERS_LIMIT, POSTABLE


def create_game(interaction: Interaction) -> Message:
    return preview_game(interaction, _typed(interaction), now=timezone.now())


def _typed(interaction: Interaction) -> TypedGame:
    most, fewest = interaction.number("max_players"), interaction.number("min_players")
    return TypedGame(
        channel_id=interaction.snowflake("channel") or 0,
        place_id=interaction.place_id,
        template=interaction.text("template"),
        title=interaction.text("title"),
        when=interaction.text("when"),
        duration=interaction.text("duration"),
        max_players="" if most is None else str(most),
        min_players="" if fewest is None else str(fewest),
        description=interaction.text("description"),
        location=interaction.text("location"),
        remind=interaction.text("remind"),
        repeat=interaction.text("repeat"),
    )


CREATE_GAME = Command(
    name="create-game",
    description=_("Announce a game; you see it before anybody else does"),
    run=reply(create_game),
    options=(
        text("title", _("Title of the game"), longest=TITLE_LENGTH, required=True),
        text("when", _("“friday 8pm”, “in 2 hours”, “25.12. 19:00”"), longest=80, required=True),
        text("duration", _("“90”, “2h”, “1h 30m”"), longest=80),
        whole("max_players", _("Seats; more people wait"), least=1, most=MAX_PLAYERS_LIMIT),
        whole("min_players", _("Minimum players"), least=1, most=MAX_PLAYERS_LIMIT),
        text("description", _("What players should know"), longest=DESCRIPTION_LENGTH),
        text("location", _("Where you meet"), longest=LOCATION_LENGTH),
        channel("channel", _("Where to announce it; otherwise the template's, or here"), POSTABLE),
        completed("template", _("A template of this server"), complete_template),
        text("remind", _("“1d, 2h, 15m” before, or “off”"), longest=80),
        completed(
            "repeat",
            _("“weekly”, “every 2 weeks on tue, thu until 2027-03-01”"),
            complete_repeat,
        ),
    ),
)


def clone_game(interaction: Interaction) -> Message:
    host = member_of(interaction)
    game = find_cloneable(host, interaction.text("game"))
    typed = typed_again(
        game, when=interaction.text("when"), channel_id=interaction.snowflake("channel")
    )
    return preview_game(interaction, typed, now=timezone.now())


CLONE_GAME = Command(
    name="clone-game",
    description=_("Copy a game to another time"),
    run=reply(clone_game),
    options=(
        completed(
            "game", _("Which one; type a part of its title"), complete_cloneable, required=True
        ),
        text("when", _("“friday 8pm”, “in 2 hours”, “25.12. 19:00”"), longest=80, required=True),
        channel("channel", _("Where to announce it; otherwise where it was"), POSTABLE),
    ),
)
