"""What is said of a series: its next session, to the host; and what a press has done."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.snapshots import GameSnapshot
from notifications.messages.custom_ids import SeriesButton
from notifications.messages.limits import CONTENT, fit, join_lines
from notifications.messages.markdown import escape_block, escape_line
from notifications.messages.replies import closing
from notifications.messages.wording import (
    DANGER,
    SUCCESS,
    Message,
    button,
    game_url,
    link,
    row,
    timestamp,
    when,
)
from when.repetitions import Occurrence, marks


def next_session(snapshot: GameSnapshot, _payload: Mapping[str, Any]) -> str:
    lines = [
        _("The next session of %(title)s is on %(when)s.")
        % {"title": f"**{escape_line(snapshot.title)}**", "when": when(snapshot.starts_at)}
    ]
    if going := len(snapshot.playing) + len(snapshot.waiting):
        lines.append(
            ngettext("%(count)d person stays signed up.", "%(count)d people stay signed up.", going)
            % {"count": going}
        )
    lines.append(_announced(snapshot))
    return "\n".join(lines)


def _announced(snapshot: GameSnapshot) -> str:
    channel = f"<#{snapshot.channel_id}>"
    if snapshot.awaits_host and snapshot.post_at:
        return _(
            "Confirm it, and I announce it in %(channel)s. Without an answer by %(until)s I skip "
            "it."
        ) % {"channel": channel, "until": when(snapshot.post_at)}
    if snapshot.post_at:
        return _("I announce it in %(channel)s on %(when)s.") % {
            "channel": channel,
            "when": timestamp(snapshot.post_at),
        }
    return _("I announce it in %(channel)s now.") % {"channel": channel}


def series_buttons(snapshot: GameSnapshot) -> list[Message]:
    """Confirm is offered only while the session waits for it."""
    buttons = []
    if snapshot.awaits_host:
        confirm = SeriesButton(snapshot.id, "confirm").custom_id
        buttons.append(button(_("Confirm"), confirm, SUCCESS))
    skip = SeriesButton(snapshot.id, "skip").custom_id
    return [*buttons, button(_("Skip"), skip, DANGER)]


def no_next_session(snapshot: GameSnapshot, payload: Mapping[str, Any]) -> str:
    reason = fit(str(payload.get("reason", "")), 300, escape=escape_block)
    return _("I could not make the next session of %(title)s: %(reason)s I keep trying.") % {
        "title": f"**{escape_line(snapshot.title)}**",
        "reason": reason,
    }


def confirmed(snapshot: GameSnapshot) -> Message:
    facts = {
        "title": f"**{escape_line(snapshot.title)}**",
        "when": when(snapshot.starts_at),
        "channel": f"<#{snapshot.channel_id}>",
    }
    if snapshot.post_at:
        text = _("%(title)s, %(when)s, takes place. I announce it in %(channel)s when it is time.")
    else:
        text = _("%(title)s, %(when)s, takes place. I announce it in %(channel)s.")
    return _with_details(text % facts, snapshot)


def skipped(snapshot: GameSnapshot, following: GameSnapshot | None) -> Message:
    lines = [
        _("%(title)s, %(when)s, is skipped. Everyone who signed up is told.")
        % {"title": f"**{escape_line(snapshot.title)}**", "when": when(snapshot.starts_at)}
    ]
    if following is not None:
        start = when(following.starts_at)
        lines.append(_("The next session is on %(when)s.") % {"when": start})
    else:
        lines.append(_("There is no session after it yet."))
    return _with_details("\n".join(lines), following or snapshot)


def stopped(snapshot: GameSnapshot) -> Message:
    title = f"**{escape_line(snapshot.title)}**"
    return _with_details(
        _("%(title)s repeats no more. The sessions there are stand.") % {"title": title}, snapshot
    )


def dates(rule: str, occurrences: Sequence[Occurrence]) -> list[str]:
    """Lines of a preview: the rule in words, and its next dates as each reader's own clock
    shows them, with what the clocks of the place do there."""
    lines = [_("Repeats: %(rule)s") % {"rule": f"**{escape_line(rule)}**"}]
    for one in occurrences:
        said = " ".join(marks(one))
        lines.append(f"• {timestamp(one.starts_at)}" + (f" – {said}" if said else ""))
    return lines


def _with_details(text: str, snapshot: GameSnapshot) -> Message:
    details = row(link(_("Details"), game_url(snapshot.guild_id, snapshot.id)))
    return closing(join_lines([text], CONTENT)) | {"components": [details]}
