"""Cloning: the same game at another time."""

from dataclasses import replace
from typing import Any

from games.fields import FIELDS, LISTS, Field, Kind
from games.models import Game
from games.new_game import NewGame
from games.services.series.sessions import unnumbered
from guilds.models import Member
from guilds.permissions import can_mention_roles, standing_of


def as_clone(new: NewGame, game: Game, *, host: Member) -> NewGame:
    """Return `new` with the fields of `game` that hosts do not type: roles, sign-up, slots.

    A sign-up deadline keeps its distance to the start. Participants are not copied, nor are roles
    that `host` may not have mentioned: somebody else may have chosen them. Those of the game's
    template stay, since whoever may use it has them mentioned.
    """
    values = {
        field.column: _value(field, new, game)
        for field in FIELDS
        if field.is_chosen and field.is_cloned and not field.in_command
    }
    if not can_mention_roles(standing_of(host, host.guild)):
        preset = game.template.notify_role_ids if game.template else ()
        values["notify_role_ids"] = tuple(r for r in values["notify_role_ids"] if r in preset)
    return replace(new, **values)


def _value(field: Field, new: NewGame, game: Game) -> Any:
    if field.kind == Kind.SLOTS:
        return tuple(unnumbered(game.slots.all()))
    value = getattr(game, field.column)
    if field.kind == Kind.MOMENT:
        return value and new.starts_at - (game.starts_at - value)
    if field.kind == Kind.IMAGE:
        return str(value) if value else None
    return tuple(value) if field.kind in LISTS else value
