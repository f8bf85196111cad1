"""Join, Maybe, Can't go, and the slot select below an announcement."""

from dataclasses import dataclass

from django.utils import timezone

from discordbot.interactions.callbacks import Message, NotDelivered
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of
from discordbot.interactions.responder import Responder
from discordbot.interactions.routes import on
from games.enums import Via
from games.selectors import get_snapshot
from games.services.roster.signup import Signup, answer_maybe, decline_game, join_game
from notifications.followers.announcement.claims import Claim
from notifications.followers.announcement.state import (
    claim_for_click,
    mark_rendered,
    release_uncertain,
)
from notifications.messages import announcement, replies
from notifications.messages.custom_ids import GameButton


@dataclass(frozen=True)
class Rendered:
    """The announcement as it is now, and the right to show it."""

    claim: Claim
    revision: int
    message: Message


async def press(interaction: Interaction, responder: Responder, button: GameButton) -> None:
    """Sign up, show the new announcement where nobody else does, and tell the person.

    In a crowd it is left to the worker, who shows in one edit what many have changed.
    """
    in_crowd = not responder.has_time
    signup, rendered = await in_database(_sign_up, interaction, button, in_crowd=in_crowd)
    if rendered is not None:
        await _show(rendered, responder)
    await responder.reply(replies.signup(signup))


async def _show(rendered: Rendered, responder: Responder) -> None:
    """Put the announcement in place of the old one; a failure leaves it to the worker."""
    try:
        await responder.update(rendered.message)
    except NotDelivered as error:
        await in_database(release_uncertain, rendered.claim, retry_in_seconds=1, error=str(error))
        raise
    await in_database(mark_rendered, rendered.claim, rendered.revision)


def _sign_up(
    interaction: Interaction, button: GameButton, *, in_crowd: bool
) -> tuple[Signup, Rendered | None]:
    signup = _answer(interaction, button, in_crowd=in_crowd)
    if not signup.may_show:
        return signup, None
    claim = claim_for_click(button.game_id, message_id=interaction.message_id)
    if claim is None:
        return signup, None
    snapshot = get_snapshot(button.game_id)
    message = announcement.render(snapshot, now=timezone.now())
    return signup, Rendered(claim, snapshot.revision, message)


def _answer(interaction: Interaction, button: GameButton, *, in_crowd: bool) -> Signup:
    member = member_of(interaction)
    game_id, key, via = button.game_id, interaction.request_key, Via.BOT
    if button.action in {"maybe", "decline"}:
        answer = answer_maybe if button.action == "maybe" else decline_game
        return answer(game_id=game_id, member=member, via=via, request_key=key, in_crowd=in_crowd)
    return join_game(
        game_id=game_id,
        member=member,
        via=via,
        slot_id=interaction.chosen_ids[0] if interaction.chosen_ids else None,
        request_key=key,
        in_crowd=in_crowd,
    )


BUTTONS = (on(GameButton, "join", "maybe", "decline", "slot", run=press),)
