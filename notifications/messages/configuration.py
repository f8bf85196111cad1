"""Settings of a server, a channel and a person as lines: each value, and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guilds.enums import Permission
from guilds.permissions import permission_names
from notifications.messages import limits
from notifications.messages.custom_ids import RolesAction, RolesSelect
from notifications.messages.markdown import escape_line
from notifications.messages.wording import Message, link, row
from when import length_in_words

COLOR = 0x3BA55D
ROLE_SELECT = 6
VALUE_ROOM = 300


@dataclass(frozen=True)
class Shown:
    """One setting and its value. `source` is `here`, `guild` or `default`; empty says nothing."""

    name: str
    value: str
    source: str = ""


def guild_settings(
    shown: Sequence[Shown],
    *,
    guild_name: str,
    manager_role_ids: Sequence[int],
    host_role_ids: Sequence[int],
    said: str,
) -> Message:
    """Show the server's settings, with the selects for its roles, below `said`."""
    managers = _role_select(
        "managers", _("Who manages all games (besides admins)"), manager_role_ids
    )
    hosts = _role_select(
        "hosts", _("Who may announce games (no role chosen: everyone)"), host_role_ids
    )
    heading = _("Settings of %(server)s") % {"server": escape_line(guild_name)}
    return {
        "content": said,
        "embeds": [_embed(heading, shown)],
        "components": [row(managers), row(hosts)],
    }


def channel_settings(
    shown: Sequence[Shown], *, channel_name: str, missing: Permission, said: str
) -> Message:
    """Show the channel's settings, and the permissions the bot lacks to announce games there."""
    heading = _("Settings of #%(channel)s") % {"channel": escape_line(channel_name)}
    embed = _embed(heading, shown)
    if missing:
        embed["fields"] = [
            {
                "name": _("I can't announce games there"),
                "value": _("I lack: %(permissions)s. Allow me that in the channel's settings.")
                % {"permissions": permission_names(missing)},
                "inline": False,
            }
        ]
    return {"content": said, "embeds": [embed], "components": []}


def personal_settings(shown: Sequence[Shown], *, is_saved: bool) -> Message:
    buttons = row(
        link(_("Calendar and my data"), f"{settings.SITE_URL}/settings/"),
        link(_("My games"), f"{settings.SITE_URL}/games/"),
    )
    embed = _embed(_("Your settings, on every server"), shown)
    said = _("Saved.") if is_saved else ""
    return {"content": said, "embeds": [embed], "components": [buttons]}


def reminders(minutes: Sequence[int]) -> str:
    if not minutes:
        return _("none")
    return _("%(list)s before") % {"list": ", ".join(length_in_words(count) for count in minutes)}


def yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def quoted(text: str) -> str:
    return limits.fit(text, VALUE_ROOM, escape=escape_line) or "–"


def _embed(heading: str, shown: Sequence[Shown]) -> Message:
    sources = {
        "here": _("set here"),
        "guild": _("from the server"),
        "default": _("from default"),
    }
    lines = []
    for one in shown:
        line = f"**{one.name}**: {one.value}"
        if one.source:
            line += f" · *{sources[one.source]}*"
        lines.append(line)
    return {
        "title": limits.fit(heading, limits.EMBED_TITLE),
        "color": COLOR,
        "description": limits.join_lines(lines, limits.EMBED_DESCRIPTION),
    }


def _role_select(kind: RolesAction, placeholder: str, role_ids: Sequence[int]) -> Message:
    return {
        "type": ROLE_SELECT,
        "custom_id": RolesSelect(kind).custom_id,
        "placeholder": placeholder,
        "min_values": 0,
        "max_values": limits.SELECT_OPTIONS,
        "default_values": [
            {"id": str(role_id), "type": "role"} for role_id in role_ids[: limits.SELECT_OPTIONS]
        ],
    }
