"""Changes to a server's and a channel's settings and defaults for new games."""

from collections.abc import Collection, Mapping
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from guilds.enums import Archive, BelowMinimum
from guilds.errors import NotAllowed, Refused
from guilds.models import MAX_PLAYERS_LIMIT, MAX_REMINDERS, RULES_LENGTH, Channel, Guild, Member
from guilds.permissions import (
    can_administer,
    can_configure_channel,
    check_may_speak,
    standing_of,
)
from guilds.rules import LONGEST_GAME_MINUTES, LONGEST_REMINDER_MINUTES
from guilds.selectors import get_postable_channel
from guilds.text import is_visible
from when import is_zone

log = structlog.get_logger(__name__)

DEFAULTS = frozenset({"max_players", "reminder_minutes", "default_rules", "duration_minutes"})
GUILD_SETTINGS = DEFAULTS | {
    "archive",
    "archive_after_minutes",
    "archive_channel_id",
    "below_minimum",
    "decide_minutes",
    "host_role_ids",
    "locale",
    "manager_role_ids",
    "may_post_read_only",
    "mention_unreachable",
    "remind_by_dm",
    "timezone",
}
ROLE_SETTINGS = ("manager_role_ids", "host_role_ids")
CHANNEL_SETTINGS = DEFAULTS | {"game_category", "is_active"}


@transaction.atomic
def configure_guild(*, member: Member, values: Mapping[str, Any]) -> Guild:
    """Set some of `GUILD_SETTINGS`; None unsets a default. Existing games do not change.

    Raises `NotAllowed`, and `Refused` with the field.
    """
    check_may_configure_guild(member)
    guild = Guild.objects.select_for_update(no_key=True).get(id=member.guild_id)
    archive_channel_id = guild.archive_channel_id
    roles = {name: set(getattr(guild, name)) for name in ROLE_SETTINGS}
    _set(guild, values, GUILD_SETTINGS)
    if guild.timezone and not is_zone(guild.timezone):
        raise Refused(_("I do not know that time zone. Try Europe/Berlin."), field="timezone")
    _check_roles(guild, values, roles)
    _check_choices(guild)
    if guild.archive_channel_id:
        # One that was deleted since is no reason to refuse other settings.
        if guild.archive_channel_id != archive_channel_id:
            get_postable_channel(guild, guild.archive_channel_id)
    elif guild.archive == Archive.MOVE:
        raise Refused(_("Choose the channel for finished games too."), field="archive_channel_id")
    guild.save(update_fields=[*GUILD_SETTINGS])
    # Who may host and manage is told in full; of the rest, that it changed.
    roles = {name: values[name] for name in sorted({*ROLE_SETTINGS} & values.keys())}
    log.info(
        "guild_configured",
        guild_id=guild.id,
        user_id=member.user_id,
        settings=sorted(values),
        **roles,
    )
    return guild


def check_may_configure_guild(member: Member) -> None:
    if not can_administer(standing_of(member, member.guild)):
        check_may_speak(member)
        raise NotAllowed(_("Only those who manage this server can change its settings."))


def check_may_configure_channel(member: Member) -> None:
    if not can_configure_channel(standing_of(member, member.guild)):
        check_may_speak(member)
        raise NotAllowed(_("Only those who manage channels can change a channel's settings."))


@transaction.atomic
def configure_channel(*, member: Member, channel_id: int, values: Mapping[str, Any]) -> Channel:
    """Set some of `CHANNEL_SETTINGS`; None unsets an override.

    Raises `NotAllowed`, `NotFound`, and `Refused` with the field.
    """
    check_may_configure_channel(member)
    channel = get_postable_channel(member.guild, channel_id, is_locked=True)
    _set(channel, values, CHANNEL_SETTINGS)
    category = channel.game_category
    channel.game_category = " ".join(category.split()) if is_visible(category) else ""
    if len(channel.game_category) > 50:
        raise Refused(_("A category has at most 50 characters."), field="game_category")
    # Only these fields: the gateway's mirror may be writing the others.
    channel.save(update_fields=[*CHANNEL_SETTINGS])
    return channel


def _set(place: Guild | Channel, values: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if unknown := values.keys() - allowed:
        raise ValueError(f"not a setting: {sorted(unknown)}")
    for name, value in values.items():
        is_text = name in {"default_rules", "game_category", "timezone", "locale"}
        setattr(place, name, "" if is_text and value is None else value)
    _check_defaults(place)


def _check_defaults(place: Guild | Channel) -> None:
    if place.max_players is not None and not 1 <= place.max_players <= MAX_PLAYERS_LIMIT:
        raise Refused(
            _("A game has 1 to %(most)d players.") % {"most": MAX_PLAYERS_LIMIT},
            field="max_players",
        )
    if len(place.default_rules) > RULES_LENGTH:
        raise Refused(
            _("Rules have at most %(most)d characters.") % {"most": RULES_LENGTH},
            field="default_rules",
        )
    minutes = place.duration_minutes
    if minutes is not None and not 1 <= minutes <= LONGEST_GAME_MINUTES:
        raise Refused(_("A game lasts from 1 minute to 7 days."), field="duration_minutes")
    if place.reminder_minutes is not None:
        place.reminder_minutes = clean_reminders(place.reminder_minutes)


def clean_reminders(reminders: Collection[int]) -> list[int]:
    """Sort minutes before the start, the earliest reminder first. Raises `Refused`."""
    is_in_range = all(1 <= minutes <= LONGEST_REMINDER_MINUTES for minutes in reminders)
    if len(reminders) > MAX_REMINDERS or not is_in_range:
        raise Refused(
            _("Up to 5 reminders, each 1 minute to 30 days before."), field="reminder_minutes"
        )
    return sorted(set(reminders), reverse=True)


def _check_choices(guild: Guild) -> None:
    if guild.archive not in Archive.values:
        raise Refused(_("Choose what happens to finished games."), field="archive")
    if guild.below_minimum not in BelowMinimum.values:
        raise Refused(
            _("Choose what happens to games with too few players."), field="below_minimum"
        )
    if not 1 <= guild.decide_minutes <= LONGEST_GAME_MINUTES:
        raise Refused(
            _("The host can be asked 1 minute to 7 days before the start."), field="decide_minutes"
        )
    check_archive_after(guild.archive_after_minutes)


def check_archive_after(minutes: int) -> None:
    """Check how long after a game's end its announcement is archived. Raises `Refused`."""
    if not 1 <= minutes <= LONGEST_GAME_MINUTES:
        raise Refused(_("Enter between 1 minute and 7 days."), field="archive_after_minutes")


def _check_roles(guild: Guild, values: Mapping[str, Any], before: Mapping[str, set[int]]) -> None:
    """Check that roles are the guild's. Those chosen `before` may stay, though deleted since."""
    known = None
    for name in ROLE_SETTINGS:
        if name in values:
            known = known or set(guild.roles.values_list("id", flat=True))
            if not set(values[name]) <= known | before[name]:
                raise Refused(_("That role is not one of this server's."), field=name)
            if name == "manager_role_ids" and guild.id in values[name]:
                raise Refused(_("Not everyone can be a manager."), field=name)
