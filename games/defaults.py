"""The defaults of a new game, and the fields that a template locks."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from games.fields import FIELDS, Field, name_of
from games.models import Template
from guilds.errors import Refused
from guilds.models import Channel
from guilds.rules import Setting, inherit


def defaults_for(channel: Channel, template: Template | None) -> dict[str, Setting[Any]]:
    """Return the default of each field by column, with the layer it comes from."""
    return {
        field.column: _default(field, channel, template) for field in FIELDS if field.has_default
    }


def _default(field: Field, channel: Channel, template: Template | None) -> Setting[Any]:
    layers: dict[str, Any] = {}
    if field.guild_setting:
        layers["guild"] = getattr(channel.guild, field.guild_setting)
    if field.channel_setting:
        layers["channel"] = getattr(channel, field.channel_setting)
    if template is not None:
        layers["template"] = getattr(template, field.column)
    return inherit(field.empty, **layers)


def locked_columns(template: Template | None) -> list[str]:
    """Return the columns the host may not choose.

    A locked title or channel without a preset stays open, since a game needs one. So does a locked
    channel in which no game can be announced any more.
    """
    if template is None:
        return []
    locked = [f.column for f in FIELDS if f.is_lockable and f.lock in template.locked_fields]
    needed = {"title": template.title, "channel_id": template.usable_channel_id}
    return [column for column in locked if needed.get(column, True)]


def check_locks(
    chosen: Mapping[str, Any], template: Template | None, defaults: Mapping[str, Setting[Any]]
) -> None:
    """Raise `Refused` if a chosen value differs from the locked one. None means not chosen."""
    for column in locked_columns(template):
        preset = defaults[column].value if column in defaults else getattr(template, column, None)
        value = list(chosen[column]) if isinstance(chosen[column], tuple) else chosen[column]
        if value is not None and value != preset:
            raise locked(column, template)


def locked(column: str, template: Template | None) -> Refused:
    return Refused(
        _("The template “%(template)s” does not let hosts change that.")
        % {"template": template.name if template else ""},
        field=name_of(column),
    )
