"""The cells of a game in our own exports: written for tables and calendars, and read back.

Texts that do not depend on the server are written and read by `games.typed.fields`. Roles,
templates and channels are written by name, or by id where a name is not enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext as _

from games.exchange.export import GameWithRoster
from games.exchange.imports import Event, OwnSeries
from games.fields import FIELDS, Field, Kind
from games.models import Game, Series, Template
from games.services.series.edits import MOST_SKIPPED
from games.services.series.sessions import pattern_of
from games.typed.fields import write_value
from guilds.errors import Refused
from guilds.models import Channel, Guild, Role
from guilds.typed_values import read_repeat
from when import is_zone, write_repetition
from when.repetitions import Rule, count_before, localise

FIELDS_WRITTEN = tuple(field for field in FIELDS if field.table)
SERIES_COLUMNS = ("repeat", "series", "series_date", "skipped_dates", "carry_over", "ask_host")
COLUMNS = (*(field.table for field in FIELDS_WRITTEN), "status", "cancel_reason", *SERIES_COLUMNS)
EVERYBODY = "@everyone"
_YES = "yes"


@dataclass(frozen=True)
class Names:
    """The names of a guild's roles, templates and channels, by id."""

    guild_id: int
    roles: Mapping[int, str]
    templates: Mapping[int, str]
    channels: Mapping[int, str]


def names_of(guild: Guild) -> Names:
    """Fetch the names, in one query. Those that do not name one thing are left out."""
    roles = Role.objects.filter(guild=guild)
    templates = Template.objects.filter(guild=guild)
    channels = Channel.objects.filter(guild=guild, deleted_at__isnull=True)
    kinds: dict[str, QuerySet[Any]] = {"roles": roles, "templates": templates, "channels": channels}
    rows: list[QuerySet[Any, Any]] = [
        things.order_by().values_list(Value(kind, CharField()), "id", "name")
        for kind, things in kinds.items()
    ]
    named: dict[str, list[tuple[int, str]]] = {kind: [] for kind in kinds}
    for kind, key, name in rows[0].union(*rows[1:], all=True):
        named[kind].append((key, name))
    return Names(guild.id, **{kind: _telling(pairs) for kind, pairs in named.items()})


def _telling(named: Iterable[tuple[int, str]]) -> dict[int, str]:
    pairs = list(named)
    folded = [name.strip().casefold() for _id, name in pairs]
    return {
        key: name
        for (key, name), plain in zip(pairs, folded, strict=True)
        if folded.count(plain) == 1 and plain and not plain.isdigit() and ";" not in name
        and plain == name.casefold() and plain[0] not in "@#<" and plain[-1] != ">"
    }  # fmt: skip


# --- Written -------------------------------------------------------------------------------------


def cells_of(one: GameWithRoster, names: Names) -> dict[str, str]:
    """Return the game's cells by column."""
    game = one.game
    cells = {field.table: _cell(field, one, names) for field in FIELDS_WRITTEN}
    return cells | {
        "status": str(game.status),
        "cancel_reason": game.cancel_reason,
        **_series_cells(game),
    }


def _cell(field: Field, one: GameWithRoster, names: Names) -> str:
    game = one.game
    if field.kind == Kind.SLOTS:
        return "\n".join(f"{slot.emoji}|{slot.name}|{slot.capacity}" for slot in one.slots)
    value = getattr(game, field.column)
    if value is None:
        return ""
    match field.kind:
        case Kind.MOMENT:
            return on_its_clocks(value, game.timezone)
        case Kind.ROLES | Kind.RANKED_ROLES:
            return "; ".join(_role(role_id, names) for role_id in value)
        case Kind.TEMPLATE:
            return names.templates.get(value, str(value))
        case Kind.CHANNEL:
            return names.channels.get(value, str(value))
        case _:
            return write_value(field, value)


def _role(role_id: int, names: Names) -> str:
    return EVERYBODY if role_id == names.guild_id else names.roles.get(role_id, str(role_id))


def _series_cells(game: Game) -> dict[str, str]:
    series = game.series
    if series is None or game.series_date is None or series.stopped_at is not None:
        return dict.fromkeys(SERIES_COLUMNS, "")
    skipped = [day.isoformat() for day in series.skipped_dates if day > game.series_date]
    return {
        "repeat": write_repetition(_rule_from(series, game.series_date)),
        "series": str(series.id),
        "series_date": f"{game.series_date} {series.start_time:%H:%M} {series.timezone}",
        "skipped_dates": "; ".join(skipped),
        "carry_over": _YES if series.carry_over else "",
        "ask_host": _YES if series.ask_host else "",
    }


def _rule_from(series: Series, day: date) -> Rule:
    """Return the rule from that day on; a number of dates loses those before it."""
    pattern = pattern_of(series)
    rule = pattern.rule
    if rule.count is None:
        return rule
    return replace(rule, count=max(rule.count - count_before(pattern, day), 1))


def on_its_clocks(moment: datetime, zone: str) -> str:
    """Return the moment in that zone, with the offset if clocks show that time twice."""
    local = moment.astimezone(ZoneInfo(zone))
    is_twofold = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%Y-%m-%d %H:%M}{f'{local:%:z}' if is_twofold else ''}"


# --- Read ----------------------------------------------------------------------------------------


def read_own_event(event: Event, cells: Mapping[str, str], now: datetime) -> Event:
    """Add what only our own export says. An empty cell means nothing, not the server's default."""
    empty = {field.column: "" for field in FIELDS_WRITTEN if _is_left_empty(field, cells)}
    lists = {
        field.column: ""
        for field in FIELDS_WRITTEN
        if field.kind in {Kind.ROLES, Kind.RANKED_ROLES, Kind.SLOTS} and field.name in cells
    }
    return replace(
        event,
        repeat=None if cells.get("series") else event.repeat,
        values={**empty, **event.values, **_moments(cells, event.zone, now)},
        written={**lists, **event.written},
        is_cancelled=cells.get("status") == "cancelled",
        reason=cells.get("cancel_reason", ""),
        own=_series(event, cells) if cells.get("series") else None,
    )


def _is_left_empty(field: Field, cells: Mapping[str, str]) -> bool:
    is_text = field.kind in {Kind.LINE, Kind.TEXT} and field.column != "title"
    return is_text and cells.get(field.name) == ""


def _moments(cells: Mapping[str, str], zone: str, now: datetime) -> dict[str, datetime]:
    """Return the deadline and the time of the announcement, without what has been announced."""
    found = {}
    for field in FIELDS_WRITTEN:
        if field.kind == Kind.MOMENT and field.column != "starts_at" and cells.get(field.name):
            moment = _read_moment(cells[field.name], zone, field.name)
            if field.column != "post_at" or moment > now:
                found[field.column] = moment
    return found


def _read_moment(text: str, zone: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("Write a time like 2026-12-24 19:00."), field=name) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))


def _series(event: Event, cells: Mapping[str, str]) -> OwnSeries:
    try:
        day_text, clock, zone = cells.get("series_date", "").split(" ")
        day, at = date.fromisoformat(day_text), time.fromisoformat(clock)
        skipped = [one.strip() for one in cells.get("skipped_dates", "").split(";")]
        days = tuple(date.fromisoformat(one) for one in skipped if one)
        if not is_zone(zone) or len(days) > MOST_SKIPPED:
            raise ValueError(zone)
    except ValueError as error:
        raise Refused(_("The date in its series cannot be read."), field="series_date") from error
    starts_at = localise(datetime.combine(day, at), zone)[0]
    return OwnSeries(
        key=cells["series"],
        day=day,
        starts_at=starts_at.astimezone(ZoneInfo(zone)),
        rule=read_repeat(cells.get("repeat", ""), first=day),
        skipped=days,
        carry_over=cells.get("carry_over") == _YES,
        ask_host=cells.get("ask_host") == _YES,
    )


def read_slots(text: str) -> list[dict[str, object]]:
    """Read slots, one a line: our own "emoji|name|seats", or "Tank ×2" as people write them.

    Raises `Refused` with an example.
    """
    return [_read_slot(line.strip()) for line in text.splitlines() if line.strip()]


def _read_slot(line: str) -> dict[str, object]:
    if line.count("|") >= 2:
        emoji, _bar, rest = line.partition("|")
        name, _bar, seats = rest.rpartition("|")
    else:
        emoji, name, seats = "", *_by_people(line)
    if not seats.strip().isdecimal() or len(seats.strip()) > 3:
        raise Refused(_("Write each slot on a line of its own, like “Tank ×2”."), field="slots")
    return {"name": name.strip(), "emoji": emoji.strip(), "capacity": int(seats)}


def _by_people(line: str) -> tuple[str, str]:
    for sign in ("×", " x", "*"):
        name, found, seats = line.rpartition(sign)
        if found:
            return name, seats
    return line, "1"
