"""The buttons below a preview, and the form that Edit opens. They outlive restarts."""

from datetime import UTC, datetime

from django.utils import timezone

from discordbot.answer import Answer
from discordbot.callbacks import Message
from discordbot.db import in_database
from discordbot.interaction import Interaction
from discordbot.person import member_of
from discordbot.previewing import check_channel, preview_game, zone_of
from games.fields import FIELDS
from games.services.draft import (
    discard_draft,
    game_in,
    get_draft,
    get_draft_to_edit,
    post_draft,
    typed_in,
    with_typed,
)
from games.typed import write_when
from games.typed_game import TypedGame
from notifications.messages import previews, replies
from notifications.messages.custom_ids import DraftButton

EDITABLE = tuple(field.name for field in FIELDS if field.in_modal)


async def press_post(interaction: Interaction, answer: Answer, button: DraftButton) -> None:
    # Whoever no longer sees an answer would press again: only post what can be answered.
    await answer.defer()
    await answer.update(await in_database(_post, interaction, button.draft_id))


async def press_edit(interaction: Interaction, answer: Answer, button: DraftButton) -> None:
    typed = await in_database(_typed, interaction, button.draft_id)
    await answer.modal(previews.form(typed, draft_id=button.draft_id))


async def press_reading(interaction: Interaction, answer: Answer, button: DraftButton) -> None:
    await answer.update(await in_database(_choose, interaction, button))


async def press_discard(interaction: Interaction, answer: Answer, button: DraftButton) -> None:
    await in_database(_discard, interaction, button.draft_id)
    await answer.update(replies.discarded())


async def submit_form(interaction: Interaction, answer: Answer, button: DraftButton) -> None:
    fields = {name: interaction.text(name) for name in EDITABLE if name in interaction.options}
    await answer.update(await in_database(_edit, interaction, button.draft_id, fields))


def _post(interaction: Interaction, draft_id: int) -> Message:
    author = member_of(interaction)
    check_channel(interaction, author, game_in(get_draft(author, draft_id)).channel_id)
    game = post_draft(author=author, draft_id=draft_id)
    return replies.posted(guild_id=game.guild_id, game_id=game.id, channel_id=game.channel_id)


def _typed(interaction: Interaction, draft_id: int) -> TypedGame:
    return typed_in(get_draft_to_edit(member_of(interaction), draft_id))


def _discard(interaction: Interaction, draft_id: int) -> None:
    discard_draft(author=member_of(interaction), draft_id=draft_id)


def _choose(interaction: Interaction, button: DraftButton) -> Message:
    """The time is the reading that was pressed, written so that it has no other."""
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    moment = datetime.fromtimestamp(button.moment, UTC)
    typed = with_typed(draft, {"when": write_when(moment, zone_of(member))})
    return preview_game(interaction, typed, now=timezone.now(), draft_id=button.draft_id)


def _edit(interaction: Interaction, draft_id: int, fields: dict[str, str]) -> Message:
    draft = get_draft_to_edit(member_of(interaction), draft_id)
    typed = with_typed(draft, fields)
    return preview_game(interaction, typed, now=timezone.now(), draft_id=draft_id)
