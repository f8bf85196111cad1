"""A game's history in words: who did what, and how it was before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from games.enums import Action
from games.fields import FIELDS, Field, Kind
from games.models import Change, Game
from games.typed.fields import choice_in_words, slots_in_words, write_value
from guilds.models import Channel, Role
from when import length_in_words

PAGE_SIZE = 20
LONGEST_VALUE = 240
_ROLES = [field.column for field in FIELDS if field.kind in {Kind.ROLES, Kind.RANKED_ROLES}]


@dataclass(frozen=True)
class Value:
    """A value in words. If it is a time, `moment` is set, shown in the reader's zone."""

    text: str
    moment: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One field that changed."""

    label: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Entry:
    """One change in words. `subject` is empty if people acted for themselves."""

    change: Change
    actor: str
    subject: str
    note: str
    lines: Sequence[Line]


def list_changes(game: Game, *, before_id: int | None = None) -> list[Change]:
    """Return a page of the newest changes, and one more if there are older ones."""
    changes = game.changes.select_related("actor", "subject").order_by("-id")
    if before_id:
        changes = changes.filter(id__lt=before_id)
    return list(changes[: PAGE_SIZE + 1])


def entries_of(
    changes: Sequence[Change], guild_id: int, names: Mapping[int, str], slots: Mapping[int, str]
) -> list[Entry]:
    """Put the changes into words.

    `names` are people's names on this server, `slots` those of the game's slots, both by id.
    Makes at most one query, for the names of roles and channels.
    """
    places = _place_names(changes, guild_id)
    return [_entry(change, names, slots, places) for change in changes]


def _entry(
    change: Change, names: Mapping[int, str], slots: Mapping[int, str], places: Mapping[int, str]
) -> Entry:
    actor = names.get(change.actor_id or 0) or (change.actor.name if change.actor else "")
    subject = str(change.after.get("name") or "") if change.action != Action.CREATED else ""
    if change.subject and change.subject_id != change.actor_id:
        subject = names.get(change.subject_id or 0) or change.subject.name
    return Entry(
        change=change,
        actor=actor,
        subject=subject,
        note=str(change.after.get("reason") or slots.get(change.after.get("slot") or 0, "")),
        lines=[
            Line(
                str(field.label),
                _value(field, change.before[field.column], places),
                _value(field, change.after[field.column], places),
            )
            for field in FIELDS
            if field.column in change.before and field.column in change.after
        ],
    )


def _value(field: Field, value: Any, places: Mapping[int, str]) -> Value:
    if value is None or value in ("", []):
        return Value(_("none"))
    if field.kind == Kind.MOMENT:
        return _time(str(value))
    shown = _shown(field, value, places)
    return Value(shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…")


def _shown(field: Field, value: Any, places: Mapping[int, str]) -> str:
    match field.kind:
        case Kind.ROLES | Kind.RANKED_ROLES:
            return ", ".join(places.get(one, _("gone")) for one in value)
        case Kind.CHANNEL:
            return f"#{places.get(value, _('gone'))}"
        case Kind.REMINDERS:
            return ", ".join(length_in_words(one) or _("at the start") for one in value)
        case Kind.LENGTH:
            return length_in_words(value)
        case Kind.SLOTS:
            return slots_in_words(value)
        case Kind.CHOICE:
            return choice_in_words(field, value)
        case Kind.COLOR:
            return write_value(field, value)
        case Kind.IMAGE:
            return _("a picture")
        case _:
            return str(value)


def _time(text: str) -> Value:
    try:
        return Value("", datetime.fromisoformat(text))
    except ValueError:
        return Value(text)


def _place_names(changes: Sequence[Change], guild_id: int) -> dict[int, str]:
    ids: set[int] = set()
    for change in changes:
        for values in (change.before, change.after):
            for name in _ROLES:
                ids.update(values.get(name) or ())
            ids.update({values["channel_id"]} if "channel_id" in values else ())
    if not ids:
        return {}
    wanted = Q(id__in=ids, guild=guild_id)
    roles = Role.everything.filter(wanted).order_by().values_list("id", "name")
    channels = Channel.objects.filter(wanted).order_by().values_list("id", "name")
    return {guild_id: "@everyone"} | dict(roles.union(channels))
