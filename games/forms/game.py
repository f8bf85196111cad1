"""The form of a game, new or edited, which turns words into typed values."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from games.fields import FIELDS, Kind
from games.forms.choices import Choices
from games.forms.fields import with_fields
from games.forms.preset import PresetForm
from games.models import Game
from games.typed.values import moved_start, read_deadline, read_post_at, spell_out
from guilds.typed_values import SeveralReadings, read_when
from when import Moved, Reading, write_when

MOMENTS = tuple(field.name for field in FIELDS if field.kind == Kind.MOMENT)


class LocalTimeInput(forms.TextInput):
    input_type = "datetime-local"


@with_fields(field for field in FIELDS if field.kind == Kind.MOMENT)
class GameForm(PresetForm):
    """The base of the forms of new and edited games, which differ in what an empty field means."""

    zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    when_local = forms.CharField(
        label=gettext_lazy("Or pick day and time"),
        max_length=32,
        required=False,
        widget=LocalTimeInput,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        choices: Choices,
        zone: str,
        now: datetime,
        initial: Mapping[str, Any],
        moved: Mapping[str, Moved] | None = None,
    ) -> None:
        """`moved` are the moments that the typed times change, by the names of their fields."""
        super().__init__(data, choices=choices, initial=initial)
        self.clock, self.now, self.moved = zone, now, dict(moved or {})
        self.start: Reading | None = None
        self.readings: dict[str, list[tuple[str, str]]] = {}

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not values.get("when") and values.get("when_local") and "when" not in self.errors:
            values["when"] = values["when_local"]
        return super().clean()

    def _readers(self) -> dict[str, Callable[[str], Any]]:
        return {
            "when": self._read_start,
            "signup_closes_at": partial(self._read_moment, "signup_closes_at"),
            "post_at": partial(self._read_moment, "post_at"),
            **super()._readers(),
        }

    def _read_start(self, text: str) -> datetime | None:
        self.start = self._reading("when", text)
        return self.start.when

    def _read_moment(self, name: str, text: str) -> datetime | None:
        return self._reading(name, text).when if text else None

    def _reading(self, name: str, text: str) -> Reading:
        """Read a time. If it has several readings, keep them to offer. Raises `Refused`."""
        try:
            return read_moment(
                name, text, zone=self.clock, now=self.now, moved=self.moved, start=self._start()
            )
        except SeveralReadings as several:
            self.readings[name] = phrases(several.alternatives, several.zone)
            raise

    def _start(self) -> Moved | None:
        """The start that other times are read beside: as typed, else as it was."""
        if self.start is not None and self.start.when is not None:
            return Moved(self.start.when, self.start.zone, self.start.when)
        return self.moved.get("when")

    def range_minutes(self) -> int | None:
        """Return the length in minutes if the time was given as a range: "8pm-11pm"."""
        if self.start is None or self.start.when is None or self.start.until is None:
            return None
        length: timedelta = self.start.until - self.start.when
        return round(length.total_seconds() / 60)


def read_moment(
    name: str,
    text: str,
    *,
    zone: str,
    now: datetime,
    moved: Mapping[str, Moved],
    start: Moved | None,
) -> Reading:
    """Read the time typed into the field of that name. Raises as `read_when` does."""
    own = moved.get(name)
    match name:
        case "signup_closes_at":
            return read_deadline(text, zone=zone, now=now, own=own, start=start)
        case "post_at":
            return read_post_at(text, zone=zone, now=now, own=own, start=start)
        case _:
            return read_when(text, zone=zone, now=now, moved=own)


def moved_in(game: Game) -> dict[str, Moved]:
    """Return the moments that the game has, by the names of their fields."""
    return {
        field.name: Moved(moment, game.timezone, game.starts_at)
        for field in FIELDS
        if field.kind == Kind.MOMENT and (moment := getattr(game, field.column))
    }


def moved_from(source: Game | None) -> dict[str, Moved]:
    """Return what the times of a new game move: the start of the game it repeats, if any."""
    return {"when": moved_start(source)} if source else {}


def phrases(moments: Iterable[datetime], zone: str) -> list[tuple[str, str]]:
    """Return the readings to choose from: what to type for each, and each spelled out."""
    return [(write_when(moment, zone), spell_out(moment, zone)) for moment in moments]
