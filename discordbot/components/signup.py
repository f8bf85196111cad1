"""Join, Maybe, Can't go, and the slot select below an announcement."""

from dataclasses import dataclass

from django.utils import timezone

from discordbot.answer import Answer
from discordbot.callbacks import Message, NotDelivered
from discordbot.db import in_database
from discordbot.interaction import Interaction
from discordbot.person import member_of
from games.enums import Via
from games.selectors import get_snapshot
from games.services.participant import Signup, answer_maybe, decline_game, join_game
from notifications.followers.announcement.claims import Claim
from notifications.followers.announcement.state import (
    claim_for_click,
    mark_rendered,
    release_uncertain,
)
from notifications.messages import announcement, custom_ids, replies
from notifications.messages.custom_ids import GameButton


@dataclass(frozen=True)
class Rendered:
    """The announcement as it now is, and the right to show it."""

    claim: Claim
    revision: int
    message: Message


async def press(interaction: Interaction, answer: Answer, button: GameButton) -> None:
    signup, rendered = await in_database(_sign_up, interaction, button)
    if rendered is not None:
        await _show(rendered, answer)
    await answer.reply(replies.signup(signup))


async def _show(rendered: Rendered, answer: Answer) -> None:
    """Let the click's own answer carry the new announcement; a failure leaves it to the worker."""
    try:
        await answer.update(rendered.message)
    except NotDelivered as error:
        await in_database(release_uncertain, rendered.claim, retry_in_seconds=1, error=str(error))
        raise
    await in_database(mark_rendered, rendered.claim, rendered.revision)


def _sign_up(interaction: Interaction, button: GameButton) -> tuple[Signup, Rendered | None]:
    signup = _answer(interaction, button)
    if not signup.is_changed:
        return signup, None
    claim = claim_for_click(button.game_id, message_id=interaction.message_id)
    if claim is None:
        return signup, None
    snapshot = get_snapshot(button.game_id)
    message = announcement.render(snapshot, now=timezone.now())
    return signup, Rendered(claim, snapshot.revision, message)


def _answer(interaction: Interaction, button: GameButton) -> Signup:
    member = member_of(interaction)
    game_id, key = button.game_id, f"i:{interaction.id}"
    if button.action == custom_ids.MAYBE:
        return answer_maybe(game_id=game_id, member=member, via=Via.BOT, request_key=key)
    if button.action == custom_ids.DECLINE:
        return decline_game(game_id=game_id, member=member, via=Via.BOT, request_key=key)
    return join_game(
        game_id=game_id,
        member=member,
        via=Via.BOT,
        slot_id=_chosen_slot(interaction),
        request_key=key,
    )


def _chosen_slot(interaction: Interaction) -> int | None:
    """The select's value; what is no slot's id becomes one that no game has."""
    if not interaction.values:
        return None
    value = interaction.values[0]
    is_id = value.isascii() and value.isdigit() and len(value) <= 18
    return int(value) if is_id else 0
