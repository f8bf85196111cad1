"""The parts of the roster panel."""

from discordbot.features import roster as rostering
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.responder import Responder
from notifications.messages.custom_ids import PLACEHOLDER, RosterButton, roster_button
from notifications.messages.forms import name_form


async def press_action(
    interaction: Interaction, responder: Responder, button: RosterButton
) -> None:
    await responder.update(await in_database(rostering.act, interaction, button))


async def choose_person(
    interaction: Interaction, responder: Responder, button: RosterButton
) -> None:
    await responder.update(await in_database(rostering.choose_person, interaction, button))


async def choose_slot(interaction: Interaction, responder: Responder, button: RosterButton) -> None:
    await responder.update(await in_database(rostering.choose_slot, interaction, button))


async def choose_member(
    interaction: Interaction, responder: Responder, button: RosterButton
) -> None:
    await responder.update(await in_database(rostering.add_member, interaction, button))


async def turn_page(interaction: Interaction, responder: Responder, button: RosterButton) -> None:
    await responder.update(await in_database(rostering.show_panel, interaction, button))


async def press_placeholder(
    interaction: Interaction, responder: Responder, button: RosterButton
) -> None:
    await in_database(rostering.check_may_edit, interaction, button.game_id)
    custom_id = roster_button(button.game_id, PLACEHOLDER, slot_id=button.slot_id)
    await responder.modal(name_form("", custom_id=custom_id))


async def submit_placeholder(
    interaction: Interaction, responder: Responder, button: RosterButton
) -> None:
    await responder.update(
        await in_database(rostering.add_name, interaction, button.game_id, slot_id=button.slot_id)
    )
