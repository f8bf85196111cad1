"""The parts of the roster panel."""

from discordbot import rostering
from discordbot.answer import Answer
from discordbot.db import in_database
from discordbot.interaction import Interaction
from notifications.messages.custom_ids import PLACEHOLDER, RosterButton, roster_button
from notifications.messages.forms import name_form


async def press_action(interaction: Interaction, answer: Answer, button: RosterButton) -> None:
    await answer.update(await in_database(rostering.act, interaction, button))


async def choose_person(interaction: Interaction, answer: Answer, button: RosterButton) -> None:
    await answer.update(await in_database(rostering.choose_person, interaction, button))


async def choose_slot(interaction: Interaction, answer: Answer, button: RosterButton) -> None:
    await answer.update(await in_database(rostering.choose_slot, interaction, button))


async def choose_member(interaction: Interaction, answer: Answer, button: RosterButton) -> None:
    await answer.update(await in_database(rostering.add_member, interaction, button))


async def turn_page(interaction: Interaction, answer: Answer, button: RosterButton) -> None:
    await answer.update(await in_database(rostering.show_panel, interaction, button))


async def press_placeholder(interaction: Interaction, answer: Answer, button: RosterButton) -> None:
    await in_database(rostering.check_may_edit, interaction, button.game_id)
    custom_id = roster_button(button.game_id, PLACEHOLDER, slot_id=button.slot_id)
    await answer.modal(name_form("", custom_id=custom_id))


async def submit_placeholder(
    interaction: Interaction, answer: Answer, button: RosterButton
) -> None:
    await answer.update(
        await in_database(rostering.add_name, interaction, button.game_id, slot_id=button.slot_id)
    )
