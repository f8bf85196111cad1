"""The announcement of a game: a snapshot becomes Discord's message, within its limits."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.enums import Decision, SignupMethod, Status
from games.fields import Kind, facts_of
from games.snapshots import GameSnapshot, PersonSnapshot
from guilds.languages import in_language
from notifications.messages import limits
from notifications.messages.custom_ids import GameButton
from notifications.messages.markdown import escape_block, escape_line, plain_line
from notifications.messages.slots import slot_fields, slot_select
from notifications.messages.wording import (
    PRIMARY,
    SECONDARY,
    SUCCESS,
    Message,
    button,
    game_url,
    link,
    pinging,
    row,
    when,
)
from when import length_in_words

_COLORS = {
    Status.SCHEDULED: 0x3BA55D,
    Status.IN_PROGRESS: 0xE0A500,
    Status.COMPLETED: 0x747F8D,
    Status.ARCHIVED: 0x747F8D,
    Status.CANCELLED: 0xD83C3E,
}
# Room for each part, so that all of them together stay below an embed's 6000; the
# description takes what the others leave.
_AUTHOR, _REASON, _NAME, _CATEGORY = 100, 620, 90, 60
_PLAYERS, _MAYBE, _WAITING = 1000, 400, 600
_ROLES = 20
_SAFE_TOTAL = limits.EMBED_TOTAL - 100


def render(snapshot: GameSnapshot, *, now: datetime, ping: bool = False) -> Message:
    """Make the whole message as the game stands.

    `ping` is for the first post alone: its roles are named in every rendering and pinged in that
    one only.
    """
    with in_language(snapshot.guild_locale):
        return {
            "content": _content(snapshot),
            "embeds": [_embed(snapshot, now)],
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
    """Each role once: Discord refuses a message that allows a role twice."""
    return list(dict.fromkeys(snapshot.notify_role_ids))[:_ROLES]


def _embed(snapshot: GameSnapshot, now: datetime) -> Message:
    embed: Message = {
        "title": limits.fit(_title(snapshot), limits.EMBED_TITLE, escape=escape_line),
        **({"url": game_url(snapshot.guild_id, snapshot.id)} if snapshot.id else {}),
        "color": _color(snapshot),
        "author": {
            "name": limits.fit(snapshot.host_name, _AUTHOR, escape=plain_line) or "?",
            "icon_url": snapshot.host_avatar_url,
        },
        "fields": _fields(snapshot, now),
        "footer": {"text": _footer(snapshot)},
    }
    if snapshot.image_url:
        embed["image"] = {"url": snapshot.image_url}
    room = min(limits.EMBED_DESCRIPTION, _SAFE_TOTAL - _used(embed))
    embed["description"] = limits.fit(snapshot.description, room, escape=escape_block)
    _add_rules(embed, snapshot)
    return embed


def _color(snapshot: GameSnapshot) -> int:
    """The game's own colour while it is to come; afterwards the colour says how it ended."""
    if snapshot.is_cancelled:
        return _COLORS[Status.CANCELLED]
    if snapshot.color is not None and snapshot.is_upcoming:
        return snapshot.color
    return _COLORS[Status(snapshot.status)]


def _add_rules(embed: Message, snapshot: GameSnapshot) -> None:
    """Add the rules before the rosters, if the description leaves room for them."""
    room = min(limits.FIELD_VALUE, _SAFE_TOTAL - _used(embed) - limits.length(embed["description"]))
    rules = limits.fit(snapshot.rules, room - 100, escape=escape_block) if room > 200 else ""
    if rules:
        embed["fields"].insert(2, _field(_("Rules"), rules))


def _title(snapshot: GameSnapshot) -> str:
    if snapshot.is_cancelled:
        return _("Cancelled: %(title)s") % {"title": snapshot.title}
    return snapshot.title


def _footer(snapshot: GameSnapshot) -> str:
    """The revision comes last: it tells how new a message is that one looks at."""
    category = limits.fit(snapshot.category, _CATEGORY, escape=plain_line)
    status = str(Status(snapshot.status).label)
    return " · ".join([*([category] if category else []), status, f"r{snapshot.revision}"])


def _used(embed: Message) -> int:
    texts = [embed["title"], embed["author"]["name"], embed["footer"]["text"]]
    texts += [text for field in embed["fields"] for text in (field["name"], field["value"])]
    return sum(limits.length(text) for text in texts)


def _fields(snapshot: GameSnapshot, now: datetime) -> list[Message]:
    fields = [_field(_("When"), _when(snapshot))]
    fields.append(_field(_("Duration"), length_in_words(snapshot.duration_minutes), inline=True))
    for field, text in facts_of(snapshot):
        room = min(limits.FIELD_VALUE, 2 * field.longest + 20)
        if shown := limits.fit(text, room, escape=escape_block):
            fields.append(_field(str(field.label), shown, inline=field.kind == Kind.LINE))
    reason = limits.fit(snapshot.cancel_reason, _REASON, escape=escape_block)
    if snapshot.is_cancelled and reason:
        fields.append(_field(_("Reason"), reason))
    if snapshot.status == Status.SCHEDULED:
        fields += _conditions(snapshot, now)
    fields += _rosters(snapshot)
    return fields


def _when(snapshot: GameSnapshot) -> str:
    if not (snapshot.is_upcoming and snapshot.id):
        return when(snapshot.starts_at)
    address = f"{game_url(snapshot.guild_id, snapshot.id)}calendar.ics"
    return f"{when(snapshot.starts_at)}\n[{_('Add to calendar')}]({address})"


def _conditions(snapshot: GameSnapshot, now: datetime) -> list[Message]:
    """The end of sign-up, the fewest players, and a note while the host is asked."""
    fields = []
    if snapshot.signup_closes_at:
        is_open = now < snapshot.signup_closes_at
        name = _("Sign-up closes") if is_open else _("Sign-up closed")
        fields.append(_field(name, when(snapshot.signup_closes_at), inline=True))
    if snapshot.min_players:
        fields.append(_field(_("Minimum players"), _minimum(snapshot), inline=True))
    if snapshot.missing_players and snapshot.decision == Decision.ASKED:
        text = _("The host has been asked whether the game takes place.")
        fields.append(_field(_("Too few players"), text))
    return fields


def _minimum(snapshot: GameSnapshot) -> str:
    missing = snapshot.missing_players
    if not missing:
        return str(snapshot.min_players)
    text = ngettext("%(least)d, %(count)d more needed", "%(least)d, %(count)d more needed", missing)
    return text % {"least": snapshot.min_players, "count": missing}


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
    lines = (f"{place}. {_name(person)}" for place, person in enumerate(people, start=1))
    return limits.join_first(lines, len(people), room)


def _listed(people: Sequence[PersonSnapshot], room: int) -> str:
    return limits.join_first(map(_name, people), len(people), room)


def _name(person: PersonSnapshot) -> str:
    return limits.fit(person.name, _NAME, escape=escape_line) or "?"


def _field(name: str, value: str, *, inline: bool = False) -> Message:
    return {"name": name, "value": value, "inline": inline}


def _components(snapshot: GameSnapshot, now: datetime) -> list[Message]:
    # A preview has no page yet.
    details = [link(_("Details"), game_url(snapshot.guild_id, snapshot.id))] if snapshot.id else []
    if not snapshot.is_upcoming:
        return [row(*details)] if details else []
    is_closed = not snapshot.is_signup_open(now)
    others = [
        button(
            _("Maybe"),
            GameButton(snapshot.id, "maybe").custom_id,
            SECONDARY,
            disabled=is_closed,
        ),
        button(_("Can't go"), GameButton(snapshot.id, "decline").custom_id, SECONDARY),
        *details,
    ]
    if snapshot.slots:
        return [row(slot_select(snapshot, disabled=is_closed)), row(*others)]
    return [row(_join_button(snapshot, is_closed), *others)]


def _join_button(snapshot: GameSnapshot, is_closed: bool) -> Message:
    is_waitlist = snapshot.is_full or snapshot.signup_method == SignupMethod.HOST_SELECTED_WAITLIST
    return button(
        _("Join waitlist") if is_waitlist else _("Join"),
        GameButton(snapshot.id, "join").custom_id,
        PRIMARY if is_waitlist else SUCCESS,
        disabled=is_closed,
    )
