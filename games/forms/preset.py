"""The fields that the forms of games and templates share.

Forms never save. An error stands beside its field, and everything typed is kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.enums import SignupMethod
from games.fields import BY_COLUMN, FIELDS, Field, Kind
from games.forms.choices import Choices
from games.forms.fields import ROLE_KINDS, text_rows, with_fields
from games.models import MAX_PRIORITY_ROLES
from games.typed.fields import WORDS, read_value, write_value
from guilds.errors import Refused

INCOMPLETE = gettext_lazy("That form was incomplete. Please try once more.")
ROLE_FIELDS = tuple(field.name for field in FIELDS if field.kind in ROLE_KINDS)
NO_COLOR = "#4f42d6"


class ColorInput(forms.TextInput):
    input_type = "color"


@with_fields(f for f in FIELDS if f.is_preset and f.is_chosen and not f.distance)
class PresetForm(forms.Form):
    """The fields that a template presets. Declared here are those that need more than their row."""

    field_order = tuple(field.name for field in FIELDS)

    form_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE},
    )
    channel = forms.ChoiceField(
        label=BY_COLUMN["channel_id"].label,
        error_messages={
            "required": gettext_lazy("Choose the channel."),
            "invalid_choice": gettext_lazy("That channel is not one of this server's."),
        },
    )
    signup_method = forms.ChoiceField(
        label=BY_COLUMN["signup_method"].label,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose how people sign up.")},
    )
    has_color = forms.BooleanField(label=gettext_lazy("A colour of its own"), required=False)
    color = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}$",
        label=BY_COLUMN["color"].label,
        required=False,
        widget=ColorInput,
        error_messages={"invalid": gettext_lazy("Write a colour like #4f42d6.")},
    )
    image = forms.UUIDField(
        label=BY_COLUMN["image_id"].label,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": gettext_lazy("That picture is not one of this server's.")},
    )
    image_remove = forms.BooleanField(label=gettext_lazy("Without a picture"), required=False)
    image_upload = forms.FileField(
        label=BY_COLUMN["image_id"].label,
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )

    ROLES: ClassVar[Sequence[str]] = ROLE_FIELDS

    def __init__(self, data: Any = None, *, choices: Choices, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.choices = choices
        self._offer(choices)
        for field in self.rows():
            if field.kind == Kind.NUMBER:
                self.fields[field.name].widget.attrs["inputmode"] = "numeric"
        for name in self.texts():
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def rows(self) -> Iterator[Field]:
        """Yield the fields of a game that this form has."""
        return (field for field in FIELDS if field.name in self.fields)

    def texts(self) -> Iterator[str]:
        """Yield the names of text fields that browsers must not fill in."""
        kinds = {Kind.LINE, Kind.LENGTH, Kind.REMINDERS, Kind.MOMENT}
        return (field.name for field in self.rows() if field.kind in kinds)

    def _offer(self, choices: Choices) -> None:
        roles = [(str(role.id), role.name) for role in choices.roles]
        everyone = (str(choices.member.guild_id), "@everyone")
        for name in self.ROLES:
            offered = [everyone, *roles] if name == "notify_role_ids" else roles
            chosen = {int(role_id) for role_id in self.initial.get(name) or ()}
            others = [(str(r.id), r.label) for r in choices.other_roles if r.id in chosen]
            self.fields[name].choices = [*offered, *others]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (str(choice.channel.id), choice.channel.name) for choice in choices.channels
        ]
        self.fields["signup_method"].choices = SignupMethod.choices  # type: ignore[attr-defined]

    @property
    def request_key(self) -> str:
        """The key of this person's submission: a form sent twice has one key."""
        member = self.choices.member
        form_id: UUID = self.cleaned_data["form_id"]
        return f"f:{uuid5(form_id, f'{member.user_id}:{member.guild_id}:{self._about()}')}"

    def _about(self) -> str:
        return "new"

    def lock(self, names: Sequence[str]) -> None:
        """Disable the fields that the template locks: they are shown, but not read."""
        for name in names:
            if name in self.fields:
                self.fields[name].disabled = True

    # --- Reading -----------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        for name, read in self._readers().items():
            if name in self.cleaned_data and not self.is_untouched(name):
                self._read(name, read)
        self._check_channel()
        self._check_roles()
        return self.cleaned_data

    def is_untouched(self, name: str) -> bool:
        """Whether the field is as the form showed it, so that it need not be read."""
        return False

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        words = WORDS - {Kind.LINE, Kind.TEXT}  # those are used as typed
        return {
            field.name: partial(read_value, field) for field in self.rows() if field.kind in words
        }

    def _read(self, name: str, read: Callable[[str], Any]) -> None:
        try:
            self.cleaned_data[name] = read(self.cleaned_data[name])
        except Refused as refused:
            self.add_error(name, refused.message)

    def _check_channel(self) -> None:
        choice = self.choices.find_channel(int(self.cleaned_data.get("channel") or 0))
        if choice and choice.missing and not self.is_untouched("channel"):
            self.add_error(
                "channel",
                _("I can't announce in that channel: I lack %(permissions)s there.")
                % {"permissions": choice.missing},
            )

    def _check_roles(self) -> None:
        """Check the right to have roles mentioned, which roles mentioned anyway do not need."""
        wanted = set(self.cleaned_data.get("notify_role_ids") or ())
        shown = {int(role_id) for role_id in self.initial.get("notify_role_ids") or ()}
        if wanted - shown and not self.choices.may_notify:
            self.add_error("notify_role_ids", _("You may not have that role mentioned."))
        if len(self.cleaned_data.get("priority_role_ids") or ()) > MAX_PRIORITY_ROLES:
            self.add_error("priority_role_ids", _("At most 8 roles can come first."))

    def refuse(self, refused: Refused) -> None:
        """Put a service's refusal beside the field it is about."""
        name = {"timezone": "when", "starts_at": "when"}.get(refused.field, refused.field)
        self.add_error(name if name in self.fields else None, refused.message)

    # --- Values ------------------------------------------------------------------------------

    def value_of(self, field: Field) -> Any:
        """Return what was chosen, as the field's column stores it. The form must be valid."""
        cleaned = self.cleaned_data
        match field.kind:
            case Kind.CHANNEL:
                return int(cleaned[field.name]) if cleaned[field.name] else None
            case Kind.COLOR:
                return read_value(field, cleaned["color"] if cleaned["has_color"] else "")
            case Kind.IMAGE:
                is_gone = cleaned["image_remove"] or not cleaned["image"]
                return None if is_gone else str(cleaned["image"])
            case _:
                return cleaned[field.name]


def initial_value(field: Field, value: Any, choices: Choices) -> dict[str, Any]:
    """Return what the form shows for a field's value, by the names of its form fields."""
    match field.kind:
        case Kind.COLOR:
            text = write_value(field, value) or NO_COLOR
            return {"has_color": value is not None, "color": text}
        case Kind.ROLES | Kind.RANKED_ROLES:
            return {field.name: choices.known_roles(value)}
        case Kind.SLOTS:
            return {field.name: text_rows(value)}
        case Kind.IMAGE:
            return {field.name: value}
        case _:
            return {field.name: write_value(field, value)}
