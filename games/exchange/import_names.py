"""Names in a file that only a server can read: its roles, templates, channels, pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from games.exchange.own.cells import EVERYBODY, read_slots
from games.fields import BY_COLUMN, Field, Kind
from games.forms.choices import Choices
from games.models import Image
from games.typed.fields import read_value
from guilds.errors import Refused

MOST_ROLES = 50


@dataclass
class Reader:
    """Reads what a line has written. `notes` say what the server has not, and is left out."""

    choices: Choices
    notes: list[str] = field(default_factory=list)

    def read(self, written: Mapping[str, str]) -> dict[str, Any]:
        """Return values by column. Raises `Refused`, naming the field."""
        values = {name: self._value(BY_COLUMN[name], text) for name, text in written.items()}
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, field: Field, text: str) -> Any:
        readers: Mapping[Kind, Callable[[Field, str], Any]] = {
            Kind.SLOTS: lambda _field, text: tuple(read_slots(text)),
            Kind.ROLES: self._roles,
            Kind.RANKED_ROLES: self._roles,
            Kind.IMAGE: self._image,
            Kind.TEMPLATE: self._template,
            Kind.CHANNEL: self._channel,
        }
        return readers.get(field.kind, read_value)(field, text)

    def _roles(self, field: Field, text: str) -> tuple[int, ...]:
        names = [name.strip() for name in text.split(";") if name.strip()]
        if len(names) > MOST_ROLES:
            raise Refused(_("Those are too many roles."), field=field.name)
        found = tuple(self._role(field, name) for name in names)
        if field.column == "notify_role_ids" and found and not self.choices.may_notify:
            raise Refused(_("You may not have that role mentioned."), field=field.name)
        return found

    def _role(self, field: Field, name: str) -> int:
        guild_id = self.choices.member.guild_id
        if name == EVERYBODY:
            return guild_id
        wanted = name.removeprefix("@").casefold()
        named = [one.id for one in self.choices.roles if one.name.strip().casefold() == wanted]
        found = [one.id for one in self.choices.roles if str(one.id) == wanted] or named
        if len(found) != 1:
            raise Refused(
                _("“%(name)s” is not one role of this server.") % {"name": name[:100]},
                field=field.name,
            )
        return found[0]

    def _image(self, field: Field, text: str) -> str | None:
        try:
            image_id = UUID(text)
        except ValueError as error:
            raise Refused(_("That is no picture."), field=field.name) from error
        if Image.objects.filter(id=image_id, guild_id=self.choices.member.guild_id).exists():
            return str(image_id)
        self.notes.append(_("Its picture is not on this server and is skipped."))
        return None

    def _template(self, _field: Field, text: str) -> int | None:
        wanted = text.strip().casefold()
        for template in self.choices.templates:
            if wanted in {template.name.casefold(), str(template.id)}:
                return template.id
        self.notes.append(
            _("There is no template “%(name)s” on this server; it is created without.")
            % {"name": text[:50]}
        )
        return None

    def _channel(self, field: Field, text: str) -> int | None:
        wanted = text.strip().removeprefix("#").casefold()
        for choice in self.choices.channels:
            if wanted in {choice.channel.name.casefold(), str(choice.channel.id)}:
                return choice.channel.id
        self.notes.append(
            _("There is no channel “%(name)s” on this server for its archive.")
            % {"name": text[:100]}
        )
        return None
