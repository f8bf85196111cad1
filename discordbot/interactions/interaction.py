"""An interaction of the gateway, as plain values that may cross to a thread."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from django.utils.translation import gettext as _

from guilds.enums import Permission
from guilds.errors import Refused
from guilds.services.member import MemberFacts, UserFacts, member_facts

THREADS = frozenset({10, 11, 12})


class Kind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


@dataclass(frozen=True)
class Interaction:
    """A command, press, completion or form. `place_id` is the channel, for a thread its parent.

    `member` has no permissions of its own: Discord sends them as the channel's overwrites leave
    them, so rights are computed from the mirrored roles. `focused` is the option being completed.
    `people` are the members that a user select or option named, bots left out.
    """

    id: int
    token: str = field(repr=False)
    application_id: int
    kind: Kind
    name: str
    user: UserFacts
    member: MemberFacts | None
    guild_id: int | None
    channel_id: int
    place_id: int
    locale: str
    app_permissions: Permission
    message_id: int | None
    options: Mapping[str, Any]
    values: tuple[str, ...]
    focused: str = ""
    people: Mapping[int, MemberFacts] = field(default_factory=dict)
    arrived_at: float = field(default_factory=time.monotonic)

    @property
    def request_key(self) -> str:
        """A replayed interaction has the same key, so its change is made once."""
        return f"i:{self.id}"

    @property
    def chosen_ids(self) -> tuple[int, ...]:
        """The ids chosen in a select. A value that is none becomes 0, which nothing has."""
        return tuple(as_id(value) or 0 for value in self.values)

    def text(self, option: str) -> str:
        return _storable(str(self._typed(option, str, "")))

    def number(self, option: str) -> int | None:
        value = self._typed(option, int, None)
        return None if value is None else int(value)

    def flag(self, option: str) -> bool:
        return bool(self._typed(option, bool, False))

    def snowflake(self, option: str) -> int | None:
        """The id of a channel, role or member option. Raises `Refused`."""
        value = self.text(option)
        if not value:
            return None
        found = as_id(value)
        if found is None:
            raise _malformed(option)
        return found

    def _typed(self, option: str, kind: type, default: Any) -> Any:
        value = self.options.get(option, default)
        is_right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if option in self.options and not is_right:
            raise _malformed(option)
        return value


def as_id(text: str) -> int | None:
    """Returns None for anything but the digits of an id, as PostgreSQL holds it."""
    is_number = text.isascii() and text.isdigit() and len(text) <= 19
    return int(text) if is_number and int(text) < 2**63 else None


def _storable(text: str) -> str:
    """Drop what PostgreSQL and UTF-8 cannot hold: NUL and halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _malformed(option: str) -> Refused:
    return Refused(_("I do not understand that value."), field=option)


def read_interaction(payload: Mapping[str, Any]) -> Interaction:
    """Raises `KeyError`, `TypeError` or `ValueError` for a payload that is no interaction."""
    data = payload["data"]
    kind = Kind(payload["type"])
    member = payload.get("member")
    user = _user((member or payload)["user"], str(payload.get("locale") or ""))
    message = payload.get("message")
    channel_id = int(payload["channel_id"])
    return Interaction(
        id=int(payload["id"]),
        token=str(payload["token"]),
        application_id=int(payload["application_id"]),
        kind=kind,
        name=str(data["name" if kind in {Kind.COMMAND, Kind.AUTOCOMPLETE} else "custom_id"]),
        user=user,
        member=read_member(member, user=user) if member else None,
        guild_id=int(payload["guild_id"]) if payload.get("guild_id") else None,
        channel_id=channel_id,
        place_id=_place(payload.get("channel") or {}, channel_id),
        locale=user.locale,
        app_permissions=Permission(int(payload.get("app_permissions") or 0)),
        message_id=int(message["id"]) if message else None,
        options=_fields(data) if kind == Kind.MODAL else _options(data.get("options") or ()),
        values=tuple(str(value) for value in data.get("values") or ()),
        focused=_focused(data.get("options") or ()),
        people=_people(data.get("resolved") or {}),
    )


def read_member(member: Mapping[str, Any], *, user: UserFacts | None = None) -> MemberFacts:
    """Read a member object, without its permissions: the mirrored roles decide those."""
    return member_facts(member, user or _user(member["user"]))


def _user(user: Mapping[str, Any], locale: str = "") -> UserFacts:
    return UserFacts(
        discord_id=int(user["id"]),
        username=str(user["username"]),
        global_name=str(user.get("global_name") or ""),
        avatar=str(user.get("avatar") or ""),
        locale=locale[:16],
    )


def _place(channel: Mapping[str, Any], channel_id: int) -> int:
    if channel.get("type") in THREADS and channel.get("parent_id"):
        return int(channel["parent_id"])
    return channel_id


def _options(options: Any) -> dict[str, Any]:
    """Options by name; those of a subcommand stand below its name."""
    found: dict[str, Any] = {}
    for option in options:
        if "options" in option:
            found |= _options(option["options"])
        elif "value" in option:
            found[str(option["name"])] = option["value"]
    return found


def _focused(options: Any) -> str:
    """The name of the option being completed."""
    for option in options:
        if option.get("focused"):
            return str(option["name"])
        if found := _focused(option.get("options") or ()):
            return found
    return ""


def _people(resolved: Mapping[str, Any]) -> dict[int, MemberFacts]:
    """Members by id. Their users stand beside them, and strangers come as users alone."""
    users = resolved.get("users") or {}
    return {
        int(user_id): read_member(member, user=_user(users[user_id]))
        for user_id, member in (resolved.get("members") or {}).items()
        if user_id in users and not users[user_id].get("bot")
    }


def _fields(data: Mapping[str, Any]) -> dict[str, Any]:
    """The texts typed into a form, by each input's custom id."""
    found: dict[str, Any] = {}
    for row in data.get("components") or ():
        for part in [row["component"]] if "component" in row else row.get("components") or ():
            found[str(part["custom_id"])] = part.get("value", part.get("values"))
    return found
