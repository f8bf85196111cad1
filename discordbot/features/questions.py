"""What was asked back, answered: edits to be put right or confirmed, cancellations, names."""

from dataclasses import asdict
from datetime import UTC, datetime

from discordbot.features.drafts import zone_of
from discordbot.features.edits import current_form, edit_typed, get_game_to_edit, typed_in
from discordbot.features.roster import add_name
from discordbot.interactions.callbacks import Message
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import author_of
from discordbot.interactions.responder import Responder
from games.enums import Via
from games.services import pending
from games.services.game import cancel_game
from games.services.pending import Pending, get_pending, save_pending
from games.typed import write_when
from games.typed_edit import TypedEdit
from notifications.messages import edits, replies
from notifications.messages.custom_ids import FORM, AskButton, EditForm, ask_button
from notifications.messages.forms import game_form, name_form

FIELDS = ("title", "when", "duration", "max_players", "description")


async def submit_edit(interaction: Interaction, responder: Responder, form: EditForm) -> None:
    """The form that `/edit-game` opened, or **New time**, whose message keeps its buttons."""
    await responder.reply(await in_database(_edit_first, interaction, form))


async def press_again(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await responder.modal(await in_database(_form, interaction, button.pending_id))


async def press_fresh(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await responder.modal(await in_database(_fresh_form, interaction, button.pending_id))


async def submit_again(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await responder.show(await in_database(_submit, interaction, button.pending_id))


async def press_reading(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await responder.update(await in_database(_choose, interaction, button))


async def press_confirm(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await responder.defer()
    await responder.update(await in_database(_confirm, interaction, button.pending_id))


async def press_scope(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await responder.defer()
    await responder.update(await in_database(_in_scope, interaction, button))


async def press_back(interaction: Interaction, responder: Responder, button: AskButton) -> None:
    await in_database(_check_own, interaction, button.pending_id)
    await responder.update(edits.kept())


def _edit_first(interaction: Interaction, form: EditForm) -> Message:
    typed = TypedEdit(**{name: interaction.text(name) for name in FIELDS})
    return edit_typed(interaction, game_id=form.game_id, revision=form.revision, typed=typed)


def _edit(interaction: Interaction, kept: Pending, typed: TypedEdit) -> Message:
    return edit_typed(
        interaction,
        game_id=kept.game_id,
        revision=int(kept.values["revision"]),
        typed=typed,
        pending_id=kept.id,
        scope=str(kept.values.get("scope", "")),
    )


def _in_scope(interaction: Interaction, button: AskButton) -> Message:
    """This session alone, or all from now on."""
    member = author_of(interaction, button.pending_id)
    kept = _of(get_pending(member, button.pending_id), pending.EDIT)
    return edit_typed(
        interaction,
        game_id=kept.game_id,
        revision=int(kept.values["revision"]),
        typed=typed_in(kept),
        pending_id=kept.id,
        scope=button.action,
    )


def _form(interaction: Interaction, pending_id: int) -> Message:
    member = author_of(interaction, pending_id)
    kept = get_pending(member, pending_id)
    custom_id = ask_button(pending_id, FORM)
    if kept.about == pending.NAME:
        return name_form(str(kept.values["name"]), custom_id=custom_id)
    get_game_to_edit(member, kept.game_id)
    return game_form(typed_in(_of(kept, pending.EDIT)), custom_id=custom_id, is_new=False)


def _fresh_form(interaction: Interaction, pending_id: int) -> Message:
    """The game as it is now; what was typed is given up once the form is opened."""
    member = author_of(interaction, pending_id)
    kept = _of(get_pending(member, pending_id), pending.EDIT)
    game = get_game_to_edit(member, kept.game_id)
    typed = current_form(member, game)
    save_pending(
        member=member,
        about=pending.EDIT,
        game_id=game.id,
        values={"typed": asdict(typed), "revision": game.revision},
        pending_id=pending_id,
    )
    return game_form(typed, custom_id=ask_button(pending_id, FORM), is_new=False)


def _submit(interaction: Interaction, pending_id: int) -> Message:
    kept = get_pending(author_of(interaction, pending_id), pending_id)
    if kept.about == pending.NAME:
        return add_name(interaction, kept.game_id, slot_id=kept.values["slot_id"], kept=kept)
    before = asdict(typed_in(_of(kept, pending.EDIT)))
    typed = {n: interaction.text(n) for n in FIELDS if n in interaction.options}
    return _edit(interaction, kept, TypedEdit(**(before | typed)))


def _choose(interaction: Interaction, button: AskButton) -> Message:
    """The time is the reading that was pressed, written so that it has no other."""
    member = author_of(interaction, button.pending_id)
    kept = _of(get_pending(member, button.pending_id), pending.EDIT)
    when = write_when(datetime.fromtimestamp(button.moment, UTC), zone_of(member))
    return _edit(interaction, kept, TypedEdit(**(asdict(typed_in(kept)) | {"when": when})))


def _confirm(interaction: Interaction, pending_id: int) -> Message:
    member = author_of(interaction, pending_id)
    kept = get_pending(member, pending_id)
    if kept.about == pending.CANCEL:
        game = cancel_game(
            game_id=kept.game_id,
            member=member,
            via=Via.BOT,
            reason=str(kept.values["reason"]),
            request_key=f"i:{interaction.id}",
        )
        return replies.closing(str(replies.cancelled(title=game.title)["content"]))
    return edit_typed(
        interaction,
        game_id=kept.game_id,
        revision=int(_of(kept, pending.EDIT).values["revision"]),
        typed=typed_in(kept),
        pending_id=kept.id,
        may_demote=True,
        scope=str(kept.values.get("scope", "")),
    )


def _check_own(interaction: Interaction, pending_id: int) -> None:
    get_pending(author_of(interaction, pending_id), pending_id)


def _of(kept: Pending, about: str) -> Pending:
    """A forged id may lead to something of another kind: then it is outdated like any other."""
    if kept.about != about:
        raise pending.outdated()
    return kept
