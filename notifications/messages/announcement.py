"""The announcement of a game: a snapshot in, Discord's message out, within its limits."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from games.enums import SignupMethod, Status
from games.snapshots import GameSnapshot, PersonSnapshot
from notifications.messages import custom_ids, limits
from notifications.messages.markdown import escape_block, escape_line, plain_line
from notifications.messages.slots import slot_fields, slot_select
from notifications.messages.wording import (
    PRIMARY,
    SECONDARY,
    SUCCESS,
    Message,
    button,
    duration,
    game_url,
    in_language,
    link,
    pinging,
    row,
    when,
)

_COLORS = {
    Status.SCHEDULED: 0x3BA55D,
    Status.IN_PROGRESS: 0xE0A500,
    Status.COMPLETED: 0x747F8D,
    Status.ARCHIVED: 0x747F8D,
    Status.CANCELLED: 0xD83C3E,
}
# Room for each part, so that all of them together stay below an embed's 6000; the
# description takes what the others leave.
_AUTHOR, _LOCATION, _REASON, _NAME = 100, 420, 620, 90
_PLAYERS, _MAYBE, _WAITING = 1000, 400, 600
_ROLES = 20
_SAFE_TOTAL = limits.EMBED_TOTAL - 100


def render(snapshot: GameSnapshot, *, now: datetime, ping: bool = False) -> Message:
    """The whole message as the game stands. `ping` is for the first post alone: its roles
    are named in every rendering and pinged in that one only."""
    with in_language(snapshot.guild_locale):
        return {
            "content": _content(snapshot),
            "embeds": [_embed(snapshot)],
            "components": _components(snapshot, now),
            "allowed_mentions": _allowed(snapshot) if ping else pinging(),
        }


def _content(snapshot: GameSnapshot) -> str:
    return " ".join(
        "@everyone" if role_id == snapshot.guild_id else f"<@&{role_id}>"
        for role_id in _roles(snapshot)
    )


def _allowed(snapshot: GameSnapshot) -> Message:
    roles = [role_id for role_id in _roles(snapshot) if role_id != snapshot.guild_id]
    allowed = pinging(roles=roles)
    if snapshot.guild_id in _roles(snapshot):
        allowed["parse"] = ["everyone"]
    return allowed


def _roles(snapshot: GameSnapshot) -> list[int]:
    """Each once: Discord refuses a message that allows a role twice."""
    return list(dict.fromkeys(snapshot.notify_role_ids))[:_ROLES]


def _embed(snapshot: GameSnapshot) -> Message:
    embed: Message = {
        "title": limits.fit(_title(snapshot), limits.EMBED_TITLE, escape=escape_line),
        "url": game_url(snapshot.guild_id, snapshot.id),
        "color": _COLORS[Status(snapshot.status)],
        "author": {
            "name": limits.fit(snapshot.host_name, _AUTHOR, escape=plain_line) or "?",
            "icon_url": snapshot.host_avatar_url,
        },
        "fields": _fields(snapshot),
        "footer": {"text": f"{_status(snapshot)} · r{snapshot.revision}"},
    }
    room = min(limits.EMBED_DESCRIPTION, _SAFE_TOTAL - _used(embed))
    embed["description"] = limits.fit(snapshot.description, room, escape=escape_block)
    return embed


def _title(snapshot: GameSnapshot) -> str:
    if snapshot.status == Status.CANCELLED:
        return _("Cancelled: %(title)s") % {"title": snapshot.title}
    return snapshot.title


def _status(snapshot: GameSnapshot) -> str:
    return str(Status(snapshot.status).label)


def _used(embed: Message) -> int:
    texts = [embed["title"], embed["author"]["name"], embed["footer"]["text"]]
    texts += [text for field in embed["fields"] for text in (field["name"], field["value"])]
    return sum(limits.length(text) for text in texts)


def _fields(snapshot: GameSnapshot) -> list[Message]:
    fields = [_field(_("When"), when(snapshot.starts_at))]
    fields.append(_field(_("Duration"), duration(snapshot.duration_minutes), inline=True))
    location = limits.fit(snapshot.location, _LOCATION, escape=escape_block)
    if location:
        fields.append(_field(_("Location"), location, inline=True))
    reason = limits.fit(snapshot.cancel_reason, _REASON, escape=escape_block)
    if snapshot.status == Status.CANCELLED and reason:
        fields.append(_field(_("Reason"), reason))
    fields += _rosters(snapshot)
    return fields


def _rosters(snapshot: GameSnapshot) -> list[Message]:
    players = f"{len(snapshot.playing)}/{snapshot.max_players}"
    title = _("Players (%(count)s)") % {"count": players}
    if snapshot.slots:
        fields = slot_fields(snapshot, title=title, room=_PLAYERS, name=_name)
    else:
        fields = [_field(title, _numbered(snapshot.playing, _PLAYERS) or _("Nobody yet"))]
    if snapshot.maybe:
        title = _("Maybe (%(count)d)") % {"count": len(snapshot.maybe)}
        fields.append(_field(title, _listed(snapshot.maybe, _MAYBE)))
    if snapshot.waiting:
        title = _("Waitlist (%(count)d)") % {"count": len(snapshot.waiting)}
        fields.append(_field(title, _numbered(snapshot.waiting, _WAITING)))
    return fields


def _numbered(people: Sequence[PersonSnapshot], room: int) -> str:
    lines = [f"{place}. {_name(person)}" for place, person in enumerate(people, start=1)]
    return limits.join_lines(lines, room)


def _listed(people: Sequence[PersonSnapshot], room: int) -> str:
    return limits.join_lines([_name(person) for person in people], room)


def _name(person: PersonSnapshot) -> str:
    return limits.fit(person.name, _NAME, escape=escape_line) or "?"


def _field(name: str, value: str, *, inline: bool = False) -> Message:
    return {"name": name, "value": value, "inline": inline}


def _components(snapshot: GameSnapshot, now: datetime) -> list[Message]:
    details = link(_("Details"), game_url(snapshot.guild_id, snapshot.id))
    if not snapshot.is_upcoming:
        return [row(details)]
    is_closed = not snapshot.is_signup_open(now) or (
        snapshot.signup_method == SignupMethod.HOST_SELECTED
    )
    others = [
        button(
            _("Maybe"),
            custom_ids.game_button(snapshot.id, custom_ids.MAYBE),
            SECONDARY,
            disabled=is_closed,
        ),
        button(_("Can't go"), custom_ids.game_button(snapshot.id, custom_ids.DECLINE), SECONDARY),
        details,
    ]
    if snapshot.slots:
        return [row(slot_select(snapshot, disabled=is_closed)), row(*others)]
    return [row(_join_button(snapshot, is_closed), *others)]


def _join_button(snapshot: GameSnapshot, is_closed: bool) -> Message:
    is_waitlist = snapshot.is_full or snapshot.signup_method == SignupMethod.HOST_SELECTED_WAITLIST
    return button(
        _("Join waitlist") if is_waitlist else _("Join"),
        custom_ids.game_button(snapshot.id, custom_ids.JOIN),
        PRIMARY if is_waitlist else SUCCESS,
        disabled=is_closed,
    )
