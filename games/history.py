"""What happened to a game, readable: who did what, and how it was before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from games.enums import Action, SignupMethod
from games.models import Change, Game
from games.templatetags.gamesched import duration
from guilds.models import Channel, Role

PAGE_SIZE = 20
LONGEST_VALUE = 240


@dataclass(frozen=True)
class Value:
    """`moment` is set where it is a time; templates show it in the reader's zone."""

    text: str
    moment: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One thing that is different now."""

    label: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Entry:
    """`subject` is empty where people acted for themselves."""

    change: Change
    actor: str
    subject: str
    note: str
    lines: Sequence[Line]


def list_changes(game: Game, *, before_id: int | None = None) -> list[Change]:
    """A page of the newest, and one more where there are older ones."""
    changes = game.changes.select_related("actor", "subject").order_by("-id")
    if before_id:
        changes = changes.filter(id__lt=before_id)
    return list(changes[: PAGE_SIZE + 1])


def entries_of(
    changes: Sequence[Change], guild_id: int, names: Mapping[int, str], slots: Mapping[int, str]
) -> list[Entry]:
    """`names` are people as the roster knows them, `slots` the game's, both by id. At most one
    query, for the names of roles and channels."""
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
                label,
                _value(name, change.before[name], places),
                _value(name, change.after[name], places),
            )
            for name, label in labels().items()
            if name in change.before and name in change.after
        ],
    )


def labels() -> dict[str, str]:
    """What each field of a game is called."""
    return {
        "title": _("Title"),
        "starts_at": _("Start"),
        "timezone": _("Time zone"),
        "duration_minutes": _("Duration"),
        "channel_id": _("Channel"),
        "location": _("Place"),
        "category": _("Category"),
        "description": _("Description"),
        "rules": _("Rules"),
        "max_players": _("Most players"),
        "min_players": _("Fewest players"),
        "slots": _("Slots"),
        "signup_method": _("Sign-up"),
        "signup_closes_at": _("Sign-up until"),
        "reminder_minutes": _("Reminders"),
        "post_at": _("Announced at"),
        "notify_role_ids": _("Roles to mention"),
        "player_role_ids": _("Roles that may join"),
        "priority_role_ids": _("Roles that come first"),
        "color": _("Colour"),
        "image_id": _("Picture"),
    }


def _value(name: str, value: Any, places: Mapping[int, str]) -> Value:
    if value is None or value in ("", []):
        return Value(_("none"))
    if name in TIMES:
        return _time(str(value))
    shown = SHOWN[name](value, places) if name in SHOWN else str(value)
    return Value(shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…")


def _time(text: str) -> Value:
    try:
        return Value("", datetime.fromisoformat(text))
    except ValueError:
        return Value(text)


def _place_names(changes: Sequence[Change], guild_id: int) -> dict[int, str]:
    ids: set[int] = set()
    for change in changes:
        for values in (change.before, change.after):
            for name in ROLES:
                ids.update(values.get(name) or ())
            ids.update({values["channel_id"]} if "channel_id" in values else ())
    if not ids:
        return {}
    wanted = Q(id__in=ids, guild=guild_id)
    roles = Role.objects.filter(wanted).order_by().values_list("id", "name")
    channels = Channel.objects.filter(wanted).order_by().values_list("id", "name")
    return {guild_id: "@everyone"} | dict(roles.union(channels))


def _places(ids: Any, places: Mapping[int, str]) -> str:
    return ", ".join(places.get(one, _("gone")) for one in ids)


def _channel(channel_id: Any, places: Mapping[int, str]) -> str:
    return f"#{places.get(channel_id, _('gone'))}"


def _durations(minutes: Any, _places: Mapping[int, str]) -> str:
    return ", ".join(duration(one) or _("at the start") for one in minutes)


def _duration(minutes: Any, _places: Mapping[int, str]) -> str:
    return duration(minutes)


def _slots(slots: Any, _places: Mapping[int, str]) -> str:
    return ", ".join(f"{s['emoji']} {s['name']} ×{s['capacity']}".strip() for s in slots)


def _method(method: Any, _places: Mapping[int, str]) -> str:
    return str(dict(SignupMethod.choices).get(method, method))


def _color(color: Any, _places: Mapping[int, str]) -> str:
    return f"#{color:06x}"


def _picture(_image: Any, _places: Mapping[int, str]) -> str:
    return _("a picture")


ROLES = ("notify_role_ids", "player_role_ids", "priority_role_ids")
TIMES = frozenset({"starts_at", "signup_closes_at", "post_at"})
SHOWN: dict[str, Callable[[Any, Mapping[int, str]], str]] = {
    **dict.fromkeys(ROLES, _places),
    "channel_id": _channel,
    "reminder_minutes": _durations,
    "duration_minutes": _duration,
    "slots": _slots,
    "signup_method": _method,
    "color": _color,
    "image_id": _picture,
}
