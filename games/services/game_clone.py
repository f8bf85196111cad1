"""Cloning: the same game at another time."""

from dataclasses import replace
from typing import Any

from games.fields import FIELDS, LISTS, Field, Kind
from games.models import Game
from games.new_game import NewGame
from games.services.series.sessions import unnumbered


def as_clone(new: NewGame, game: Game) -> NewGame:
    """Return `new` with the fields of `game` that hosts do not type: roles, sign-up, slots.

    A sign-up deadline keeps its distance to the start. Participants are not copied.
    """
    return replace(
        new,
        **{
            field.column: _value(field, new, game)
            for field in FIELDS
            if field.is_chosen and field.is_cloned and not field.in_command
        },
    )


def _value(field: Field, new: NewGame, game: Game) -> Any:
    if field.kind == Kind.SLOTS:
        return tuple(unnumbered(game.slots.all()))
    value = getattr(game, field.column)
    if field.kind == Kind.MOMENT:
        return value and new.starts_at - (game.starts_at - value)
    if field.kind == Kind.IMAGE:
        return str(value) if value else None
    return tuple(value) if field.kind in LISTS else value
