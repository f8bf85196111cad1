"""From what was typed into an edit's form to what changed or is asked back (synchronous)."""

from dataclasses import asdict
from datetime import datetime

from django.utils import timezone

from discordbot.features.drafts import zone_of
from discordbot.interactions.callbacks import Message
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_for_game
from games.enums import Via
from games.models import Game
from games.selectors import get_game, get_snapshot
from games.services import pending
from games.services.change import find_done
from games.services.game import check_may_edit
from games.services.game_edit import ChangedMeanwhile, edit_game
from games.services.pending import Pending, save_pending
from games.services.series_change import change_all
from games.services.series_edit import is_repeating
from games.typed_edit import TypedEdit, form_of, merged, read_edit, values_at
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from notifications.messages import edits
from notifications.messages.custom_ids import ALL


def typed_in(kept: Pending) -> TypedEdit:
    return TypedEdit(**kept.values["typed"])


def get_game_to_edit(member: Member, game_id: int) -> Game:
    """Raises `NotFound` and `NotAllowed`."""
    game = get_game(member.guild_id, game_id)
    check_may_edit(game, member)
    return game


def current_form(member: Member, game: Game) -> TypedEdit:
    return form_of(values_at(game, game.revision), zone_of(member))


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

    Of a series it is asked first whether this session is meant or `ALL` from now on. What is
    refused is kept, with the way back to it. Raises `NotFound` and `NotAllowed`.
    """
    member = member_for_game(interaction, game_id)
    game = get_game_to_edit(member, game_id)
    zone, key = zone_of(member), f"i:{interaction.id}"
    shown = form_of(values_at(game, revision), zone)
    try:
        values = read_edit(typed, shown, zone=zone, now=timezone.now())
        if values and not scope and is_repeating(game):
            kept = _keep(member, game, typed, revision, pending_id)
            return edits.ask_scope(get_snapshot(game_id), pending_id=kept.id)
        change = change_all if scope == ALL else edit_game
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
        return edits.to_be_put_right(refused, pending_id=kept.id)
    done = find_done(key)
    return edits.edited(get_snapshot(game_id), done.before if done else {}, is_all=scope == ALL)


def _ask_after_change(
    member: Member,
    game: Game,
    typed: TypedEdit,
    revision: int,
    pending_id: int | None,
    refused: ChangedMeanwhile,
) -> Message:
    """The form to be opened again shows the newest state under what this person changed."""
    zone = zone_of(member)
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
    """As `Change.before` has it."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
