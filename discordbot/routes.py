"""Everything the bot reacts to, on one page."""

from collections.abc import Awaitable, Callable
from typing import Any

from discordbot.cogs import edits
from discordbot.cogs import roster as roster_cog
from discordbot.components import drafts, pages, roles, roster
from discordbot.features import config, lists, notices, series, settings, signup
from discordbot.features import help as help_
from discordbot.features import new_games as games
from discordbot.features import questions as asking
from discordbot.interactions.commands import Command, Handler, Payload
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction, Kind
from discordbot.interactions.responder import Responder
from notifications.messages import custom_ids
from notifications.messages.custom_ids import (
    AskButton,
    DraftButton,
    EditForm,
    GameButton,
    ListButton,
    RolesSelect,
    RosterButton,
    SeriesButton,
)

type Press = Callable[[Interaction, Responder, Any], Awaitable[None]]

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        games.CREATE_GAME,
        edits.EDIT_GAME,
        edits.CANCEL_GAME,
        games.CLONE_GAME,
        lists.LIST_GAMES,
        lists.MY_GAMES,
        roster_cog.ROSTER,
        config.CONFIG_GUILD,
        config.CONFIG_CHANNEL,
        settings.SETTINGS,
        help_.HELP,
    )
}

_PRESSES: dict[tuple[type, str], Press] = {
    (GameButton, custom_ids.JOIN): signup.press,
    (GameButton, custom_ids.MAYBE): signup.press,
    (GameButton, custom_ids.DECLINE): signup.press,
    (GameButton, custom_ids.SLOT): signup.press,
    (GameButton, custom_ids.REPOST): notices.press_repost,
    (GameButton, custom_ids.CANCEL): notices.press_cancel,
    (GameButton, custom_ids.RUN): notices.press_run,
    (GameButton, custom_ids.MOVE): notices.press_move,
    (DraftButton, custom_ids.POST): drafts.press_post,
    (DraftButton, custom_ids.EDIT): drafts.press_edit,
    (DraftButton, custom_ids.DISCARD): drafts.press_discard,
    (DraftButton, custom_ids.AT): drafts.press_reading,
    (AskButton, custom_ids.AGAIN): asking.press_again,
    (AskButton, custom_ids.FRESH): asking.press_fresh,
    (AskButton, custom_ids.AT): asking.press_reading,
    (AskButton, custom_ids.CONFIRM): asking.press_confirm,
    (AskButton, custom_ids.BACK): asking.press_back,
    (AskButton, custom_ids.ONE): asking.press_scope,
    (AskButton, custom_ids.ALL): asking.press_scope,
    (SeriesButton, custom_ids.CONFIRM): series.press_confirm,
    (SeriesButton, custom_ids.SKIP): series.press_skip,
    (SeriesButton, custom_ids.STOP): series.press_stop,
    (RosterButton, custom_ids.PERSON): roster.choose_person,
    (RosterButton, custom_ids.UP): roster.press_action,
    (RosterButton, custom_ids.DOWN): roster.press_action,
    (RosterButton, custom_ids.PROMOTE): roster.press_action,
    (RosterButton, custom_ids.REMOVE): roster.press_action,
    (RosterButton, custom_ids.ADD): roster.choose_member,
    (RosterButton, custom_ids.PLACEHOLDER): roster.press_placeholder,
    (RosterButton, custom_ids.SEAT): roster.choose_slot,
    (RosterButton, f"{custom_ids.TURN}0"): roster.turn_page,
    (RosterButton, f"{custom_ids.TURN}1"): roster.turn_page,
    (RolesSelect, custom_ids.MANAGERS): roles.choose,
    (RolesSelect, custom_ids.HOSTS): roles.choose,
    (ListButton, ""): pages.press,
}
_FORMS: dict[tuple[type, str], Press] = {
    (DraftButton, custom_ids.EDIT): drafts.submit_form,
    (EditForm, ""): asking.submit_edit,
    (AskButton, custom_ids.FORM): asking.submit_again,
    (RosterButton, custom_ids.PLACEHOLDER): roster.submit_placeholder,
}


def find_handler(interaction: Interaction) -> Handler | None:
    """What answers this interaction; None for commands and buttons that are not ours (any more)."""
    if interaction.kind == Kind.COMMAND:
        command = COMMANDS.get(interaction.name)
        return command.run if command else None
    if interaction.kind == Kind.AUTOCOMPLETE:
        return complete
    meaning = custom_ids.parse(interaction.name)
    table = _FORMS if interaction.kind == Kind.MODAL else _PRESSES
    press = table.get((type(meaning), getattr(meaning, "action", "")))
    if press is None:
        return None

    async def handle(interaction: Interaction, responder: Responder) -> None:
        await press(interaction, responder, meaning)

    return handle


async def complete(interaction: Interaction, responder: Responder) -> None:
    """Completions of the option being typed; none for what is not ours."""
    command = COMMANDS.get(interaction.name)
    completion = command.completions.get(interaction.focused) if command else None
    choices: list[Payload] = []
    if completion is not None:
        typed = interaction.text(interaction.focused)
        choices = await in_database(completion, interaction, typed)
    await responder.choices(choices)
