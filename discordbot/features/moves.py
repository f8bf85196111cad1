"""`/edit-game`: the form, or at once the channel that is named."""

from django.utils.translation import gettext_lazy as _

from discordbot.features.channels import check_channel
from discordbot.features.completions import EDITABLE_GAME, find_editable
from discordbot.features.edits import edit_game
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command, boolean, channel
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.responder import Responder
from discordbot.interactions.routes import modal, reply
from games.enums import Via
from games.selectors import get_snapshot
from games.services.change import find_done
from games.services.game_edit import edit_game as edit_one
from games.services.series.changes import change_all
from games.services.series.edits import is_repeating
from guilds.models import POSTABLE
from notifications.messages import edits


async def edit_or_move(interaction: Interaction, responder: Responder) -> None:
    """A form has no room for a channel, so one that is named is taken without a form."""
    run = modal(edit_game) if interaction.snowflake("channel") is None else reply(move_game)
    await run(interaction, responder)


def move_game(interaction: Interaction) -> Message:
    """Announce the game in another channel, its series too if that is wanted."""
    member, channel_id = member_of(interaction), interaction.snowflake("channel")
    assert channel_id is not None
    game = find_editable(member, interaction.text("game"))
    check_channel(interaction, member, channel_id)
    is_all = interaction.flag("later_too") and is_repeating(game)
    change = change_all if is_all else edit_one
    change(
        game_id=game.id,
        member=member,
        values={"channel_id": channel_id},
        via=Via.BOT,
        request_key=interaction.request_key,
    )
    done = find_done(interaction.request_key)
    return edits.edited(get_snapshot(game.id), done.before if done else {}, is_all=is_all)


EDIT_GAME = Command(
    name="edit-game",
    description=_("Edit a game of yours"),
    run=edit_or_move,
    options=(
        EDITABLE_GAME,
        channel("channel", _("Where it is announced from now on, without a form"), POSTABLE),
        boolean("later_too", _("The later games of its series too, with a new channel")),
    ),
)
