"""Checks for every game, new or edited, and for what templates preset.

The bot says nothing in a member's stead that Discord would not let the member say themselves.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.enums import SignupMethod
from games.fields import FIELDS, Kind
from games.models import Game, Image
from games.text import clean_line, clean_text
from guilds.errors import NotAllowed, NotFound, Refused
from guilds.models import MAX_PLAYERS_LIMIT, MAX_REMINDERS, Channel, Guild, Member
from guilds.permissions import check_may_speak
from guilds.rules import GRACE, LONGEST_GAME_MINUTES, LONGEST_REMINDER_MINUTES
from guilds.selectors import gone_roles, may_announce_in
from when import is_zone
from when.repetitions import BadRule, Pattern, Rule, next_dates, read_rule

HORIZON = timedelta(days=2 * 366)
# The lists of roles that let nobody in. The roles that may join are another matter: a game that
# names none is open to all.
ADDING_ROLES = ("notify_role_ids", "priority_role_ids")


def _in_order(minutes: Iterable[int]) -> list[int]:
    return sorted(set(minutes), reverse=True)


_CLEANERS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.LINE: clean_line,
    Kind.TEXT: clean_text,
    Kind.REMINDERS: _in_order,
}


def clean_game(game: Game) -> None:
    """Normalise the texts and reminders in place, as they are stored."""
    for field in FIELDS:
        if clean := _CLEANERS.get(field.kind):
            setattr(game, field.column, clean(getattr(game, field.column)))


def check_game(game: Game) -> None:
    """Raise `Refused`, naming the field, for values that no game may have."""
    if not game.title:
        raise Refused(_("The title is empty."), field="title")
    _check_lengths(game)
    if game.signup_method not in SignupMethod.values:
        raise Refused(_("Choose how people sign up."), field="signup_method")
    _check_times(game)
    _check_players(game)


def _check_lengths(game: Game) -> None:
    for field in FIELDS:
        text = getattr(game, field.column) if field.longest else ""
        if len(text) > field.longest:
            raise Refused(
                _("“%(field)s” may have %(most)d characters; this has %(count)d.")
                % {"field": field.label, "most": field.longest, "count": len(text)},
                field=field.name,
            )


def is_past(moment: datetime) -> bool:
    return moment <= timezone.now() - GRACE


def _check_times(game: Game) -> None:
    if game.starts_at > timezone.now() + HORIZON:
        raise Refused(_("That is more than two years away."), field="when")
    if not is_zone(game.timezone):
        raise Refused(_("I do not know that time zone."), field="timezone")
    if not 1 <= game.duration_minutes <= LONGEST_GAME_MINUTES:
        raise Refused(_("A game lasts from 1 minute to 7 days."), field="duration")
    if game.signup_closes_at and game.signup_closes_at > game.starts_at:
        raise Refused(_("Sign-up must close before the game starts."), field="signup_closes_at")
    if game.post_at and game.post_at >= game.starts_at:
        raise Refused(_("The game must be announced before it starts."), field="post_at")
    if len(game.reminder_minutes) > MAX_REMINDERS:
        raise Refused(
            _("A game has at most %(most)d reminders.") % {"most": MAX_REMINDERS}, field="remind"
        )
    if any(not 1 <= m <= LONGEST_REMINDER_MINUTES for m in game.reminder_minutes):
        raise Refused(_("A reminder comes 1 minute to 30 days before."), field="remind")


def _check_players(game: Game) -> None:
    if not 1 <= game.max_players <= MAX_PLAYERS_LIMIT:
        raise Refused(
            _("A game has 1 to %(most)d players.") % {"most": MAX_PLAYERS_LIMIT},
            field="max_players",
        )
    if game.min_players is not None and not 1 <= game.min_players <= game.max_players:
        raise Refused(_("The minimum is larger than the maximum."), field="min_players")


def forget_roles(game: Game, role_ids: Collection[int]) -> None:
    """Take the roles out of the unsaved game's `ADDING_ROLES`."""
    for column in ADDING_ROLES:
        ids: list[int] = getattr(game, column)
        setattr(game, column, [one for one in ids if one not in role_ids])


def forget_gone_roles(game: Game) -> None:
    """Take roles that Discord has deleted out of the unsaved game's `ADDING_ROLES`."""
    named = {role_id for column in ADDING_ROLES for role_id in getattr(game, column)}
    forget_roles(game, gone_roles(named))


def closed_to_all(role_ids: Collection[int]) -> str:
    """Return a sentence if all the roles that may join a game are deleted, else an empty text."""
    gone = gone_roles(role_ids)
    if not gone or len(gone) < len(set(role_ids)):
        return ""
    return ngettext(
        "The role that this game is for, %(roles)s, was deleted on Discord, so nobody new can "
        "join. The host can choose another on the game's page.",
        "The roles that this game is for, %(roles)s, were deleted on Discord, so nobody new can "
        "join. The host can choose others on the game's page.",
        len(gone),
    ) % {"roles": ", ".join(f"“{name}”" for name in gone.values())}


def check_image(guild: Guild, image_id: UUID | str) -> None:
    """Raise `NotFound` unless the picture is the guild's own."""
    if not Image.objects.filter(id=image_id, guild=guild).exists():
        raise NotFound(_("That picture is not one of this server's."), field="image")


def rule_of(text: str) -> Rule:
    """Read the RRULE. Raises `Refused` if it is not one."""
    try:
        return read_rule(text)
    except BadRule as error:
        raise Refused(_("That is no repetition I know."), field="repeat") from error


def check_rule(rule: Rule, *, first: date) -> None:
    """Raise `Refused` unless `first` is the first of the rule's dates."""
    dates = next_dates(Pattern(rule, first, datetime.min.time(), "UTC"), 1)
    if not dates or dates[0].date != first:
        raise Refused(
            _("The first game must be on one of the repeating days."),
            field="repeat",
        )


def check_may_announce_in(channel: Channel, host: Member) -> None:
    """Raise `NotAllowed` for a channel where the host may not write, unless an admin allows it."""
    check_may_speak(host)
    if not may_announce_in(channel, host):
        raise NotAllowed(
            _(
                "You can't write in #%(channel)s, so I don't announce your game there. Those who"
                " manage this server can allow it in its settings."
            )
            % {"channel": channel.name},
            field="channel",
        )
