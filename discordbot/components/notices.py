"""Buttons in messages to the host: Repost, Run anyway, New time and Cancel game."""

from discordbot.answer import Answer
from discordbot.callbacks import Message
from discordbot.db import in_database
from discordbot.editing import current_form, get_game_to_edit
from discordbot.interaction import Interaction
from discordbot.person import member_for_game
from games.enums import Via
from games.services.decision import confirm_game
from games.services.game import cancel_game
from games.services.participant import over_sentence
from guilds.errors import Refused
from notifications.followers.announcement.repost import repost_announcement
from notifications.messages import replies
from notifications.messages.custom_ids import GameButton, edit_form
from notifications.messages.forms import game_form


async def press_repost(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    await answer.defer()
    await answer.reply(await in_database(_repost, interaction, button.game_id))


async def press_cancel(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    await answer.defer()
    await answer.reply(await in_database(_cancel, interaction, button.game_id))


async def press_run(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    await answer.defer()
    await answer.reply(await in_database(_run, interaction, button.game_id))


async def press_move(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    await answer.modal(await in_database(_time_form, interaction, button.game_id))


def _repost(interaction: Interaction, game_id: int) -> Message:
    game = repost_announcement(
        game_id=game_id,
        member=member_for_game(interaction, game_id),
        request_key=f"i:{interaction.id}",
    )
    return replies.reposted(channel_id=game.channel_id)


def _cancel(interaction: Interaction, game_id: int) -> Message:
    game = cancel_game(
        game_id=game_id,
        member=member_for_game(interaction, game_id),
        via=Via.BOT,
        request_key=f"i:{interaction.id}",
    )
    return replies.cancelled(title=game.title)


def _run(interaction: Interaction, game_id: int) -> Message:
    game = confirm_game(
        game_id=game_id,
        member=member_for_game(interaction, game_id),
        via=Via.BOT,
        request_key=f"i:{interaction.id}",
    )
    return replies.confirmed(title=game.title)


def _time_form(interaction: Interaction, game_id: int) -> Message:
    """The form of `/edit-game`, in which the new time is typed."""
    member = member_for_game(interaction, game_id)
    game = get_game_to_edit(member, game_id)
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    form_id = edit_form(game.id, game.revision)
    return game_form(current_form(member, game), custom_id=form_id, is_new=False)
