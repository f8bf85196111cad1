"""Buttons below notices to the host: Repost, Run anyway, New time and Cancel game."""

from functools import partial

from discordbot.features.confirmations import confirm_post
from discordbot.features.edits import edit_form, get_game_to_edit
from discordbot.interactions.callbacks import Message
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_for_game
from discordbot.interactions.responder import Responder
from discordbot.interactions.routes import modal, on, reply
from games.enums import Via
from games.services.cancellation import cancel_game
from games.services.decision import confirm_game
from notifications.followers.announcement.repost import repost_announcement
from notifications.messages import replies
from notifications.messages.custom_ids import GameButton


async def repost(interaction: Interaction, responder: Responder, button: GameButton) -> None:
    await responder.defer()
    await responder.reply(await in_database(_repost, interaction, button))
    responder.afterwards = partial(confirm_post, button.game_id, responder.reply)


def _repost(interaction: Interaction, button: GameButton) -> Message:
    game = repost_announcement(
        game_id=button.game_id,
        member=member_for_game(interaction, button.game_id),
        request_key=interaction.request_key,
    )
    return replies.reposted(channel_id=game.channel_id)


def cancel(interaction: Interaction, button: GameButton) -> Message:
    game = cancel_game(
        game_id=button.game_id,
        member=member_for_game(interaction, button.game_id),
        via=Via.BOT,
        request_key=interaction.request_key,
    )
    return replies.cancelled(title=game.title)


def run_anyway(interaction: Interaction, button: GameButton) -> Message:
    game = confirm_game(
        game_id=button.game_id,
        member=member_for_game(interaction, button.game_id),
        via=Via.BOT,
        request_key=interaction.request_key,
    )
    return replies.confirmed(title=game.title)


def open_time_form(interaction: Interaction, button: GameButton) -> Message:
    """The form of `/edit-game`, in which the new time is typed."""
    member = member_for_game(interaction, button.game_id)
    return edit_form(member, get_game_to_edit(member, button.game_id))


BUTTONS = (
    on(GameButton, "repost", run=repost),
    on(GameButton, "cancel", run=reply(cancel, defer=True)),
    on(GameButton, "run", run=reply(run_anyway, defer=True)),
    on(GameButton, "move", run=modal(open_time_form)),
)
