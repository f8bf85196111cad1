"""The form of an import: a file with games, and choices for all of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.exchange.import_plan import Wishes
from games.exchange.imports import MOST_BYTES
from games.forms.choices import Choices
from guilds.errors import Refused
from guilds.typed_values import read_zone

ANNOUNCE = {
    "": gettext_lazy("At once"),
    "1": gettext_lazy("A day before the game"),
    "7": gettext_lazy("A week before the game"),
    "14": gettext_lazy("Two weeks before the game"),
    "30": gettext_lazy("30 days before the game"),
}


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A calendar (.ics) or a table (CSV): up to 1 MB and 200 games."),
        widget=forms.FileInput(attrs={"accept": ".ics,.csv,.tsv,.txt,text/calendar,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "invalid": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("That file is empty."),
        },
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        help_text=gettext_lazy("For games whose line names none."),
        error_messages={
            "required": gettext_lazy("Choose the channel."),
            "invalid_choice": gettext_lazy("That channel is not one of this server's."),
        },
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("For times whose line names none."),
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )
    announce = forms.ChoiceField(
        label=gettext_lazy("Announced"),
        help_text=gettext_lazy("Games that start sooner are announced at once."),
        choices=list(ANNOUNCE.items()),
        required=False,
    )

    def __init__(self, data: Any = None, files: Any = None, *, choices: Choices, zone: str) -> None:
        super().__init__(data, files, initial={"zone": zone, "announce": "7"})
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (str(choice.channel.id), f"#{choice.channel.name}") for choice in choices.channels
        ]

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("Files can be up to 1 MB."))
        data: bytes = upload.read()
        return data

    def clean_zone(self) -> str:
        try:
            return read_zone(self.cleaned_data["zone"])
        except Refused as refused:
            raise forms.ValidationError(refused.message) from refused

    def wishes(self) -> Wishes:
        days = self.cleaned_data["announce"]
        return Wishes(int(self.cleaned_data["channel"]), int(days) if days else None)
