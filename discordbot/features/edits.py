"""`/edit-game`, `/cancel-game`, and what becomes of an edit: made, refused or asked back.

The answers to what is asked back are `features.questions`.
"""

from dataclasses import asdict
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discordbot.features.completions import EDITABLE_GAME, find_editable
from discordbot.interactions.callbacks import Message
from discordbot.interactions.commands import Command, text
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import known_zone_of, member_for_game, member_of
from discordbot.interactions.routes import on, reply
from games.enums import Via
from games.fields import FIELDS
from games.models import Game
from games.selectors import get_game, get_snapshot
from games.services import pending
from games.services.change import find_done
from games.services.game_edit import ChangedMeanwhile
from games.services.game_edit import edit_game as edit_one
from games.services.guards import check_may_edit, over_sentence
from games.services.pending import Pending, save_pending
from games.services.series.changes import change_all
from games.services.series.edits import is_repeating
from games.text import clean_line
from games.typed.edit import TypedEdit, form_of, merged, read_edit, values_at
from games.typed.values import moved_start
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from notifications.messages import edits
from notifications.messages.custom_ids import EditForm
from notifications.messages.forms import game_form

FORM_FIELDS = tuple(field.name for field in FIELDS if field.in_modal)
REASON_LENGTH = 300


def edit_game(interaction: Interaction) -> Message:
    member = member_of(interaction)
    return edit_form(member, find_editable(member, interaction.text("game")))


def edit_form(member: Member, game: Game) -> Message:
    """The form with the game as it is now. Raises `Refused` once it is over."""
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    custom_id = EditForm(game.id, game.revision).custom_id
    return game_form(current_form(member, game), custom_id=custom_id, is_new=False)


def current_form(member: Member, game: Game) -> TypedEdit:
    return form_of(values_at(game, game.revision), clock_for(member, game))


def clock_for(member: Member, game: Game) -> str:
    """The time zone in which the member types times of the game: the game's, if none is theirs."""
    return known_zone_of(member) or game.timezone


def cancel_game(interaction: Interaction) -> Message:
    """Keep the reason and ask once more."""
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


def get_game_to_edit(member: Member, game_id: int) -> Game:
    """Raises `NotFound` and `NotAllowed`."""
    game = get_game(member.guild_id, game_id)
    check_may_edit(game, member)
    return game


def submit_form(interaction: Interaction, form: EditForm) -> Message:
    typed = TypedEdit(**{name: interaction.text(name) for name in FORM_FIELDS})
    return edit_typed(interaction, game_id=form.game_id, revision=form.revision, typed=typed)


def edit_typed(
    interaction: Interaction,
    *,
    game_id: int,
    revision: int,
    typed: TypedEdit,
    pending_id: int | None = None,
    may_demote: bool = False,
    scope: str = "",
) -> Message:
    """Change the game as typed over its state at `revision`, and say what changed.

    The host of a series is asked first whether one session is meant or all from now on, which is
    the `scope`. What is refused is kept, with the way back to it. Raises `NotFound` and
    `NotAllowed`.
    """
    member = member_for_game(interaction, game_id)
    game = get_game_to_edit(member, game_id)
    zone, key = clock_for(member, game), interaction.request_key
    then = values_at(game, revision)
    shown = form_of(then, zone)
    start = moved_start(game, then["starts_at"])
    try:
        values = read_edit(typed, shown, zone=zone, now=timezone.now(), start=start)
        if values and not scope and is_repeating(game):
            kept = _keep(member, game, typed, revision, pending_id)
            return edits.ask_scope(get_snapshot(game_id), pending_id=kept.id)
        change = change_all if scope == "all" else edit_one
        change(
            game_id=game_id,
            member=member,
            values=values,
            via=Via.BOT,
            seen_revision=revision,
            may_demote=may_demote,
            request_key=key,
        )
    except (NotAllowed, NotFound):
        raise
    except ChangedMeanwhile as refused:
        return _ask_after_change(member, game, typed, revision, pending_id, refused)
    except Refused as refused:
        kept = _keep(member, game, typed, revision, pending_id, scope)
        return edits.to_be_put_right(refused, get_snapshot(game_id), pending_id=kept.id)
    done = find_done(key)
    return edits.edited(get_snapshot(game_id), done.before if done else {}, is_all=scope == "all")


def _ask_after_change(
    member: Member,
    game: Game,
    typed: TypedEdit,
    revision: int,
    pending_id: int | None,
    refused: ChangedMeanwhile,
) -> Message:
    """Keep the newest state under what this person changed, for the form to show."""
    zone = clock_for(member, game)
    game.refresh_from_db()
    then, now = values_at(game, revision), values_at(game, game.revision)
    theirs = {name: then[name] for name in then if then[name] != now[name]}
    typed = merged(typed, form_of(then, zone), form_of(now, zone))
    kept = _keep(member, game, typed, game.revision, pending_id)
    return edits.changed_meanwhile(
        refused, get_snapshot(game.id), _plain(theirs), pending_id=kept.id
    )


def _keep(
    member: Member,
    game: Game,
    typed: TypedEdit,
    revision: int,
    pending_id: int | None,
    scope: str = "",
) -> Pending:
    return save_pending(
        member=member,
        about=pending.EDIT,
        game_id=game.id,
        values={"typed": asdict(typed), "revision": revision, "scope": scope},
        pending_id=pending_id,
    )


def _plain(values: dict[str, object]) -> dict[str, object]:
    """The values in the form of `Change.before`."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


CANCEL_GAME = Command(
    name="cancel-game",
    description=_("Cancel a game; asks for confirmation, then tells everyone"),
    run=reply(cancel_game),
    options=(
        EDITABLE_GAME,
        text("reason", _("Why; everyone who signed up is told"), longest=REASON_LENGTH),
    ),
)
# In reply, since a notice whose "New time" opened the form keeps its buttons.
FORMS = (on(EditForm, run=reply(submit_form)),)
