"""Form fields for how a game repeats: one of the offers, or words."""

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.checks import check_rule
from games.typed.repeat_offers import OFFERS
from guilds.errors import Refused
from guilds.typed_values import read_repeat
from when import write_repetition
from when.repetitions import Rule, read_rule
from when.repetitions.phrases import MOST_CHARACTERS


class RepeatFields(forms.Form):
    """Fields for the form of a new game. `read_rule` sets `rule` once the first date is known."""

    repeat = forms.ChoiceField(
        label=gettext_lazy("Repeats"),
        required=False,
        choices=[("", gettext_lazy("Does not repeat")), *OFFERS.items()],
    )
    repeat_text = forms.CharField(
        label=gettext_lazy("Or in words"),
        max_length=MOST_CHARACTERS,
        required=False,
        help_text=gettext_lazy(
            "“every 2 weeks on tue, thu until 2027-03-01”, “monthly on the last friday, 6 times”"
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    carry_over = forms.BooleanField(
        label=gettext_lazy("Players stay signed up for the next game"), required=False
    )
    ask_host = forms.BooleanField(
        label=gettext_lazy("Ask me before each game is announced"), required=False
    )

    rule: Rule | None = None

    def read_rule(self, first: date) -> None:
        """Set `rule`, or add an error to the field it was read from. Words win over an offer."""
        values = self.cleaned_data
        text = values.get("repeat_text") or values.get("repeat") or ""
        try:
            self.rule = read_repeat(text, first=first)
            if self.rule is not None:
                check_rule(self.rule, first=first)
        except Refused as refused:
            field = "repeat_text" if values.get("repeat_text") else "repeat"
            self.add_error(field, refused.message)


class RepeatForm(RepeatFields):
    """The form for how an existing game repeats from its own date on."""

    form_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any = None, *, first: date, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.first = first
        if "repeat_text" in self.initial:
            field: Any = self.fields["repeat"]
            field.choices = [("", _("Does not repeat, or as typed below")), *OFFERS.items()]

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            self.read_rule(self.first)
        return self.cleaned_data


def repeat_initial(rule: str, *, first: date) -> dict[str, str]:
    """Return what the fields show for an existing rule: an offer if it is one, else words."""
    if not rule:
        return {}
    for offer in OFFERS:
        if str(read_repeat(offer, first=first)) == rule:
            return {"repeat": offer}
    return {"repeat_text": write_repetition(read_rule(rule))}
