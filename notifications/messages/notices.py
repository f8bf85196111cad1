"""What we tell people unprompted about a game: moved up, cancelled, new time, trouble."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from games.snapshots import GameSnapshot
from guilds.enums import Permission
from guilds.permissions import permission_names
from notifications.enums import Notice
from notifications.messages import limits
from notifications.messages.custom_ids import GameButton
from notifications.messages.markdown import escape_block, escape_line
from notifications.messages.series import next_session, no_next_session, series_buttons
from notifications.messages.wording import (
    DANGER,
    PRIMARY,
    SECONDARY,
    Message,
    button,
    game_url,
    link,
    pinging,
    row,
    when,
)


def notice(
    kind: str,
    snapshot: GameSnapshot,
    payload: Mapping[str, Any],
    *,
    delivery_id: int,
    mention: int | None = None,
) -> Message:
    """The message of a `Notice`. `mention`: for a channel, in place of a DM that was closed,
    naming and pinging that one person."""
    text = _TEXTS[Notice(kind)](snapshot, payload)
    if mention is None:
        server = escape_line(snapshot.guild_name)
        text += "\n" + _("On %(server)s.") % {"server": server}
    else:
        text = f"<@{mention}> {text}"
    return {
        "content": limits.fit(text, limits.CONTENT),
        "components": [row(*_buttons(kind, snapshot, delivery_id))],
        "allowed_mentions": pinging(users=[mention] if mention else None),
    }


def _buttons(kind: str, snapshot: GameSnapshot, delivery_id: int) -> list[Message]:
    details = link(_("Details"), f"{game_url(snapshot.guild_id, snapshot.id)}?d={delivery_id}")
    if kind == Notice.TOO_FEW:
        return [
            button(_("Run anyway"), GameButton(snapshot.id, "run").custom_id, PRIMARY),
            button(_("New time"), GameButton(snapshot.id, "move").custom_id, SECONDARY),
            button(_("Cancel game"), GameButton(snapshot.id, "cancel").custom_id, DANGER),
            details,
        ]
    if kind == Notice.SERIES_NEXT:
        return [*series_buttons(snapshot), details]
    if kind != Notice.POST_LOST:
        return [details]
    return [
        button(_("Repost"), GameButton(snapshot.id, "repost").custom_id, PRIMARY),
        button(_("Cancel game"), GameButton(snapshot.id, "cancel").custom_id, DANGER),
        details,
    ]


def _facts(snapshot: GameSnapshot) -> dict[str, str]:
    return {
        "title": f"**{escape_line(snapshot.title)}**",
        "when": when(snapshot.starts_at),
        "channel": f"<#{snapshot.channel_id}>",
    }


def _promoted(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    return _("You moved up from the waitlist: you play in %(title)s, %(when)s.") % _facts(snapshot)


def _demoted(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    return _(
        "You moved back to the waitlist of %(title)s, %(when)s. You move up when a seat is free."
    ) % _facts(snapshot)


def _added(snapshot: GameSnapshot, payload: Mapping[str, Any]) -> str:
    if any(person.discord_id == payload.get("person") for person in snapshot.waiting):
        return _(
            "The host put you on the waitlist of %(title)s, %(when)s. You move up when a seat "
            "is free."
        ) % _facts(snapshot)
    return _("The host added you to %(title)s, %(when)s.") % _facts(snapshot)


def _removed(snapshot: GameSnapshot, payload: Mapping[str, Any]) -> str:
    if payload.get("is_role_lost"):
        return _(
            "You no longer have a role that %(title)s, %(when)s, asks for, so your seat is free."
        ) % _facts(snapshot)
    return _("The host took you off the roster of %(title)s, %(when)s.") % _facts(snapshot)


def _rescheduled(snapshot: GameSnapshot, payload: Mapping[str, Any]) -> str:
    facts = _facts(snapshot)
    if old := payload.get("starts_at"):
        facts["old"] = when(datetime.fromisoformat(str(old)))
        return _("%(title)s has a new time: %(when)s. It was %(old)s.") % facts
    return _("%(title)s has a new time: %(when)s.") % facts


def _moved(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    return _("%(title)s, %(when)s, has moved to %(channel)s.") % _facts(snapshot)


def _cancelled(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    text = _("%(title)s, %(when)s, was cancelled.") % _facts(snapshot)
    if snapshot.cancel_reason:
        reason = limits.fit(snapshot.cancel_reason, 600, escape=escape_block)
        text += "\n" + _("Reason: %(reason)s") % {"reason": reason}
    return text


def _post_lost(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    return _(
        "The announcement of %(title)s, %(when)s, was deleted from %(channel)s. The game still "
        "stands and nobody was signed off. What shall I do?"
    ) % _facts(snapshot)


def _too_few(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    facts: dict[str, Any] = _facts(snapshot)
    facts |= {"count": len(snapshot.playing), "least": snapshot.min_players or 0}
    return (
        _(
            "%(title)s, %(when)s, has %(count)d of at least %(least)d players. "
            "What shall become of it?"
        )
        % facts
    )


def _goes_ahead(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    return _("%(title)s, %(when)s, goes ahead, though few players signed up.") % _facts(snapshot)


def _unreachable(snapshot: GameSnapshot, payload: Mapping[str, Any]) -> str:
    names = [limits.fit(name, 80, escape=escape_line) for name in payload.get("names", ())]
    text = _(
        "Some people of %(title)s, %(when)s, do not take direct messages from me, so they may "
        "miss what changes. Please tell them yourself:"
    ) % _facts(snapshot)
    return text + "\n" + limits.join_lines(names, 1000)


def _channel_trouble(snapshot: GameSnapshot, payload: Mapping[str, Any]) -> str:
    facts = _facts(snapshot)
    if channel_id := payload.get("channel_id"):
        facts["channel"] = f"<#{channel_id}>"
    if payload.get("is_gone"):
        return (
            _(
                "The channel of %(title)s, %(when)s, is gone. The game still stands, and sign-ups "
                "on the dashboard go on. Give it another channel there, or with /edit-game."
            )
            % facts
        )
    if missing := payload.get("missing"):
        facts["permissions"] = permission_names(Permission(missing))
        return (
            _(
                "I cannot post properly in %(channel)s, where %(title)s belongs. I lack: "
                "%(permissions)s. Sign-ups on the dashboard go on. Ask a moderator to allow me "
                "that in the channel's settings."
            )
            % facts
        )
    return (
        _(
            "I cannot post in %(channel)s, where %(title)s belongs: the channel is gone, or I may "
            "not see it or write there. Sign-ups on the dashboard go on. Ask a moderator to let me "
            "view the channel, send messages and embed links."
        )
        % facts
    )


_TEXTS = {
    Notice.PROMOTED: _promoted,
    Notice.DEMOTED: _demoted,
    Notice.ADDED: _added,
    Notice.REMOVED: _removed,
    Notice.RESCHEDULED: _rescheduled,
    Notice.MOVED: _moved,
    Notice.CANCELLED: _cancelled,
    Notice.TOO_FEW: _too_few,
    Notice.GOES_AHEAD: _goes_ahead,
    Notice.UNREACHABLE: _unreachable,
    Notice.POST_LOST: _post_lost,
    Notice.CHANNEL_TROUBLE: _channel_trouble,
    Notice.SERIES_NEXT: next_session,
    Notice.SERIES_TROUBLE: no_next_session,
}
