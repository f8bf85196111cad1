"""The form of an existing game, filled with the game as it was when the form was opened.

A field left as it was shown changes nothing.
"""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from games.defaults import locked_columns
from games.fields import BY_COLUMN, FIELDS, Field, Kind, name_of
from games.forms.choices import Choices
from games.forms.game import GameForm, moved_in
from games.forms.preset import initial_value
from games.models import Game, Slot
from games.services.roster.slots import plain_slots
from guilds.permissions import can_manage, standing_of
from when import Moved, write_when

# Form fields that are a part of another one.
_PARTS = {"has_color": "color", "image_remove": "image"}


class EditGameForm(GameForm):
    """`shown_clock` is the zone of the times that the form shows."""

    shown_clock = ""

    def __init__(
        self,
        data: Any = None,
        *,
        game: Game,
        choices: Choices,
        zone: str,
        now: datetime,
        initial: Mapping[str, Any],
        moved: Mapping[str, Moved] | None = None,
    ) -> None:
        """`moved` are the moments of the game as it was when the form was opened, else as it is."""
        self.game = game
        super().__init__(
            data,
            choices=choices,
            zone=zone,
            now=now,
            initial=initial,
            moved=moved or moved_in(game),
        )
        if choices.find_channel(game.channel_id) is None:  # games may be switched off there
            own = (str(game.channel_id), game.channel.label)
            self.fields["channel"].choices = [  # type: ignore[attr-defined]
                own,
                *self.fields["channel"].choices,  # type: ignore[attr-defined]
            ]
        if not can_manage(standing_of(choices.member, choices.member.guild)):
            template = choices.find_template(game.template_id) or game.template
            self.lock([name_of(column) for column in locked_columns(template)])

    def _about(self) -> str:
        return f"edit:{self.game.id}"

    def is_untouched(self, name: str) -> bool:
        return name not in self.changed_data

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for name in ("when", "duration", "max_players", "title"):
            if not self.is_untouched(name) and name not in self.errors and not values[name]:
                self.add_error(name, _("This cannot be empty."))
        return values

    def _read_start(self, text: str) -> datetime | None:
        return super()._read_start(text) if text else None

    def values(self) -> dict[str, Any]:
        """Return the changed values for `edit_game`. The form must be valid."""
        changed = {_PARTS.get(name, name) for name in self.changed_data}
        values = {f.column: self.value_of(f) for f in self.rows() if f.name in changed}
        if "starts_at" in values and self.start is not None:
            if self.start.zone != self.clock:
                values["timezone"] = self.start.zone
            if "duration_minutes" not in values and (minutes := self.range_minutes()):
                values["duration_minutes"] = minutes
        return values

    def value_of(self, field: Field) -> Any:
        value = super().value_of(field)
        return () if value is None and field.kind == Kind.REMINDERS else value


def initial_of(
    game: Game, slots: list[dict[str, Any]], zone: str, choices: Choices
) -> dict[str, Any]:
    """Return the form's texts for the game as it stands, with times in `zone`."""
    values: dict[str, Any] = {}
    for field in FIELDS:
        if field.kind == Kind.MOMENT:
            values[field.name] = _moment(getattr(game, field.column), zone)
        elif field.kind == Kind.SLOTS:
            values |= initial_value(field, slots, choices)
        elif field.is_editable and field.kind != Kind.ZONE:
            values |= initial_value(field, getattr(game, field.column), choices)
    return values


def game_at(game: Game, slots: list[Slot], revision: int) -> tuple[Game, list[dict[str, Any]]]:
    """Return the game and its slots as of that revision, with later changes undone."""
    past, past_slots = copy(game), plain_slots(slots)
    if revision >= game.revision:
        return past, past_slots
    for change in game.changes.filter(revision__gt=revision).order_by("-revision"):
        for name, old in change.before.items():
            if name == "slots":
                past_slots = old
            elif hasattr(past, name):
                setattr(past, name, _as_column(name, old))
    return past, past_slots


def _as_column(name: str, old: Any) -> Any:
    kind = BY_COLUMN[name].kind if name in BY_COLUMN and isinstance(old, str) else None
    if kind == Kind.IMAGE:
        return UUID(old)
    return parse_datetime(old) if kind == Kind.MOMENT else old


def _moment(moment: datetime | None, zone: str) -> str:
    return write_when(moment.replace(second=0, microsecond=0), zone) if moment else ""
