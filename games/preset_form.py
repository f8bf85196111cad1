"""Fields that the forms of games and templates share: what is chosen, and how it is read.

They never save. What cannot be read stands beside its field; everything typed stays.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from games.enums import SignupMethod
from games.form_choices import Choices
from games.form_fields import IdsField, LinesField, RolesField, SlotsField
from games.models import (
    CATEGORY_LENGTH,
    DESCRIPTION_LENGTH,
    LOCATION_LENGTH,
    MAX_PRIORITY_ROLES,
    TITLE_LENGTH,
)
from games.typed import read_duration, read_number
from guilds.errors import Refused
from guilds.models import RULES_LENGTH
from guilds.typed_values import read_reminders

PHRASE_LENGTH = 200
INCOMPLETE = gettext_lazy("That form was incomplete. Please try once more.")
ROLE_FIELDS = ("notify_role_ids", "player_role_ids", "priority_role_ids")


class ColorInput(forms.TextInput):
    input_type = "color"


class PresetForm(forms.Form):
    form_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={"required": INCOMPLETE, "invalid": INCOMPLETE},
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        error_messages={
            "required": gettext_lazy("Choose the channel."),
            "invalid_choice": gettext_lazy("That channel is not one of this server's."),
        },
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE_LENGTH, required=False)
    duration = forms.CharField(
        label=gettext_lazy("How long"), max_length=PHRASE_LENGTH, required=False
    )
    description = LinesField(
        label=gettext_lazy("Description"), max_length=DESCRIPTION_LENGTH, required=False
    )
    max_players = forms.CharField(
        label=gettext_lazy("Most players"), max_length=PHRASE_LENGTH, required=False
    )
    min_players = forms.CharField(
        label=gettext_lazy("Fewest players"), max_length=PHRASE_LENGTH, required=False
    )
    signup_method = forms.ChoiceField(
        label=gettext_lazy("How people sign up"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose how people sign up.")},
    )
    slots = SlotsField(label=gettext_lazy("Slots"), required=False)
    player_role_ids = RolesField(label=gettext_lazy("Who may join"), required=False)
    priority_role_ids = IdsField(label=gettext_lazy("Who comes first"), required=False)
    notify_role_ids = RolesField(label=gettext_lazy("Who is told of it"), required=False)
    remind = forms.CharField(
        label=gettext_lazy("Reminders"), max_length=PHRASE_LENGTH, required=False
    )
    location = forms.CharField(
        label=gettext_lazy("Place"), max_length=LOCATION_LENGTH, required=False
    )
    category = forms.CharField(
        label=pgettext_lazy("of a game", "Category"), max_length=CATEGORY_LENGTH, required=False
    )
    rules = LinesField(label=gettext_lazy("Rules"), max_length=RULES_LENGTH, required=False)
    has_color = forms.BooleanField(label=gettext_lazy("A colour of its own"), required=False)
    color = forms.RegexField(
        r"^#[0-9A-Fa-f]{6}$",
        label=gettext_lazy("Colour"),
        required=False,
        widget=ColorInput,
        error_messages={"invalid": gettext_lazy("Write a colour like #4f42d6.")},
    )
    image = forms.UUIDField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": gettext_lazy("That picture is not one of this server's.")},
    )
    image_remove = forms.BooleanField(label=gettext_lazy("Without a picture"), required=False)
    image_upload = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
    )

    ROWS: ClassVar[Mapping[str, int]] = {"description": 5, "rules": 3}
    ROLES: ClassVar[Sequence[str]] = ROLE_FIELDS

    def __init__(self, data: Any = None, *, choices: Choices, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.choices = choices
        self._offer(choices)
        for name, rows in self.ROWS.items():
            self.fields[name].widget.attrs["rows"] = rows
        for name in ("max_players", "min_players"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
        for name in self.texts():
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def texts(self) -> Sequence[str]:
        """Fields that no browser should fill in."""
        return ("title", "duration", "remind", "location", "category")

    def _offer(self, choices: Choices) -> None:
        roles = [(str(role.id), role.name) for role in choices.roles]
        everyone = (str(choices.member.guild_id), "@everyone")
        for name in self.ROLES:
            offered = [everyone, *roles] if name == "notify_role_ids" else roles
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (str(choice.channel.id), choice.channel.name) for choice in choices.channels
        ]
        self.fields["signup_method"].choices = SignupMethod.choices  # type: ignore[attr-defined]

    @property
    def request_key(self) -> str:
        """Names this very submission of this very person: sent twice, it is one."""
        member = self.choices.member
        form_id: UUID = self.cleaned_data["form_id"]
        return f"f:{uuid5(form_id, f'{member.user_id}:{member.guild_id}:{self._about()}')}"

    def _about(self) -> str:
        return "new"

    def lock(self, names: Sequence[str]) -> None:
        """What the template does not let hosts change is shown, and not read."""
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
        """Whether what stands there is what the form showed, and therefore needs no reading."""
        return False

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        return {
            "duration": lambda text: read_duration(text) if text else None,
            "max_players": lambda text: read_number(text, "max_players"),
            "min_players": lambda text: read_number(text, "min_players"),
            "remind": lambda text: read_reminders(text) if text else None,
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
        """To have roles mentioned is a right; those mentioned anyway need none."""
        wanted = set(self.cleaned_data.get("notify_role_ids") or ())
        shown = {int(role_id) for role_id in self.initial.get("notify_role_ids") or ()}
        if wanted - shown and not self.choices.may_notify:
            self.add_error("notify_role_ids", _("You may not have that role mentioned."))
        if len(self.cleaned_data.get("priority_role_ids") or ()) > MAX_PRIORITY_ROLES:
            self.add_error("priority_role_ids", _("At most 8 roles can come first."))

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of the service beside the field it is about."""
        name = {"timezone": "when", "starts_at": "when"}.get(refused.field, refused.field)
        self.add_error(name if name in self.fields else None, refused.message)

    # --- Values ------------------------------------------------------------------------------

    def color_value(self) -> int | None:
        text = self.cleaned_data["color"] if self.cleaned_data["has_color"] else ""
        return int(text[1:], 16) if text else None

    def image_value(self) -> str | None:
        image_id = self.cleaned_data["image"]
        return str(image_id) if image_id and not self.cleaned_data["image_remove"] else None
