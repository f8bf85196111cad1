"""The small forms about a game: an answer, a cancellation, a change of the roster."""

from uuid import UUID, uuid4, uuid5

from django import forms
from django.utils.translation import gettext_lazy

from guilds.web.converters import BIGINT_MAX

REASON_LENGTH = 300


class AnswerForm(forms.Form):
    """An answer to a game: join (with a slot where the game has some), maybe, can't go."""

    form_id = forms.UUIDField()
    slot = forms.IntegerField(required=False, min_value=1, max_value=BIGINT_MAX)

    def request_key(self, *about: object) -> str:
        """Return the key of this submission: a form sent twice for the same thing has one key."""
        form_id: UUID = self.cleaned_data["form_id"]
        return f"f:{uuid5(form_id, ':'.join(map(str, about)))}"


class CancelForm(forms.Form):
    """The cancellation of a game."""

    form_id = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why? Everybody who signed up reads it"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RosterForm(forms.Form):
    """A host's change of the roster. Each kind of change needs some of the fields."""

    form_id = forms.UUIDField()
    person = forms.IntegerField(required=False, min_value=1, max_value=BIGINT_MAX)
    name = forms.CharField(required=False, max_length=200)
    guest = forms.BooleanField(required=False)
    participant = forms.IntegerField(required=False, min_value=1, max_value=BIGINT_MAX)
    by = forms.IntegerField(required=False, min_value=-1, max_value=1)
    slot = forms.IntegerField(required=False, min_value=1, max_value=BIGINT_MAX)
    order = forms.RegexField(r"^[0-9]{1,18}(,[0-9]{1,18})*$", required=False, max_length=8000)

    def clean_order(self) -> list[int]:
        text: str = self.cleaned_data["order"]
        return [int(one) for one in text.split(",")] if text else []

    def request_key(self, *about: object) -> str:
        form_id: UUID = self.cleaned_data["form_id"]
        return f"f:{uuid5(form_id, ':'.join(map(str, about)))}"
