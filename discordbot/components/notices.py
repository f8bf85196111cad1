"""Buttons in messages to the host: Repost and Cancel game."""

from discordbot.answer import Answer
from discordbot.callbacks import Message
from discordbot.db import in_database
from discordbot.interaction import Interaction
from discordbot.person import member_of
from games.enums import Via
from games.selectors import get_membership
from games.services.game import cancel_game
from guilds.models import Member
from notifications.messages import replies
from notifications.messages.custom_ids import GameButton
from notifications.services.announcement import repost_announcement


async def press_repost(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    await answer.defer()
    await answer.reply(await in_database(_repost, interaction, button.game_id))


async def press_cancel(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    await answer.defer()
    await answer.reply(await in_database(_cancel, interaction, button.game_id))


def _repost(interaction: Interaction, game_id: int) -> Message:
    game = repost_announcement(
        game_id=game_id, member=_member(interaction, game_id), request_key=f"i:{interaction.id}"
    )
    return replies.reposted(channel_id=game.channel_id)


def _cancel(interaction: Interaction, game_id: int) -> Message:
    game = cancel_game(
        game_id=game_id,
        member=_member(interaction, game_id),
        via=Via.BOT,
        request_key=f"i:{interaction.id}",
    )
    return replies.cancelled(title=game.title)


def _member(interaction: Interaction, game_id: int) -> Member:
    """On a server the payload says who it is; a DM names no server, so the game does."""
    if interaction.guild_id is not None:
        return member_of(interaction)
    return get_membership(game_id, interaction.user.discord_id)
