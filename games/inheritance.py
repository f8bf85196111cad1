"""A new game from what the host chose, over template, channel and server defaults; and the
checks every game must pass, new or edited."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from games.enums import SignupMethod
from games.models import (
    CATEGORY_LENGTH,
    DESCRIPTION_LENGTH,
    LOCATION_LENGTH,
    TITLE_LENGTH,
    Game,
    Template,
)
from games.text import clean_line, clean_text
from guilds.enums import Archive
from guilds.errors import Refused
from guilds.models import MAX_PLAYERS_LIMIT, MAX_REMINDERS, RULES_LENGTH, Channel, User
from guilds.rules import LONGEST_GAME_MINUTES, LONGEST_REMINDER_MINUTES, Setting, inherit
from guilds.selectors import (
    duration_minutes_of,
    max_players_of,
    reminder_minutes_of,
    rules_of,
)
from when import is_zone

if TYPE_CHECKING:
    from games.services.game import NewGame

HORIZON = timedelta(days=2 * 366)
DEFAULT_ARCHIVE_MINUTES = 24 * 60
# What a refusal calls a field that people know by another name than its column's.
FIELD_NAMES = {
    "channel_id": "channel",
    "duration_minutes": "duration",
    "reminder_minutes": "remind",
    "starts_at": "when",
}


def defaults_for(channel: Channel, template: Template | None) -> dict[str, Setting[Any]]:
    """What a new game gets where the host chooses nothing, and which layer says so."""
    preset = template or Template()
    return {
        "max_players": max_players_of(channel, template=preset.max_players),
        "reminder_minutes": reminder_minutes_of(channel, template=preset.reminder_minutes),
        "rules": rules_of(channel, template=preset.rules),
        "duration_minutes": duration_minutes_of(channel, template=preset.duration_minutes),
        "category": inherit("", channel=channel.game_category, template=preset.category),
        "description": inherit("", template=preset.description),
        "location": inherit("", template=preset.location),
        "min_players": inherit(None, template=preset.min_players),
        "signup_method": inherit(str(SignupMethod.SELF), template=preset.signup_method),
        "notify_role_ids": inherit([], template=preset.notify_role_ids),
        "player_role_ids": inherit([], template=preset.player_role_ids),
        "priority_role_ids": inherit([], template=preset.priority_role_ids),
        "color": inherit(None, template=preset.color),
        "image_id": inherit(None, template=preset.image_id),
        "archive": inherit(str(Archive.KEEP), guild=channel.guild.archive, template=preset.archive),
        "archive_channel_id": inherit(
            None, guild=channel.guild.archive_channel_id, template=preset.archive_channel_id
        ),
        "archive_after_minutes": inherit(
            DEFAULT_ARCHIVE_MINUTES,
            guild=channel.guild.archive_after_minutes,
            template=preset.archive_after_minutes,
        ),
    }


def game_from(new: "NewGame", host: User, channel: Channel, template: Template | None) -> Game:
    """The unsaved game. Raises `Refused` where the host changes what the template locks."""
    chosen = {f.name: getattr(new, f.name) for f in fields(new)}
    defaults = defaults_for(channel, template)
    _check_locks(chosen, template, defaults)
    values = {
        name: setting.value if chosen.get(name) is None else chosen[name]
        for name, setting in defaults.items()
    }
    closes_at: datetime | None = new.signup_closes_at
    if closes_at is None and template and template.signup_closes_minutes is not None:
        closes_at = new.starts_at - timedelta(minutes=template.signup_closes_minutes)
    game = Game(
        guild=channel.guild,
        channel=channel,
        host=host,
        template=template,
        title=new.title or (template.title if template else ""),
        starts_at=new.starts_at,
        timezone=new.timezone,
        post_at=new.post_at,
        signup_closes_at=closes_at,
        **values,
    )
    clean_game(game)
    return game


def _check_locks(
    chosen: Mapping[str, Any], template: Template | None, defaults: Mapping[str, Setting[Any]]
) -> None:
    """Raise `Refused` where `chosen` (None: nothing) differs from what the template locks."""
    for key in locked_columns(template):
        preset = defaults[key].value if key in defaults else getattr(template, key, None)
        value = list(chosen[key]) if isinstance(chosen[key], tuple) else chosen[key]
        is_chosen = value is not None and not (key == "title" and value == "")
        if is_chosen and value != preset:
            raise locked(key, template)


def locked_columns(template: Template | None) -> list[str]:
    """The fields a host may not choose: those locked, but for a title or channel never preset."""
    if template is None:
        return []
    names = [f"{n}_id" if n == "channel" else n for n in template.locked_fields]
    return [n for n in names if n not in {"title", "channel_id"} or getattr(template, n)]


def locked(column: str, template: Template | None) -> Refused:
    return Refused(
        _("The template “%(template)s” does not let hosts change that.")
        % {"template": template.name if template else ""},
        field=FIELD_NAMES.get(column, column),
    )


def clean_game(game: Game) -> None:
    """Bring the texts and lists into the form they are stored in."""
    game.title, game.location = clean_line(game.title), clean_line(game.location)
    game.category = clean_line(game.category)
    game.description, game.rules = clean_text(game.description), clean_text(game.rules)
    game.reminder_minutes = sorted(set(game.reminder_minutes), reverse=True)


def check_game(game: Game) -> None:
    """Refuse what makes no game, in words, naming the field."""
    if not game.title:
        raise Refused(_("The title is empty."), field="title")
    _check_length(game.title, TITLE_LENGTH, _("The title"), "title")
    _check_length(game.description, DESCRIPTION_LENGTH, _("The description"), "description")
    _check_length(game.location, LOCATION_LENGTH, _("The location"), "location")
    _check_length(game.category, CATEGORY_LENGTH, _("The category"), "category")
    _check_length(game.rules, RULES_LENGTH, _("The rules"), "rules")
    if game.signup_method not in SignupMethod.values:
        raise Refused(_("Choose how people sign up."), field="signup_method")
    _check_times(game)
    _check_players(game)


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
        raise Refused(_("The fewest players are more than the most."), field="min_players")


def _check_length(text: str, most: int, name: str, field_name: str) -> None:
    if len(text) > most:
        raise Refused(
            _("%(field)s may have %(most)d characters; this has %(count)d.")
            % {"field": name, "most": most, "count": len(text)},
            field=field_name,
        )
