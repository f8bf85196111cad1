"""A game as typed into a command. The texts are kept verbatim, so that people can correct them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from games.fields import FIELDS
from games.models import Game
from games.new_game import NewGame
from games.typed.fields import WORDS, read_value, write_value
from guilds.typed_values import read_repeat, read_when

# The fields that are texts in `TypedGame`, each under its name.
_TEXTS = tuple(field for field in FIELDS if field.in_command and field.kind in WORDS)


@dataclass(frozen=True)
class TypedGame:
    """A game as the host typed it. Empty means "default"."""

    channel_id: int
    title: str
    when: str
    duration: str = ""
    max_players: str = ""
    min_players: str = ""
    description: str = ""
    location: str = ""
    remind: str = ""
    template_id: int | None = None
    clone_of: int | None = None
    repeat: str = ""


def read_game(typed: TypedGame, *, zone: str, now: datetime) -> NewGame:
    """Read the typed game, with times in `zone`. Raises `Refused`, naming the field."""
    start = read_when(typed.when, zone=zone, now=now)
    assert start.when is not None
    first = start.when.astimezone(ZoneInfo(start.zone)).date()
    rule = read_repeat(typed.repeat, first=first)
    values = {field.column: read_value(field, getattr(typed, field.name)) for field in _TEXTS}
    if values["duration_minutes"] is None and start.until is not None:
        values["duration_minutes"] = round((start.until - start.when).total_seconds() / 60)
    return NewGame(
        **values | {"title": typed.title},
        channel_id=typed.channel_id,
        template_id=typed.template_id,
        starts_at=start.when,
        timezone=start.zone,
        repeat=rule,
    )


def typed_again(game: Game, *, when: str, channel_id: int | None) -> TypedGame:
    """Return the texts that would create the game once more, at another time."""
    texts: dict[str, Any] = {
        field.name: write_value(field, getattr(game, field.column)) for field in _TEXTS
    }
    return TypedGame(
        **texts,
        channel_id=channel_id or game.channel_id,
        when=when,
        clone_of=game.id,
    )
