"""The reminder: one message in the channel for all, or one for each by DM."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from games.fields import Kind, facts_of
from games.snapshots import GameSnapshot
from notifications.messages.markdown import escape_block, escape_line
from notifications.messages.wording import (
    Message,
    game_url,
    link,
    pinging,
    row,
    timestamp,
)


def channel_reminder(
    snapshot: GameSnapshot, *, people: Sequence[int], is_first: bool, delivery_id: int
) -> Message:
    """Mentions and pings `people` (Discord ids, so many as one message may). The message
    after the first carries on with further names."""
    mentions = " ".join(f"<@{person}>" for person in people)
    text = f"{_sentence(snapshot)}\n{mentions}" if is_first else mentions
    return {
        "content": text,
        "components": [row(_details(snapshot, delivery_id))],
        "allowed_mentions": pinging(users=list(people)),
    }


def direct_reminder(snapshot: GameSnapshot, *, delivery_id: int) -> Message:
    lines = [_sentence(snapshot)]
    lines.append(_("On %(server)s.") % {"server": escape_line(snapshot.guild_name)})
    lines += [
        _("%(field)s: %(text)s") % {"field": field.label, "text": escape_block(text)}
        for field, text in facts_of(snapshot)
        if field.kind == Kind.LINE
    ]
    return {
        "content": "\n".join(lines),
        "components": [row(_details(snapshot, delivery_id))],
        "allowed_mentions": pinging(),
    }


def _sentence(snapshot: GameSnapshot) -> str:
    """True however late it is read: Discord shows the distance itself."""
    return _("**%(title)s** starts %(when)s.") % {
        "title": escape_line(snapshot.title),
        "when": f"{timestamp(snapshot.starts_at, 'R')} ({timestamp(snapshot.starts_at, 't')})",
    }


def _details(snapshot: GameSnapshot, delivery_id: int) -> Message:
    url = game_url(snapshot.guild_id, snapshot.id)
    return link(_("Details"), f"{url}?d={delivery_id}")
