"""The form of an import: a file with games, choices for all of them, and what the file leaves open.

Questions are asked once for the whole file. The browser keeps the file meanwhile, signed for this
person and server, since it empties the field it was chosen in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.exchange.ics.zones import MOST_UNKNOWN
from games.exchange.import_plan import MOST_CARRIED, VALID_SECONDS, Wishes
from games.exchange.imports import MOST_BYTES, Answers, Questions
from games.forms.choices import Choices
from guilds.errors import Refused
from guilds.models import Member
from guilds.typed_values import read_zone

ANNOUNCE = {
    "": gettext_lazy("At once"),
    "1": gettext_lazy("A day before the game"),
    "7": gettext_lazy("A week before the game"),
    "14": gettext_lazy("Two weeks before the game"),
    "30": gettext_lazy("30 days before the game"),
}


@dataclass(frozen=True)
class Carried:
    """A file that was sent already, empty if it was too long to keep, and what it left open."""

    data: bytes = b""
    questions: Questions = field(default_factory=Questions)

    def signed(self, member: Member) -> str:
        kept = {
            "data": self.data.decode("latin-1"),
            "zones": self.questions.zones,
            "asks_series_zone": self.questions.asks_series_zone,
            "asks_day_first": self.questions.asks_day_first,
        }
        text = signing.dumps(kept, salt=_salt(member), compress=True)
        if len(text) <= MOST_CARRIED:
            return text
        return signing.dumps(kept | {"data": ""}, salt=_salt(member), compress=True)


def read_carried(member: Member, signed: str) -> Carried:
    """Return what the browser kept, nothing if it is old, foreign or not there."""
    try:
        kept = signing.loads(signed, salt=_salt(member), max_age=VALID_SECONDS)
    except signing.BadSignature:
        return Carried()
    data = kept.pop("data").encode("latin-1")
    return Carried(data, Questions(**kept))


def _salt(member: Member) -> str:
    return f"games.import_file:{member.guild_id}:{member.user_id}"


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

    carried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        choices: Choices,
        zone: str,
        asked: Carried | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        initial = {"zone": zone, "announce": "7", "series_zone": zone} | (initial or {})
        if asked is not None:
            initial["carried"] = asked.signed(choices.member)
        super().__init__(data, files, initial=initial)
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (str(choice.channel.id), f"#{choice.channel.name}") for choice in choices.channels
        ]
        self.asked = asked or read_carried(choices.member, (data or {}).get("carried", ""))
        self.fields["file"].required = not self.asked.data
        self._ask(self.asked.questions)

    def _ask(self, questions: Questions) -> None:
        widget = {"list": "zones", "autocomplete": "off"}
        for place, name in enumerate(questions.zones):
            self.fields[f"named_zone_{place}"] = forms.CharField(
                label=_("Time zone “%(name)s”") % {"name": name[:60]},
                help_text=_("Left empty, games in it are skipped."),
                max_length=64, required=False, widget=forms.TextInput(attrs=widget),
            )  # fmt: skip
        if questions.asks_series_zone:
            self.fields["series_zone"] = forms.CharField(
                label=_("Time zone of what repeats in UTC"),
                help_text=_(
                    "The place whose clocks it follows. In UTC it would move by an hour whenever"
                    " clocks change."
                ),
                max_length=64, widget=forms.TextInput(attrs=widget),
            )  # fmt: skip
        if questions.asks_day_first:
            self.fields["day_order"] = forms.ChoiceField(
                label=_("05/12 in this file"),
                choices=[("day", _("is 5 December")), ("month", _("is 12 May"))],
                error_messages={"required": _("Choose one.")},
            )

    def questions(self) -> Iterator[forms.BoundField]:
        """Yield the fields that this file needs beside those of every import."""
        for name in self.fields:
            if name.startswith("named_zone_") or name in {"series_zone", "day_order"}:
                yield self[name]

    def clean(self) -> dict[str, Any]:
        for name in list(self.cleaned_data):
            if name.startswith("named_zone_") or name == "series_zone":
                self._clean_zone_of(name)
        return self.cleaned_data

    def _clean_zone_of(self, name: str) -> None:
        if text := self.cleaned_data[name]:
            try:
                self.cleaned_data[name] = read_zone(text)
            except Refused as refused:
                self.add_error(name, refused.message)

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if not upload:
            return self.asked.data
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("Files can be up to 1 MB."))
        data: bytes = upload.read()
        return data

    def answers(self) -> Answers:
        """Return what was answered. The form must be valid."""
        cleaned = self.cleaned_data
        zones = {
            name: cleaned[f"named_zone_{place}"]
            for place, name in enumerate(self.asked.questions.zones)
            if cleaned[f"named_zone_{place}"]
        }
        order = cleaned.get("day_order")
        return Answers(zones, cleaned.get("series_zone", ""), order == "day" if order else None)

    def left_open(self, questions: Questions) -> Carried | None:
        """Return the file and its questions, those asked already included; None if none is new."""
        asked = self.asked.questions
        merged = Questions(
            list(dict.fromkeys([*asked.zones, *questions.zones]))[:MOST_UNKNOWN],
            asked.asks_series_zone or questions.asks_series_zone,
            asked.asks_day_first or questions.asks_day_first,
        )
        return None if merged == asked else Carried(self.cleaned_data["file"], merged)

    def clean_zone(self) -> str:
        try:
            return read_zone(self.cleaned_data["zone"])
        except Refused as refused:
            raise forms.ValidationError(refused.message) from refused

    def wishes(self) -> Wishes:
        days = self.cleaned_data["announce"]
        return Wishes(int(self.cleaned_data["channel"]), int(days) if days else None)
