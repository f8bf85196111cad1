"""The form of a template: an empty field means "as the channel or server has it"."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import SignupMethod
from games.fields import BY_COLUMN, FIELDS
from games.forms.choices import Choices
from games.forms.fields import PHRASE_LENGTH, RolesField, form_field
from games.forms.new_game import without_id
from games.forms.preset import ROLE_FIELDS, PresetForm, initial_value
from games.models import Template
from games.typed.values import read_duration
from guilds.enums import Archive
from when import write_length


class TemplateForm(PresetForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=50,
        error_messages={"required": gettext_lazy("The template needs a name.")},
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("Use this template by default"), required=False
    )
    signup_closes = forms.CharField(
        label=gettext_lazy("Sign-up closes, before the start"),
        max_length=PHRASE_LENGTH,
        required=False,
    )
    host_role_ids = RolesField(label=gettext_lazy("Who may use it"), required=False)
    archive = forms.ChoiceField(label=BY_COLUMN["archive"].label, required=False)
    archive_channel = forms.ChoiceField(
        label=BY_COLUMN["archive_channel_id"].label,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("That channel is not one of this server's.")
        },
    )
    archive_after = form_field(BY_COLUMN["archive_after_minutes"])
    locked_fields = forms.MultipleChoiceField(
        label=gettext_lazy("What hosts may not change"), required=False
    )

    ROLES = (*ROLE_FIELDS, "host_role_ids")

    def _offer(self, choices: Choices) -> None:
        super()._offer(choices)
        channels = self.fields["channel"].choices  # type: ignore[attr-defined]
        self.fields["channel"].required = False
        as_server = ("", _("Use the server's setting"))
        for name, nothing in (
            ("channel", ("", _("The host chooses"))),
            ("archive_channel", as_server),
        ):
            gone = choices.find_gone_channel(self.initial.get(name))
            kept = [(str(gone.id), gone.label)] if gone else []
            self.fields[name].choices = [  # type: ignore[attr-defined]
                nothing,
                *channels,
                *kept,
            ]
        self.fields["archive"].choices = [as_server, *Archive.choices]  # type: ignore[attr-defined]
        self.fields["signup_method"].choices = [  # type: ignore[attr-defined]
            ("", _("Default: %(method)s") % {"method": SignupMethod.SELF.label}),
            *SignupMethod.choices,
        ]
        self.fields["locked_fields"].choices = [  # type: ignore[attr-defined]
            (field.lock, field.label) for field in FIELDS if field.is_lockable
        ]

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        return {
            **super()._readers(),
            "signup_closes": lambda text: read_duration(text) if text else None,
        }

    def _check_roles(self) -> None:
        """Check nothing: those who edit templates may have any role mentioned."""

    def values(self) -> dict[str, Any]:
        """Return the values by column for `save_template`. The form must be valid."""
        values = {field.column: self.value_of(field) for field in self.rows()}
        for name, value in values.items():
            if isinstance(value, tuple):
                values[name] = list(value)
        cleaned = self.cleaned_data
        return values | {
            "name": cleaned["name"],
            "is_default": cleaned["is_default"],
            "signup_closes_minutes": cleaned["signup_closes"],
            "slots": [without_id(slot) for slot in cleaned["slots"]],
            "host_role_ids": list(cleaned["host_role_ids"]),
            "locked_fields": list(cleaned["locked_fields"]),
        }


def initial_of_template(template: Template, choices: Choices) -> Mapping[str, Any]:
    """Return the form's texts for the template as it stands."""
    values: dict[str, Any] = {}
    for field in FIELDS:
        if field.is_preset and not field.distance:
            values |= initial_value(field, getattr(template, field.column), choices)
    closes = template.signup_closes_minutes
    return values | {
        "form_id": uuid4(),
        "name": template.name,
        "is_default": template.is_default,
        "signup_closes": "" if closes is None else write_length(closes),
        "host_role_ids": choices.known_roles(template.host_role_ids),
        "locked_fields": template.locked_fields,
    }
