"""Editing a game. The changes are recorded, and those concerned are told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.checks import (
    check_game,
    check_image,
    check_may_announce_in,
    clean_game,
    is_past,
)
from games.defaults import locked, locked_columns
from games.enums import Action, Decision, Status, Via
from games.fields import FIELDS, Kind
from games.models import Game
from games.services.guards import check_may_edit, over_sentence
from games.services.roster.locked import lock_roster
from games.services.roster.slots import plain_slots, save_slots, slots_from
from guilds.errors import Refused
from guilds.models import Member
from guilds.permissions import can_manage, standing_of
from guilds.selectors import get_channel

EDITABLE = frozenset(f.column for f in FIELDS if f.is_editable and f.kind != Kind.SLOTS)
SCHEDULE = frozenset(field.column for field in FIELDS if field.moves_timers)


class WouldDemote(Refused):
    """The edit would send players back to the waitlist; the host must confirm that."""

    def __init__(self, count: int) -> None:
        super().__init__(
            ngettext(
                "This sends %(count)d player back to the waitlist. Confirm to do it.",
                "This sends %(count)d players back to the waitlist. Confirm to do it.",
                count,
            )
            % {"count": count},
            field="max_players",
        )


class ChangedMeanwhile(Refused):
    """Somebody else changed the game while this edit was being typed."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this game meanwhile. Look at it again first."))


@transaction.atomic
def edit_game(
    *,
    game_id: int,
    member: Member,
    values: Mapping[str, Any],
    via: Via,
    seen_revision: int | None = None,
    may_demote: bool = False,
    request_key: str | None = None,
) -> Game:
    """Set `values`, by names in `EDITABLE` or `slots`.

    Moving the start moves the sign-up deadline by as much. `slots` replaces the whole list;
    people whose slot is gone keep their place without one.

    Raises `NotFound`, `NotAllowed`, `Refused` with the field, `WouldDemote` unless
    `may_demote`, and `ChangedMeanwhile` when the details were edited after `seen_revision`.
    """
    roster = lock_roster(game_id, member.guild, [request_key])
    game = roster.game
    check_may_edit(game, member)
    if request_key in roster.done:
        return game
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    if seen_revision is not None and _was_edited_since(game, seen_revision):
        raise ChangedMeanwhile
    before = {name: getattr(game, name) for name in EDITABLE}
    slots = list(game.slots.all())
    new_slots = slots_from(game, values["slots"], slots) if "slots" in values else slots
    before["slots"] = plain_slots(slots)
    _apply(game, {name: value for name, value in values.items() if name != "slots"})
    changed = {n: getattr(game, n) for n in EDITABLE if getattr(game, n) != before[n]}
    if plain_slots(new_slots) != before["slots"]:
        changed["slots"] = plain_slots(new_slots)
    if not changed:
        return game
    _check(game, member, changed, before)
    roster.keep_slots({slot.id: slot.capacity for slot in new_slots if slot.id})
    demoted = roster.moves().demoted
    if demoted and not may_demote:
        raise WouldDemote(len(demoted))
    if SCHEDULE & changed.keys():
        game.schedule_version += 1
    if {"min_players", "starts_at"} & changed.keys():
        game.decision = Decision.NONE
    game.save()
    if "slots" in changed:
        save_slots(game, new_slots)
    roster.record(
        actor=member.user,
        via=via,
        action=Action.RESCHEDULED if "starts_at" in changed else Action.EDITED,
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(value) for name, value in changed.items()},
        request_key=request_key,
    )
    return game


def _was_edited_since(game: Game, revision: int) -> bool:
    edits = [Action.EDITED, Action.RESCHEDULED]
    return game.changes.filter(action__in=edits, revision__gt=revision).exists()


def _apply(game: Game, values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - EDITABLE:
        raise ValueError(f"not editable: {sorted(unknown)}")
    old_start = game.starts_at
    for name, value in values.items():
        setattr(game, name, _as_column(name, value))
    if game.signup_closes_at and "signup_closes_at" not in values:
        game.signup_closes_at += game.starts_at - old_start
    clean_game(game)


def _as_column(name: str, value: Any) -> Any:
    if name == "image_id" and value:
        return UUID(str(value))
    return list(value) if isinstance(value, tuple) else value


def _check(
    game: Game, member: Member, changed: Mapping[str, Any], before: Mapping[str, Any]
) -> None:
    check_game(game)
    _check_locks(game, member, changed)
    now = timezone.now()
    if "starts_at" in changed:
        if game.status == Status.IN_PROGRESS:
            raise Refused(_("The game has started; its time cannot change."), field="when")
        if is_past(game.starts_at):
            raise Refused(_("That time is already past."), field="when")
    if "post_at" in changed and game.post_at:
        if is_past(game.post_at):
            raise Refused(_("That time is already past."), field="post_at")
        if before["post_at"] is None or before["post_at"] <= now:
            raise Refused(_("This game is announced already."), field="post_at")
    if changed.get("image_id"):
        check_image(member.guild, changed["image_id"])
    if "channel_id" in changed:
        channel = get_channel(member.guild, game.channel_id)
        check_may_announce_in(channel, member)
        if not channel.is_active:
            raise Refused(_("Games are switched off in that channel."), field="channel")
        game.channel = channel


def _check_locks(game: Game, member: Member, changed: Mapping[str, Any]) -> None:
    """Raise `Refused` for what the template locks, unless the member may edit templates."""
    if game.template_id is None or can_manage(standing_of(member, member.guild)):
        return
    for column in locked_columns(game.template):
        if column in changed:
            raise locked(column, game.template)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
