"""`/edit-game` and `/cancel-game`; what is asked back is `components.asking`."""

from django.utils.translation import gettext_lazy as _

from discordbot.features.completions import complete_editable, find_editable
from discordbot.features.edits import current_form
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command, completed, text
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.responder import Responder
from games.selectors import get_snapshot
from games.services import pending
from games.services.game import check_may_edit
from games.services.participant import over_sentence
from games.services.pending import save_pending
from games.text import clean_line
from guilds.errors import Refused
from notifications.messages import edits
from notifications.messages.custom_ids import edit_form
from notifications.messages.forms import game_form

REASON_LENGTH = 300


async def edit_game(interaction: Interaction, responder: Responder) -> None:
    await responder.modal(await in_database(_form, interaction))


async def cancel_game(interaction: Interaction, responder: Responder) -> None:
    await responder.reply(await in_database(_ask, interaction))


def _form(interaction: Interaction) -> Message:
    member = member_of(interaction)
    game = find_editable(member, interaction.text("game"))
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    custom_id = edit_form(game.id, game.revision)
    return game_form(current_form(member, game), custom_id=custom_id, is_new=False)


def _ask(interaction: Interaction) -> Message:
    member = member_of(interaction)
    game = find_editable(member, interaction.text("game"))
    check_may_edit(game, member)
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    reason = clean_line(interaction.text("reason"))[:REASON_LENGTH]
    kept = save_pending(
        member=member, about=pending.CANCEL, game_id=game.id, values={"reason": reason}
    )
    return edits.confirm_cancel(get_snapshot(game.id), reason, pending_id=kept.id)


EDIT_GAME = Command(
    name="edit-game",
    description=_("Change a game of yours"),
    run=edit_game,
    options=(completed("game", _("Which one; type a part of its title"), required=True),),
    completions={"game": complete_editable},
)
CANCEL_GAME = Command(
    name="cancel-game",
    description=_("Call a game off; you are asked once more, then everyone is told"),
    run=cancel_game,
    options=(
        completed("game", _("Which one; type a part of its title"), required=True),
        text("reason", _("Why; everyone who signed up is told"), longest=REASON_LENGTH),
    ),
    completions={"game": complete_editable},
)
