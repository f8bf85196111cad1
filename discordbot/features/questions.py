"""Answers to the bot's questions: edits to put right or confirm, cancellations, refused names.

The question itself is a row (`games.services.pending`), so its buttons outlive a restart.
"""

from dataclasses import asdict
from datetime import UTC, datetime

from discordbot.features.edits import (
    FORM_FIELDS,
    clock_for,
    current_form,
    edit_typed,
    get_game_to_edit,
)
from discordbot.features.roster import add_name
from discordbot.interactions.callbacks import Message
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import author_of
from discordbot.interactions.routes import modal, on, show, update
from games.enums import Via
from games.services import pending
from games.services.cancellation import cancel_game
from games.services.pending import Pending, get_pending, save_pending
from games.typed.edit import TypedEdit
from guilds.models import Member
from notifications.messages import edits, replies
from notifications.messages.custom_ids import AskButton, AskReading
from notifications.messages.forms import game_form, name_form
from when import write_when


def open_form(interaction: Interaction, button: AskButton) -> Message:
    """The form again, with what was typed."""
    member, kept = _kept(interaction, button)
    custom_id = AskButton(kept.id, "form").custom_id
    if kept.about == pending.NAME:
        return name_form(str(kept.values["name"]), custom_id=custom_id)
    get_game_to_edit(member, kept.game_id)
    return game_form(_typed(kept), custom_id=custom_id, is_new=False)


def open_fresh_form(interaction: Interaction, button: AskButton) -> Message:
    """The form with the game as it is now. What was typed before is given up."""
    member, kept = _kept(interaction, button)
    _check_edit(kept)
    game = get_game_to_edit(member, kept.game_id)
    typed = current_form(member, game)
    save_pending(
        member=member,
        about=pending.EDIT,
        game_id=game.id,
        values={"typed": asdict(typed), "revision": game.revision},
        pending_id=kept.id,
    )
    return game_form(typed, custom_id=AskButton(kept.id, "form").custom_id, is_new=False)


def submit_form(interaction: Interaction, button: AskButton) -> Message:
    _member, kept = _kept(interaction, button)
    if kept.about == pending.NAME:
        return add_name(interaction, kept.game_id, slot_id=kept.values["slot_id"], kept=kept)
    typed = {name: interaction.text(name) for name in FORM_FIELDS if name in interaction.options}
    return _edit(interaction, kept, typed)


def choose_reading(interaction: Interaction, button: AskReading) -> Message:
    """The reading that was pressed is written out, so that it has no other.

    It is written on the clock of the form: the zone of a written time becomes the game's.
    """
    member, kept = _kept(interaction, button)
    zone = clock_for(member, get_game_to_edit(member, kept.game_id))
    moment = datetime.fromtimestamp(button.moment, UTC)
    return _edit(interaction, kept, {"when": write_when(moment, zone)})


def choose_scope(interaction: Interaction, button: AskButton) -> Message:
    """This session alone ("one"), or "all" from now on."""
    _member, kept = _kept(interaction, button)
    return _edit(interaction, kept, {}, scope=button.action)


def confirm(interaction: Interaction, button: AskButton) -> Message:
    member, kept = _kept(interaction, button)
    if kept.about != pending.CANCEL:
        return _edit(interaction, kept, {}, may_demote=True)
    game = cancel_game(
        game_id=kept.game_id,
        member=member,
        via=Via.BOT,
        reason=str(kept.values["reason"]),
        request_key=interaction.request_key,
    )
    return replies.closing(str(replies.cancelled(title=game.title)["content"]))


def go_back(interaction: Interaction, button: AskButton) -> Message:
    _kept(interaction, button)
    return edits.kept()


def _kept(interaction: Interaction, button: AskButton | AskReading) -> tuple[Member, Pending]:
    """The question and its author. Raises `NotFound` for everybody else."""
    member = author_of(interaction, button.pending_id)
    return member, get_pending(member, button.pending_id)


def _edit(
    interaction: Interaction,
    kept: Pending,
    fields: dict[str, str],
    *,
    may_demote: bool = False,
    scope: str | None = None,
) -> Message:
    """Try the edit that was kept, some fields typed anew."""
    typed = TypedEdit(**(asdict(_typed(kept)) | fields))
    return edit_typed(
        interaction,
        game_id=kept.game_id,
        revision=int(kept.values["revision"]),
        typed=typed,
        pending_id=kept.id,
        may_demote=may_demote,
        scope=str(kept.values.get("scope", "")) if scope is None else scope,
    )


def _typed(kept: Pending) -> TypedEdit:
    _check_edit(kept)
    return TypedEdit(**kept.values["typed"])


def _check_edit(kept: Pending) -> None:
    """A forged id may lead to a question of another kind, which is outdated like any other."""
    if kept.about != pending.EDIT:
        raise pending.outdated()


BUTTONS = (
    on(AskButton, "again", run=modal(open_form)),
    on(AskButton, "fresh", run=modal(open_fresh_form)),
    on(AskButton, "confirm", run=update(confirm, defer=True)),
    on(AskButton, "back", run=update(go_back)),
    on(AskButton, "one", "all", run=update(choose_scope, defer=True)),
    on(AskReading, run=update(choose_reading)),
)
FORMS = (on(AskButton, "form", run=show(submit_form)),)
