"""The form of a new game: an empty field takes what template, channel or server has, and shows
that and where it comes from."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import SignupMethod
from games.form_choices import Choices
from games.form_fields import text_rows
from games.game_form import GameForm
from games.inheritance import FIELD_NAMES, defaults_for, locked_columns
from games.models import Template
from games.preset_form import ROLE_FIELDS
from games.repeat_form import RepeatFields
from games.services.game import NewGame
from guilds.models import Channel
from guilds.rules import Setting
from when import write_length, write_reminders

# Chosen with the template; shown filled in, since there is no placeholder for a choice.
PRESET = ("slots", "notify_role_ids", "player_role_ids", "priority_role_ids")
_WRITERS: dict[str, Callable[[Any], str]] = {
    "duration_minutes": write_length,
    "reminder_minutes": write_reminders,
}
_TEXTS = (
    "category", "description", "duration_minutes", "location", "max_players", "min_players",
    "reminder_minutes", "rules",
)  # fmt: skip


class NewGameForm(RepeatFields, GameForm):
    template = forms.ChoiceField(
        label=gettext_lazy("Template"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("That template does not exist on this server.")
        },
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
    ) -> None:
        super().__init__(data, choices=choices, zone=zone, now=now, initial=initial)
        self.chosen_template, self.chosen_channel = template, channel
        offered = [(str(each.id), each.name) for each in choices.templates]
        if choices.may_host_freely:
            offered.insert(0, ("", _("Without a template")))
        self.fields["template"].choices = offered  # type: ignore[attr-defined]
        self.inherited = defaults_for(channel, template) if channel else {}
        self._show_inherited()
        self.lock([FIELD_NAMES.get(name, name) for name in locked_columns(template)])

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        preset = self.chosen_template.title if self.chosen_template else ""
        if not values.get("title") and not preset and "title" not in self.errors:
            self.add_error("title", _("The title is empty."))
        if self.start is not None and self.start.when is not None:
            self.read_rule(self.start.when.astimezone(ZoneInfo(self.start.zone)).date())
        return values

    def _show_inherited(self) -> None:
        for column in _TEXTS:
            setting = self.inherited.get(column)
            if setting and setting.value not in (None, "", []):
                write: Callable[[Any], str] = _WRITERS.get(column, str)
                self._hint(FIELD_NAMES.get(column, column), str(write(setting.value)), setting)
        method = self.inherited.get("signup_method")
        label = SignupMethod(method.value).label if method else ""
        self.fields["signup_method"].choices = [  # type: ignore[attr-defined]
            ("", _("As usual: %(method)s") % {"method": label}),
            *SignupMethod.choices,
        ]
        if self.chosen_template and self.chosen_template.title:
            self._hint("title", self.chosen_template.title, Setting("", "template"))
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
        """Where the value shown comes from."""
        template, channel = self.chosen_template, self.chosen_channel
        return {
            "template": _("From the template “%(name)s”")
            % {"name": template.name if template else ""},
            "channel": _("From #%(name)s") % {"name": channel.name if channel else ""},
            "guild": _("From this server's settings"),
        }.get(source, _("Gamesched's own default"))

    def new_game(self) -> NewGame:
        """What was chosen; the form must be valid."""
        values = self.cleaned_data
        assert self.start is not None and self.start.when is not None
        return NewGame(
            channel_id=int(values["channel"]),
            template_id=self.chosen_template.id if self.chosen_template else None,
            title=values["title"],
            starts_at=self.start.when,
            timezone=self.start.zone,
            duration_minutes=values["duration"] or self.range_minutes(),
            min_players=values["min_players"],
            max_players=values["max_players"],
            description=values["description"] or None,
            location=values["location"] or None,
            rules=values["rules"] or None,
            category=values["category"] or None,
            reminder_minutes=values["remind"],
            signup_method=values["signup_method"] or None,
            signup_closes_at=values["signup_closes_at"],
            post_at=values["post_at"],
            slots=tuple(without_id(slot) for slot in values["slots"]),
            notify_role_ids=values["notify_role_ids"],
            player_role_ids=values["player_role_ids"],
            priority_role_ids=values["priority_role_ids"],
            color=self.color_value(),
            image_id=self.image_value(),
            repeat=str(self.rule or ""),
            carry_over=values["carry_over"],
            ask_host=values["ask_host"],
        )


def without_id(slot: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slot.items() if name != "id"}


def initial_for(
    choices: Choices, template: Template | None, channel_id: int | None = None
) -> dict[str, Any]:
    """What an empty form shows filled in, before anything is typed."""
    return {
        "form_id": uuid4(),
        "template": str(template.id) if template else "",
        "channel": _channel_for(choices, template, channel_id),
        "color": f"#{template.color:06x}" if template and template.color is not None else "#4f42d6",
        **preset_of(choices, template),
    }


def preset_of(choices: Choices, template: Template | None) -> dict[str, Any]:
    """What a template fills in."""
    if template is None:
        return {name: [] for name in PRESET}
    roles = {name: choices.known_roles(getattr(template, name)) for name in ROLE_FIELDS}
    return {"slots": text_rows(template.slots), **roles}


def switched(
    typed: Mapping[str, Any], choices: Choices, old: Template | None, new: Template | None
) -> dict[str, Any]:
    """What was typed, with what the old template had filled in replaced by what the new one does.

    Whatever the person changed themselves stays.
    """
    before, after = initial_for(choices, old), initial_for(choices, new)
    kept = dict(typed) | {"template": after["template"]}
    for name in (*PRESET, "channel", "color"):
        if _plain(typed.get(name)) == _plain(before[name]):
            kept[name] = after[name]
    return kept


def _plain(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        return str(value or "")
    return [text_rows([each]) if isinstance(each, dict) else str(each) for each in value]


def _channel_for(choices: Choices, template: Template | None, channel_id: int | None) -> str:
    """The template's channel, the one asked for, or the first in which I may announce."""
    wanted = (template.channel_id if template else None, channel_id)
    found = next((c for c in map(choices.find_channel, wanted) if c), None)
    found = found or next((c for c in choices.channels if not c.missing), None)
    return str(found.channel.id) if found else ""
