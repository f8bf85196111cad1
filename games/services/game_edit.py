"""Editing a game: what changed is written down, and those it concerns are told."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.enums import Action, Status, Via
from games.inheritance import check_game, clean_game
from games.models import Game
from games.rules import seat_moves
from games.selectors import seating_of
from games.services.change import find_done, lock_game, record_change
from games.services.game import check_may_edit
from games.services.participant import over_sentence
from guilds.errors import Refused
from guilds.models import Member
from guilds.selectors import get_channel

EDITABLE = frozenset(
    {
        "category",
        "channel_id",
        "color",
        "description",
        "duration_minutes",
        "image_id",
        "location",
        "max_players",
        "min_players",
        "notify_role_ids",
        "player_role_ids",
        "post_at",
        "priority_role_ids",
        "reminder_minutes",
        "rules",
        "signup_closes_at",
        "signup_method",
        "starts_at",
        "timezone",
        "title",
    }
)
# A change of one of these plans the game's timers anew.
SCHEDULE = frozenset(
    {
        "duration_minutes",
        "min_players",
        "post_at",
        "reminder_minutes",
        "signup_closes_at",
        "starts_at",
    }
)


class WouldDemote(Refused):
    """The lower limit sends players back to the waitlist; the host must say so again."""

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
    """Set `values` (names in `EDITABLE`); moving the start moves the sign-up deadline along.

    Raises `NotFound`, `NotAllowed`, `Refused` with the field, `WouldDemote` unless
    `may_demote`, and `ChangedMeanwhile` when the details were edited after `seen_revision`.
    """
    game = lock_game(member.guild_id, game_id)
    check_may_edit(game, member)
    if find_done(request_key):
        return game
    if not game.is_upcoming:
        raise Refused(over_sentence(game))
    if seen_revision is not None and _was_edited_since(game, seen_revision):
        raise ChangedMeanwhile
    before = {name: getattr(game, name) for name in EDITABLE}
    participants = list(game.participants.all())
    slots = list(game.slots.all())
    seats_before = seating_of(game, participants, slots)
    _apply(game, values)
    changed = {n: getattr(game, n) for n in EDITABLE if getattr(game, n) != before[n]}
    if not changed:
        return game
    _check(game, member, changed)
    moves = seat_moves(seats_before, seating_of(game, participants, slots))
    if moves.demoted and not may_demote:
        raise WouldDemote(len(moves.demoted))
    if SCHEDULE & changed.keys():
        game.schedule_version += 1
    game.save()
    user_ids = {p.id: p.user_id for p in participants}
    record_change(
        game,
        actor=member.user,
        via=via,
        action=Action.RESCHEDULED if "starts_at" in changed else Action.EDITED,
        before={name: _plain(before[name]) for name in changed},
        after={name: _plain(value) for name, value in changed.items()},
        promoted=[u for i in moves.promoted if (u := user_ids[i])],
        demoted=[u for i in moves.demoted if (u := user_ids[i])],
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
        setattr(game, name, list(value) if isinstance(value, tuple) else value)
    if game.signup_closes_at and "signup_closes_at" not in values:
        game.signup_closes_at += game.starts_at - old_start
    clean_game(game)


def _check(game: Game, member: Member, changed: Mapping[str, Any]) -> None:
    check_game(game)
    now = timezone.now()
    if "starts_at" in changed:
        if game.status == Status.IN_PROGRESS:
            raise Refused(_("The game has started; its time cannot change."), field="when")
        if game.starts_at <= now:
            raise Refused(_("That time is already past."), field="when")
    if "post_at" in changed and game.post_at and game.post_at <= now:
        raise Refused(_("That time is already past."), field="post_at")
    if "channel_id" in changed:
        channel = get_channel(member.guild, game.channel_id)
        if not channel.is_active:
            raise Refused(_("Games are switched off in that channel."), field="channel")
        game.channel = channel


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
