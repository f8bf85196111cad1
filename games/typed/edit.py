"""An edit as people type it: the texts a form shows for a game, and the changes made to them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from games import fields
from games.models import Game
from games.typed.values import read_duration, read_number
from guilds.errors import Refused
from guilds.typed_values import SeveralReadings, read_when
from when import Moved, write_length, write_when

FIELDS = tuple(field.column for field in fields.FIELDS if field.in_modal)


@dataclass(frozen=True)
class TypedEdit:
    title: str
    when: str
    duration: str
    max_players: str
    description: str


def values_at(game: Game, revision: int) -> dict[str, Any]:
    """Return `FIELDS` as of that revision: the present values with later changes undone."""
    values = {name: getattr(game, name) for name in FIELDS}
    for change in game.changes.filter(revision__gt=revision).order_by("-revision"):
        values |= {name: old for name, old in change.before.items() if name in FIELDS}
    if isinstance(values["starts_at"], str):
        values["starts_at"] = parse_datetime(values["starts_at"])
    return values


def form_of(values: Mapping[str, Any], zone: str) -> TypedEdit:
    """Return the texts that the form shows for these `FIELDS`, with the time in `zone`."""
    return TypedEdit(
        title=values["title"],
        when=write_when(values["starts_at"].replace(second=0, microsecond=0), zone),
        duration=write_length(values["duration_minutes"]),
        max_players=str(values["max_players"]),
        description=values["description"],
    )


def read_edit(
    typed: TypedEdit, shown: TypedEdit, *, zone: str, now: datetime, start: Moved
) -> dict[str, Any]:
    """Return the changed fields as values for `edit_game`. Raises `Refused`, naming the field.

    `start` is the one that was shown, from which a time is read that leaves its day unsaid.
    A text left as it was shown changes nothing, even if it would be read differently by now.
    """
    touched = touched_in(typed, shown)
    values: dict[str, Any] = {name: getattr(typed, name) for name in touched.keys() & {"title"}}
    if "description" in touched:
        values["description"] = typed.description
    if "when" in touched:
        values |= _read_start(typed.when, zone, now, start)
    if "duration" in touched:
        values["duration_minutes"] = read_duration(typed.duration)
    if "max_players" in touched:
        most = read_number(typed.max_players, "max_players")
        if most is None:
            raise Refused(_("Write a whole number, like 5."), field="max_players")
        values["max_players"] = most
    return values


def merged(typed: TypedEdit, shown: TypedEdit, newest: TypedEdit) -> TypedEdit:
    """Apply the texts changed in `typed` to the newest state, in place of the one shown."""
    return TypedEdit(**(asdict(newest) | touched_in(typed, shown)))


def touched_in(typed: TypedEdit, shown: TypedEdit) -> dict[str, str]:
    """Return the texts that are not as they were shown."""
    return {n: text for n, text in asdict(typed).items() if text.strip() != _shown(shown, n)}


def _shown(shown: TypedEdit, name: str) -> str:
    return str(getattr(shown, name)).strip()


def _read_start(text: str, zone: str, now: datetime, start: Moved) -> dict[str, Any]:
    """Read the start. A zone named in the text becomes the game's; the writer's own does not."""
    reading = read_when(text, zone=zone, now=now, moved=start)
    assert reading.when is not None
    if reading.note is not None and reading.alternatives:  # there is no preview to choose in
        raise SeveralReadings(
            _("That may mean several times. Which one?"),
            alternatives=tuple(sorted((reading.when, *reading.alternatives))),
            zone=reading.zone,
        )
    values: dict[str, Any] = {"starts_at": reading.when}
    if reading.zone != zone:
        values["timezone"] = reading.zone
    if reading.until is not None:
        values["duration_minutes"] = round((reading.until - reading.when).total_seconds() / 60)
    return values
