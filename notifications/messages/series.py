"""Replies to the buttons of a series, and the dates in its preview."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from games.snapshots import GameSnapshot
from notifications.messages.limits import CONTENT, join_lines
from notifications.messages.markdown import escape_line
from notifications.messages.replies import closing
from notifications.messages.wording import Message, game_url, link, row, timestamp, when
from when.repetitions import Occurrence, marks


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
        lines.append(_("The next game is on %(when)s.") % {"when": start})
    else:
        lines.append(_("There is no game after it yet."))
    return _with_details("\n".join(lines), following or snapshot)


def stopped(snapshot: GameSnapshot) -> Message:
    title = f"**{escape_line(snapshot.title)}**"
    return _with_details(
        _("%(title)s no longer repeats. Games already created stay.") % {"title": title}, snapshot
    )


def dates(rule: str, occurrences: Sequence[Occurrence]) -> list[str]:
    """Lines of a preview: the rule in words, and its next dates.

    Each reader's own clock shows the dates; a remark says what the clocks of the place do there.
    """
    lines = [_("Repeats: %(rule)s") % {"rule": f"**{escape_line(rule)}**"}]
    for one in occurrences:
        said = " ".join(marks(one))
        lines.append(f"• {timestamp(one.starts_at)}" + (f" – {said}" if said else ""))
    return lines


def _with_details(text: str, snapshot: GameSnapshot) -> Message:
    details = row(link(_("Details"), game_url(snapshot.guild_id, snapshot.id)))
    return closing(join_lines([text], CONTENT)) | {"components": [details]}
