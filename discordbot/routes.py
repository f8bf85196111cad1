"""Everything the bot reacts to, on one page."""

from collections.abc import Awaitable, Callable
from typing import Any

from discordbot.answer import Answer
from discordbot.cogs import games, help_, lists
from discordbot.commands import Command, Handler
from discordbot.components import drafts, notices, pages, signup
from discordbot.interaction import Interaction, Kind
from notifications.messages import custom_ids
from notifications.messages.custom_ids import DraftButton, GameButton, ListButton

type Press = Callable[[Interaction, Answer, Any], Awaitable[None]]

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (games.CREATE_GAME, lists.LIST_GAMES, lists.MY_GAMES, help_.HELP)
}

_PRESSES: dict[tuple[type, str], Press] = {
    (GameButton, custom_ids.JOIN): signup.press,
    (GameButton, custom_ids.MAYBE): signup.press,
    (GameButton, custom_ids.DECLINE): signup.press,
    (GameButton, custom_ids.SLOT): signup.press,
    (GameButton, custom_ids.REPOST): notices.press_repost,
    (GameButton, custom_ids.CANCEL): notices.press_cancel,
    (DraftButton, custom_ids.POST): drafts.press_post,
    (DraftButton, custom_ids.EDIT): drafts.press_edit,
    (DraftButton, custom_ids.DISCARD): drafts.press_discard,
    (ListButton, ""): pages.press,
}
_FORMS: dict[tuple[type, str], Press] = {
    (DraftButton, custom_ids.EDIT): drafts.submit_form,
}


def find_handler(interaction: Interaction) -> Handler | None:
    """What answers this interaction; None for commands and buttons that are not ours (any more)."""
    if interaction.kind in {Kind.COMMAND, Kind.AUTOCOMPLETE}:
        command = COMMANDS.get(interaction.name)
        return command.run if command and interaction.kind == Kind.COMMAND else None
    meaning = custom_ids.parse(interaction.name)
    table = _FORMS if interaction.kind == Kind.MODAL else _PRESSES
    press = table.get((type(meaning), getattr(meaning, "action", "")))
    if press is None:
        return None

    async def handle(interaction: Interaction, answer: Answer) -> None:
        await press(interaction, answer, meaning)

    return handle
