"""Drafts: the preview of a game before it is posted, and its buttons."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from discordbot.features.channels import check_channel
from discordbot.features.edits import FORM_FIELDS
from discordbot.interactions.callbacks import Message
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import member_of, zone_of
from discordbot.interactions.routes import modal, on, update
from games.models import Draft, Game
from games.new_game import NewGame, prepare_game
from games.selectors import get_game, snapshot_unsaved
from games.services.draft import (
    discard_draft,
    game_in,
    get_draft,
    get_draft_to_edit,
    post_draft,
    save_draft,
    typed_in,
    with_typed,
)
from games.services.game_clone import as_clone
from games.snapshots import SlotSnapshot
from games.typed.game import TypedGame, read_game
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.selectors import unpinged_roles
from guilds.typed_values import read_when
from notifications.messages import previews, replies, series
from notifications.messages.custom_ids import DraftButton, DraftReading
from when import write_when
from when.repetitions import Pattern, describe, next_dates


def preview_game(
    interaction: Interaction, typed: TypedGame, *, now: datetime, draft_id: int | None = None
) -> Message:
    """Keep what was typed as a draft, and show the game it makes or why it makes none yet.

    Raises `NotAllowed`, and `Refused` where typing it differently does not help.
    """
    host = member_of(interaction)
    try:
        check_channel(interaction, host, typed.channel_id)
        new = read_game(typed, zone=zone_of(host), now=now)
        if typed.clone_of is not None:
            new = as_clone(new, get_game(host.guild_id, typed.clone_of), host=host)
        game = prepare_game(host=host, new=new)
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        draft = save_draft(author=host, typed=typed, new=None, draft_id=draft_id)
        return previews.to_be_put_right(refused, draft_id=draft.id)
    draft = save_draft(author=host, typed=typed, new=new, draft_id=draft_id)
    reading = read_when(typed.when, zone=zone_of(host), now=now)
    snapshot = snapshot_unsaved(game, host)
    if new.slots is not None:
        slots = tuple(SlotSnapshot(id=0, taken=0, **slot) for slot in new.slots)
        snapshot = replace(snapshot, slots=slots)
    return previews.preview(
        snapshot,
        draft_id=draft.id,
        now=now,
        reading=reading,
        repetition=_repetition(game, new),
        unpinged=unpinged_roles(game.channel, game.notify_role_ids),
    )


def _repetition(game: Game, new: NewGame) -> list[str]:
    """The next five dates, for the host's preview."""
    if not new.repeat:
        return []
    local = game.starts_at.astimezone(ZoneInfo(game.timezone))
    pattern = Pattern(new.repeat, local.date(), local.time(), game.timezone)
    words = describe(new.repeat, at=local.time(), zone=game.timezone)
    return series.dates(words, next_dates(pattern, 5))


def post(interaction: Interaction, button: DraftButton) -> Message:
    author = member_of(interaction)
    draft = get_draft(author, button.draft_id)
    check_channel(interaction, author, game_in(draft).channel_id)
    game = post_draft(author=author, draft_id=draft.id)
    return replies.posted(guild_id=game.guild_id, game_id=game.id, channel_id=game.channel_id)


def open_form(interaction: Interaction, button: DraftButton) -> Message:
    draft = get_draft_to_edit(member_of(interaction), button.draft_id)
    return previews.form(typed_in(draft), draft_id=draft.id)


def submit_form(interaction: Interaction, button: DraftButton) -> Message:
    draft = get_draft_to_edit(member_of(interaction), button.draft_id)
    fields = {name: interaction.text(name) for name in FORM_FIELDS if name in interaction.options}
    return _retype(interaction, draft, fields)


def choose_reading(interaction: Interaction, button: DraftReading) -> Message:
    """The reading that was pressed is written out, so that it has no other."""
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    moment = datetime.fromtimestamp(button.moment, UTC)
    return _retype(interaction, draft, {"when": write_when(moment, zone_of(member))})


def _retype(interaction: Interaction, draft: Draft, fields: dict[str, str]) -> Message:
    typed = with_typed(draft, fields)
    return preview_game(interaction, typed, now=timezone.now(), draft_id=draft.id)


def discard(interaction: Interaction, button: DraftButton) -> Message:
    discard_draft(author=member_of(interaction), draft_id=button.draft_id)
    return replies.discarded()


BUTTONS = (
    # Whoever sees no answer presses again, so it is posted only once Discord waits for one.
    on(DraftButton, "post", run=update(post, defer=True)),
    on(DraftButton, "edit", run=modal(open_form)),
    on(DraftButton, "discard", run=update(discard)),
    on(DraftReading, run=update(choose_reading)),
)
FORMS = (on(DraftButton, "edit", run=update(submit_form)),)
