"""The form of a new game.

An empty field takes the value of template, channel or server, and shows it with its source.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.defaults import locked_columns
from games.enums import SignupMethod
from games.fields import BY_COLUMN, FIELDS, Field, Kind, name_of
from games.forms.choices import Choices
from games.forms.fields import ROLE_KINDS, text_rows
from games.forms.game import GameForm
from games.forms.preset import NO_COLOR, initial_value
from games.forms.repeat import RepeatFields
from games.models import Template
from games.new_game import NewGame, basis_of
from games.typed.fields import WORDS, write_value
from games.typed.game import TypedGame
from games.typed.repeat_offers import OFFERS
from guilds.errors import Refused
from guilds.models import Channel
from guilds.permissions import can_administer, standing_of
from guilds.rules import Setting
from guilds.settings.fields import ZoneField
from guilds.typed_values import read_zone
from when import Moved, Reading, write_length

# The fields that a template fills in, since choices cannot show a default as a placeholder.
PRESET = tuple(f for f in FIELDS if f.kind in ROLE_KINDS | {Kind.SLOTS})


class NewGameForm(RepeatFields, GameForm):
    template = forms.ChoiceField(
        label=BY_COLUMN["template_id"].label,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("That template does not exist on this server.")
        },
    )

    # Where neither the person, the browser nor the server says it.
    own_zone = ZoneField(
        label=gettext_lazy("Your time zone"),
        help_text=gettext_lazy("A city or a name, like Berlin or EST. It is kept for you."),
    )
    zone_for_server = forms.BooleanField(
        label=gettext_lazy("It is this server’s time zone too"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        choices: Choices,
        template: Template | None,
        channel: Channel | None,
        zone: str,
        now: datetime,
        initial: Mapping[str, Any],
        moved: Mapping[str, Moved] | None = None,
    ) -> None:
        self.asks_zone = not zone
        zone = zone or _zone_in(data) or "UTC"
        super().__init__(data, choices=choices, zone=zone, now=now, initial=initial, moved=moved)
        self._ask_zone()
        self.basis = basis_of(channel, template) if channel else None
        self.chosen_template = template
        offered = [(str(each.id), each.name) for each in choices.templates]
        if choices.may_host_freely:
            offered.insert(0, ("", _("Without a template")))
        self.fields["template"].choices = offered  # type: ignore[attr-defined]
        self._show_defaults()
        self.lock([name_of(column) for column in locked_columns(template)])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        preset = self.chosen_template.title if self.chosen_template else ""
        if not values.get("title") and not preset and "title" not in self.errors:
            self.add_error("title", _("The title is empty."))
        if self.start is not None and self.start.when is not None:
            self.read_rule(self.start.when.astimezone(ZoneInfo(self.start.zone)).date())
            self._check_zone(self.start)
        return values

    def _ask_zone(self) -> None:
        """Keep the questions about the zone only where they must be asked."""
        member = self.choices.member
        may_set = not member.guild.timezone and can_administer(standing_of(member, member.guild))
        if not self.asks_zone:
            del self.fields["own_zone"]
        if not (self.asks_zone and may_set):
            del self.fields["zone_for_server"]

    def _check_zone(self, start: Reading) -> None:
        """Add an error to a time that has no meaning without the zone; a series always needs it."""
        is_needed = start.is_local or (self.rule is not None and start.zone == self.clock)
        if is_needed and not self.cleaned_data.get("own_zone", "there is one"):
            self.add_error("own_zone", _("On whose clock is that? Say your time zone."))

    def _show_defaults(self) -> None:
        defaults = self.basis.defaults if self.basis else {}
        for field in self.rows():
            setting = defaults.get(field.column)
            if setting and field.kind in WORDS and setting.value not in (None, "", []):
                self._hint(field.name, write_value(field, setting.value), setting)
        method = defaults.get("signup_method")
        label = SignupMethod(method.value).label if method else ""
        self.fields["signup_method"].choices = [  # type: ignore[attr-defined]
            ("", _("As usual: %(method)s") % {"method": label}),
            *SignupMethod.choices,
        ]
        if self.chosen_template and self.chosen_template.signup_closes_minutes is not None:
            text = _("%(length)s before") % {
                "length": write_length(self.chosen_template.signup_closes_minutes)
            }
            self._hint("signup_closes_at", text, Setting("", "template"))

    def _hint(self, name: str, text: str, setting: Setting[Any]) -> None:
        field = self.fields[name]
        field.widget.attrs["placeholder"] = Truncator(text).chars(120)
        field.help_text = self._source(setting.source)

    def _source(self, source: str) -> str:
        """Say where the value shown comes from."""
        template, channel = self.chosen_template, self.basis.channel if self.basis else None
        return {
            "template": _("From the template “%(name)s”")
            % {"name": template.name if template else ""},
            "channel": _("From #%(name)s") % {"name": channel.name if channel else ""},
            "guild": _("From this server's settings"),
        }.get(source, _("Gamesched's own default"))

    def new_game(self) -> NewGame:
        """Return what was chosen. The form must be valid."""
        assert self.start is not None and self.start.when is not None
        chosen = {f.column: self.value_of(f) for f in self.rows() if f.kind != Kind.TEMPLATE}
        return NewGame(
            **chosen
            | {
                "template_id": self.chosen_template.id if self.chosen_template else None,
                "timezone": self.start.zone,
                "duration_minutes": chosen["duration_minutes"] or self.range_minutes(),
                "slots": tuple(without_id(slot) for slot in chosen["slots"]),
            },
            repeat=self.rule,
            carry_over=self.cleaned_data["carry_over"],
            ask_host=self.cleaned_data["ask_host"],
        )

    def value_of(self, field: Field) -> Any:
        """Return what was chosen, None if empty. A title stays a text: `clean` has checked it."""
        value = super().value_of(field)
        return None if value == "" and field.column != "title" else value


def _zone_in(data: Mapping[str, Any] | None) -> str:
    """Return the zone that was typed, if it is one; the field says so if it is not."""
    text = str((data or {}).get("own_zone") or "").strip()
    try:
        return read_zone(text) if text else ""
    except Refused:
        return ""


def without_id(slot: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slot.items() if name != "id"}


def initial_for(
    choices: Choices, template: Template | None, channel_id: int | None = None
) -> dict[str, Any]:
    """Return what an empty form shows, before anything is typed."""
    return {
        "form_id": uuid4(),
        "template": str(template.id) if template else "",
        "channel": _channel_for(choices, template, channel_id),
        "color": write_value(BY_COLUMN["color"], template.color if template else None) or NO_COLOR,
        **preset_of(choices, template),
    }


def initial_of_draft(typed: TypedGame) -> dict[str, str]:
    """Return what the form shows of a game typed on Discord: all of it, read or not."""
    texts = {
        field.name: getattr(typed, field.name)
        for field in FIELDS
        if field.in_command and field.kind in WORDS
    }
    is_offer = typed.repeat in OFFERS
    channel = {"channel": str(typed.channel_id)} if typed.channel_id else {}
    return (
        texts
        | channel
        | {
            "when": typed.when,
            "repeat": typed.repeat if is_offer else "",
            "repeat_text": "" if is_offer else typed.repeat,
        }
    )


def preset_of(choices: Choices, template: Template | None) -> dict[str, Any]:
    """Return the values that the template fills in."""
    if template is None:
        return {field.name: [] for field in PRESET}
    values: dict[str, Any] = {}
    for field in PRESET:
        values |= initial_value(field, getattr(template, field.column), choices)
    return values


def switched(
    typed: Mapping[str, Any], choices: Choices, old: Template | None, new: Template | None
) -> dict[str, Any]:
    """Return what was typed, after a change of the template.

    Values that the old template had filled in are replaced by the new one's. Values that the
    person changed stay.
    """
    before, after = initial_for(choices, old), initial_for(choices, new)
    kept = dict(typed) | {"template": after["template"]}
    for name in (*(field.name for field in PRESET), "channel", "color"):
        if _plain(typed.get(name)) == _plain(before[name]):
            kept[name] = after[name]
    return kept


def _plain(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return str(value or "")
    return [text_rows([each]) if isinstance(each, dict) else str(each) for each in value]


def _channel_for(choices: Choices, template: Template | None, channel_id: int | None) -> str:
    """Return the id of the template's channel, the one asked for, or the first the bot can use."""
    wanted = (template.channel_id if template else None, channel_id)
    found = next((c for c in map(choices.find_channel, wanted) if c), None)
    found = found or next((c for c in choices.channels if not c.missing), None)
    return str(found.channel.id) if found else ""
