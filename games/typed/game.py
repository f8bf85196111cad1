"""A game as typed into a command. The texts are kept verbatim, so that people can correct them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from games.fields import FIELDS
from games.models import Game
from games.new_game import NewGame
from games.selectors import find_default_template, find_named_template, get_template
from games.typed.fields import WORDS, read_value, write_value
from games.typed.values import moved_start
from guilds.models import Guild
from guilds.typed_values import read_repeat, read_when
from when import Reading

# The fields that are texts in `TypedGame`, each under its name.
_TEXTS = tuple(field for field in FIELDS if field.in_command and field.kind in WORDS)


@dataclass(frozen=True)
class TypedGame:
    """A game as the host typed it. Empty or 0 means "default".

    `template` is a name or an id. `place_id` is the channel it was typed in, where the game goes if
    neither the host nor the template chose another.
    """

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
    template: str = ""
    place_id: int = 0


def placed(typed: TypedGame, guild: Guild) -> TypedGame:
    """Return it with the channel and the template it means. Raises `NotFound`."""
    chosen = find_named_template(guild, typed.template)
    if chosen is None and typed.template_id:  # a draft that was kept before templates were typed
        chosen = get_template(guild, typed.template_id)
    channel_id = typed.channel_id
    if not channel_id:
        template = chosen or find_default_template(guild)
        channel_id = (template.usable_channel_id if template else None) or typed.place_id
    return replace(typed, channel_id=channel_id, template_id=chosen.id if chosen else None)


def read_game(typed: TypedGame, *, zone: str, now: datetime, source: Game | None = None) -> NewGame:
    """Read the typed game, with times in `zone`, those of a clone from its `source`.

    Raises `Refused`, naming the field.
    """
    start = read_start(typed, zone=zone, now=now, source=source)
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


def read_start(
    typed: TypedGame, *, zone: str, now: datetime, source: Game | None = None
) -> Reading:
    """Read the typed start; its `when` is set. Raises as `read_when` does."""
    moved = moved_start(source) if source else None
    return read_when(typed.when, zone=zone, now=now, moved=moved)


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
