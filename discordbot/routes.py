"""Everything the bot reacts to.

Each feature declares its own beside its functions; every command, button and form is
listed on one page in `tests/discordbot/interactions/test_routes.py`.
"""

from discordbot.features import (
    config,
    drafts,
    edits,
    help,  # noqa: A004 -- the command's name
    lists,
    moves,
    new_games,
    notices,
    questions,
    roster,
    series,
    settings,
    signup,
)
from discordbot.interactions.routes import Routes

COMMANDS = {
    command.name: command
    for command in (
        new_games.CREATE_GAME,
        moves.EDIT_GAME,
        edits.CANCEL_GAME,
        new_games.CLONE_GAME,
        lists.LIST_GAMES,
        lists.MY_GAMES,
        roster.ROSTER,
        config.CONFIG_GUILD,
        config.CONFIG_CHANNEL,
        settings.SETTINGS,
        help.HELP,
    )
}
ROUTES = Routes(
    commands=COMMANDS,
    buttons=(
        *signup.BUTTONS,
        *notices.BUTTONS,
        *drafts.BUTTONS,
        *questions.BUTTONS,
        *series.BUTTONS,
        *roster.BUTTONS,
        *config.BUTTONS,
        *lists.BUTTONS,
    ),
    forms=(*drafts.FORMS, *edits.FORMS, *questions.FORMS, *roster.FORMS),
)
