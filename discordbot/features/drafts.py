"""Drafts: the preview of a game before it is posted, and its buttons.

Whatever is refused is kept as it was typed, and can be put right from the preview.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from discordbot.features.channels import check_channel
from discordbot.features.confirmations import confirm_post
from discordbot.features.edits import FORM_FIELDS
from discordbot.interactions.callbacks import Message
from discordbot.interactions.database import in_database
from discordbot.interactions.interaction import Interaction
from discordbot.interactions.person import known_zone_of, member_of
from discordbot.interactions.responder import Responder
from discordbot.interactions.routes import modal, on, update
from games.models import Draft, Game
from games.new_game import NewGame, prepare_game, warnings_of
from games.selectors import find_named_template, get_game
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
from games.snapshot_rows import snapshot_unsaved
from games.snapshots import SlotSnapshot
from games.typed.game import TypedGame, placed, read_game, read_start
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import Member
from guilds.permissions import can_administer, standing_of
from guilds.services.person import configure_person
from guilds.services.settings import configure_guild
from guilds.typed_values import find_zones
from notifications.messages import previews, replies, series
from notifications.messages.custom_ids import DraftButton, DraftReading
from notifications.messages.forms import MORE
from notifications.messages.previews import Shown
from when import likely_zones, write_when
from when.repetitions import Pattern, describe, next_dates

MORE_FIELDS = (*(field.name for field in MORE), "template", "repeat")


def preview_game(
    interaction: Interaction,
    typed: TypedGame,
    *,
    now: datetime,
    draft_id: int | None = None,
    zones: Sequence[str] = (),
    has_chosen_zone: bool = False,
) -> Message:
    """Keep what was typed as a draft, and show the game it makes or why it makes none yet.

    Where neither the host nor the server has a time zone, it asks for one (offering `zones`, or
    the likely ones) and does not guess. Raises `NotAllowed`, and `Refused` where typing it
    differently does not help.
    """
    host = member_of(interaction)
    source = _source(host, typed)
    known = _known_zone(host, source)
    zone = known or "UTC"
    try:
        meant = placed(typed, host.guild)
        check_channel(interaction, host, meant.channel_id)
        reading = read_start(meant, zone=zone, now=now, source=source)
        new = read_game(meant, zone=zone, now=now, source=source)
        if source is not None:
            new = as_clone(new, source, host=host)
        game = prepare_game(host=host, new=new)
    except Refused as refused:
        if not _can_be_put_right(refused):
            raise
        draft = save_draft(author=host, typed=typed, new=None, draft_id=draft_id)
        asks_zone = not known and refused.field == "when"
        shown = _shown(draft, typed, zones=_offered(interaction, zones) if asks_zone else ())
        return previews.to_be_put_right(refused, shown)
    # A series keeps the clock of its zone, whatever its first date was read from.
    is_guess = not known and (reading.is_local or (new.repeat is not None and reading.zone == zone))
    draft = save_draft(author=host, typed=typed, new=None if is_guess else new, draft_id=draft_id)
    offered = () if known else _offered(interaction, zones)
    shown = _shown(draft, typed, zones=offered)
    if is_guess:
        return previews.which_zone(typed.when, shown)
    may_set = has_chosen_zone and not host.guild.timezone and _may_configure(host)
    return previews.preview(
        _snapshot(game, new, host),
        replace(shown, zone_for_server=host.user.timezone if may_set else ""),
        now=now,
        reading=reading,
        repetition=_repetition(game, new),
        warnings=warnings_of(game),
    )


def _source(host: Member, typed: TypedGame) -> Game | None:
    """The game that is cloned. Raises `NotFound`."""
    return get_game(host.guild_id, typed.clone_of) if typed.clone_of else None


def _known_zone(host: Member, source: Game | None) -> str:
    """The clock of typed times: a clone keeps its game's where nobody said another."""
    return known_zone_of(host) or (source.timezone if source else "")


def _can_be_put_right(refused: Refused) -> bool:
    """Whether typing something else may help: not for somebody who may not host at all."""
    return not isinstance(refused, NotAllowed | NotFound) or bool(refused.field)


def _shown(draft: Draft, typed: TypedGame, *, zones: Sequence[str]) -> Shown:
    return Shown(
        draft_id=draft.id, guild_id=draft.guild_id, source_id=typed.clone_of, zones=tuple(zones)
    )


def _offered(interaction: Interaction, zones: Sequence[str]) -> Sequence[str]:
    return zones or likely_zones(interaction.locale, most=previews.MOST_ZONES)


def _may_configure(member: Member) -> bool:
    return can_administer(standing_of(member, member.guild))


def _snapshot(game: Game, new: NewGame, host: Member) -> Any:
    snapshot = snapshot_unsaved(game, host)
    if new.slots is None:
        return snapshot
    slots = tuple(SlotSnapshot(id=0, taken=0, **slot) for slot in new.slots)
    return replace(snapshot, slots=slots)


def _repetition(game: Game, new: NewGame) -> list[str]:
    """The next five dates, for the host's preview."""
    if not new.repeat:
        return []
    local = game.starts_at.astimezone(ZoneInfo(game.timezone))
    pattern = Pattern(new.repeat, local.date(), local.time(), game.timezone)
    words = describe(new.repeat, at=local.time(), zone=game.timezone)
    return series.dates(words, next_dates(pattern, 5))


async def post(interaction: Interaction, responder: Responder, button: DraftButton) -> None:
    """Post it, once Discord waits for an answer: whoever sees none presses again."""
    await responder.defer()
    game_id, message = await in_database(_post, interaction, button)
    await responder.update(message)
    responder.afterwards = partial(confirm_post, game_id, responder.update)


def _post(interaction: Interaction, button: DraftButton) -> tuple[int, Message]:
    author = member_of(interaction)
    draft = get_draft(author, button.draft_id)
    check_channel(interaction, author, game_in(draft).channel_id)
    game = post_draft(author=author, draft_id=draft.id)
    return game.id, replies.will_be_posted(
        guild_id=game.guild_id, game_id=game.id, channel_id=game.channel_id
    )


# --- Putting it right ----------------------------------------------------------------------------


def open_form(interaction: Interaction, button: DraftButton) -> Message:
    draft = get_draft_to_edit(member_of(interaction), button.draft_id)
    return previews.form(typed_in(draft), draft_id=draft.id)


def open_more(interaction: Interaction, button: DraftButton) -> Message:
    """The second page. A template that was picked shows by its name."""
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    typed = typed_in(draft)
    try:
        template = find_named_template(member.guild, typed.template)
    except NotFound:
        template = None  # it stays as it was typed, to be put right
    if template is not None:
        typed = replace(typed, template=template.name)
    return previews.more_form(typed, draft_id=draft.id)


def submit_form(interaction: Interaction, button: DraftButton) -> Message:
    return _submit(interaction, button, FORM_FIELDS)


def submit_more(interaction: Interaction, button: DraftButton) -> Message:
    return _submit(interaction, button, MORE_FIELDS)


def _submit(interaction: Interaction, button: DraftButton, names: Sequence[str]) -> Message:
    draft = get_draft_to_edit(member_of(interaction), button.draft_id)
    fields = {name: interaction.text(name) for name in names if name in interaction.options}
    return _retype(interaction, draft, fields)


def choose_reading(interaction: Interaction, button: DraftReading) -> Message:
    """The reading that was pressed is written out, so that it has no other."""
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    zone = _known_zone(member, _source(member, typed_in(draft))) or "UTC"
    moment = datetime.fromtimestamp(button.moment, UTC)
    return _retype(interaction, draft, {"when": write_when(moment, zone)})


def choose_channel(interaction: Interaction, button: DraftButton) -> Message:
    draft = get_draft_to_edit(member_of(interaction), button.draft_id)
    return _retype(interaction, draft, {"channel_id": next(iter(interaction.chosen_ids), 0)})


def _retype(interaction: Interaction, draft: Draft, fields: Mapping[str, Any]) -> Message:
    typed = with_typed(draft, fields)
    return preview_game(interaction, typed, now=timezone.now(), draft_id=draft.id)


def discard(interaction: Interaction, button: DraftButton) -> Message:
    discard_draft(author=member_of(interaction), draft_id=button.draft_id)
    return replies.discarded()


# --- The host's time zone ------------------------------------------------------------------------


def choose_zone(interaction: Interaction, button: DraftButton) -> Message:
    """Keep the zone as the person's own, and read the time by it."""
    return _with_zone(interaction, button, interaction.values[0] if interaction.values else "")


def open_search(_interaction: Interaction, button: DraftButton) -> Message:
    return previews.zone_form(draft_id=button.draft_id)


def search_zone(interaction: Interaction, button: DraftButton) -> Message:
    """Take the one zone that the text names, or offer those that it may."""
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    found = find_zones(interaction.text("zone"))
    if len(found) == 1:
        return _with_zone(interaction, button, found[0])
    return preview_game(
        interaction, typed_in(draft), now=timezone.now(), draft_id=draft.id, zones=found
    )


def _with_zone(interaction: Interaction, button: DraftButton, zone: str) -> Message:
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    configure_person(user=member.user, values={"timezone": zone})
    return preview_game(
        interaction,
        typed_in(draft),
        now=timezone.now(),
        draft_id=draft.id,
        has_chosen_zone=True,
    )


def set_for_server(interaction: Interaction, button: DraftButton) -> Message:
    """Make the person's zone the server's. Raises `NotAllowed`."""
    member = member_of(interaction)
    draft = get_draft_to_edit(member, button.draft_id)
    configure_guild(member=member, values={"timezone": member.user.timezone})
    return _retype(interaction, draft, {})


BUTTONS = (
    on(DraftButton, "post", run=post),
    on(DraftButton, "edit", run=modal(open_form)),
    on(DraftButton, "more", run=modal(open_more)),
    on(DraftButton, "discard", run=update(discard)),
    on(DraftButton, "channel", run=update(choose_channel)),
    on(DraftButton, "zone", run=update(choose_zone)),
    on(DraftButton, "search", run=modal(open_search)),
    on(DraftButton, "server", run=update(set_for_server)),
    on(DraftReading, run=update(choose_reading)),
)
FORMS = (
    on(DraftButton, "edit", run=update(submit_form)),
    on(DraftButton, "more", run=update(submit_more)),
    on(DraftButton, "search", run=update(search_zone)),
)
