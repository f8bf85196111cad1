"""The form of a game that exists: filled with it as it was when the form was opened; what was
left as it was shown changes nothing."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from games.form_choices import Choices
from games.form_fields import text_rows
from games.game_form import GameForm
from games.inheritance import FIELD_NAMES, locked_columns
from games.models import Game, Slot
from games.services.slot import plain_slots
from guilds.permissions import can_manage, standing_of
from when import write_length, write_reminders, write_when

_COLUMNS = {
    "channel": "channel_id",
    "duration": "duration_minutes",
    "image": "image_id",
    "image_remove": "image_id",
    "has_color": "color",
    "remind": "reminder_minutes",
    "when": "starts_at",
}
_NOT_VALUES = {"form_id", "zone", "when_local", "image_upload"}


class EditGameForm(GameForm):
    """`shown_clock` is the zone the times in it are written in."""

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
    ) -> None:
        self.game = game
        super().__init__(data, choices=choices, zone=zone, now=now, initial=initial)
        if choices.find_channel(game.channel_id) is None:  # games may be switched off there
            own = (str(game.channel_id), game.channel.name)
            self.fields["channel"].choices = [  # type: ignore[attr-defined]
                own,
                *self.fields["channel"].choices,  # type: ignore[attr-defined]
            ]
        if not can_manage(standing_of(choices.member, choices.member.guild)):
            template = choices.find_template(game.template_id) or game.template
            self.lock([FIELD_NAMES.get(name, name) for name in locked_columns(template)])

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
        """What was changed, for `edit_game`; the form must be valid."""
        changed = [name for name in self.changed_data if name not in _NOT_VALUES]
        values = {_COLUMNS.get(name, name): self._value(name) for name in changed}
        if "starts_at" in values and self.start is not None:
            if self.start.zone != self.clock:
                values["timezone"] = self.start.zone
            if "duration_minutes" not in values and (minutes := self.range_minutes()):
                values["duration_minutes"] = minutes
        return values

    def _value(self, name: str) -> Any:
        if name in {"image", "image_remove"}:
            return self.image_value()
        if name in {"color", "has_color"}:
            return self.color_value()
        if name == "channel":
            return int(self.cleaned_data["channel"])
        if name == "remind":
            return self.cleaned_data["remind"] or ()
        return self.cleaned_data[name]


def initial_of(
    game: Game, slots: list[dict[str, Any]], zone: str, choices: Choices
) -> dict[str, Any]:
    """The form's texts for the game as it stands, times on the clocks of `zone`."""
    return {
        "channel": str(game.channel_id),
        "title": game.title,
        "when": _moment(game.starts_at, zone),
        "duration": write_length(game.duration_minutes),
        "description": game.description,
        "max_players": str(game.max_players),
        "min_players": "" if game.min_players is None else str(game.min_players),
        "signup_method": game.signup_method,
        "signup_closes_at": _moment(game.signup_closes_at, zone),
        "slots": text_rows(slots),
        "player_role_ids": choices.known_roles(game.player_role_ids),
        "priority_role_ids": choices.known_roles(game.priority_role_ids),
        "notify_role_ids": choices.known_roles(game.notify_role_ids),
        "post_at": _moment(game.post_at, zone),
        "remind": write_reminders(game.reminder_minutes),
        "location": game.location,
        "category": game.category,
        "rules": game.rules,
        "has_color": game.color is not None,
        "color": f"#{game.color:06x}" if game.color is not None else "#4f42d6",
        "image": game.image_id,
    }


def game_at(game: Game, slots: list[Slot], revision: int) -> tuple[Game, list[dict[str, Any]]]:
    """The game and its slots as they were at that revision: later changes taken back."""
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
    if isinstance(old, str) and name == "image_id":
        return UUID(old)
    return parse_datetime(old) if name.endswith("_at") and isinstance(old, str) else old


def _moment(moment: datetime | None, zone: str) -> str:
    return write_when(moment.replace(second=0, microsecond=0), zone) if moment else ""
