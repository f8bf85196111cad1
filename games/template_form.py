"""The form of a template: an empty field means "as the channel or server has it"."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import SignupMethod
from games.form_choices import Choices
from games.form_fields import RolesField, text_rows
from games.game_form_new import without_id
from games.models import Template
from games.preset_form import PHRASE_LENGTH, ROLE_FIELDS, PresetForm
from games.services.template import LOCKABLE
from games.typed import read_duration
from guilds.enums import Archive
from when import write_length, write_reminders

_COLUMNS = {
    "archive_after": "archive_after_minutes",
    "archive_channel": "archive_channel_id",
    "channel": "channel_id",
    "duration": "duration_minutes",
    "remind": "reminder_minutes",
    "signup_closes": "signup_closes_minutes",
}
_AS_THEY_ARE = (
    "name", "is_default", "title", "description", "max_players", "min_players", "signup_method",
    "location", "category", "rules", "archive",
)  # fmt: skip


class TemplateForm(PresetForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=50,
        error_messages={"required": gettext_lazy("The template needs a name.")},
    )
    is_default = forms.BooleanField(label=gettext_lazy("Chosen when no other is"), required=False)
    signup_closes = forms.CharField(
        label=gettext_lazy("Sign-up closes, before the start"),
        max_length=PHRASE_LENGTH,
        required=False,
    )
    host_role_ids = RolesField(label=gettext_lazy("Who may announce with it"), required=False)
    archive = forms.ChoiceField(
        label=gettext_lazy("When the game is over, its post"), required=False
    )
    archive_channel = forms.ChoiceField(
        label=gettext_lazy("Archive channel"),
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("That channel is not one of this server's.")
        },
    )
    archive_after = forms.CharField(
        label=gettext_lazy("Archive after"), max_length=PHRASE_LENGTH, required=False
    )
    locked_fields = forms.MultipleChoiceField(
        label=gettext_lazy("What hosts may not change"), required=False
    )

    ROLES = (*ROLE_FIELDS, "host_role_ids")

    def _offer(self, choices: Choices) -> None:
        super()._offer(choices)
        channels = self.fields["channel"].choices  # type: ignore[attr-defined]
        self.fields["channel"].required = False
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            ("", _("The host chooses")),
            *channels,
        ]
        as_server = ("", _("As the server has it"))
        self.fields["archive_channel"].choices = [  # type: ignore[attr-defined]
            as_server,
            *channels,
        ]
        self.fields["archive"].choices = [as_server, *Archive.choices]  # type: ignore[attr-defined]
        self.fields["signup_method"].choices = [  # type: ignore[attr-defined]
            ("", _("As usual: %(method)s") % {"method": SignupMethod.SELF.label}),
            *SignupMethod.choices,
        ]
        self.fields["locked_fields"].choices = [  # type: ignore[attr-defined]
            (column, self._label(column)) for column in LOCKABLE
        ]

    def _label(self, column: str) -> str:
        names = {column: name for name, column in _COLUMNS.items()}
        return str(self.fields[names.get(column, column)].label)

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        lengths = ("signup_closes", "archive_after")
        return {
            **super()._readers(),
            **{name: lambda text: read_duration(text) if text else None for name in lengths},
        }

    def _check_roles(self) -> None:
        """Who may edit templates may have anybody mentioned."""

    def values(self) -> dict[str, Any]:
        """By column, for `save_template`; the form must be valid."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {name: cleaned[name] for name in _AS_THEY_ARE}
        values |= {column: cleaned[name] for name, column in _COLUMNS.items()}
        for column in ("channel_id", "archive_channel_id"):
            values[column] = int(values[column]) if values[column] else None
        if values["reminder_minutes"] is not None:
            values["reminder_minutes"] = list(values["reminder_minutes"])
        values |= {name: list(cleaned[name]) for name in (*self.ROLES, "locked_fields")}
        return values | {
            "slots": [without_id(slot) for slot in cleaned["slots"]],
            "color": self.color_value(),
            "image_id": self.image_value(),
        }


def initial_of_template(template: Template, choices: Choices) -> Mapping[str, Any]:
    """The form's texts for the template as it stands."""
    texts = {name: getattr(template, name) for name in _AS_THEY_ARE}
    minutes = {
        name: "" if getattr(template, column) is None else write_length(getattr(template, column))
        for name, column in _COLUMNS.items()
        if column.endswith("_minutes") and name != "remind"
    }
    remind = template.reminder_minutes
    return {
        "form_id": uuid4(),
        **{name: "" if value is None else value for name, value in texts.items()},
        **minutes,
        "remind": "" if remind is None else write_reminders(remind),
        "channel": str(template.channel_id or ""),
        "archive_channel": str(template.archive_channel_id or ""),
        **{name: choices.known_roles(getattr(template, name)) for name in TemplateForm.ROLES},
        "slots": text_rows(template.slots),
        "has_color": template.color is not None,
        "color": f"#{template.color:06x}" if template.color is not None else "#4f42d6",
        "image": template.image_id,
        "locked_fields": template.locked_fields,
    }
