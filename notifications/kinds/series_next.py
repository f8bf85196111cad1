from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from games.enums import Action, Status, Via
from games.snapshots import GameSnapshot
from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import ChangeNotice, register
from notifications.messages.custom_ids import SeriesButton
from notifications.messages.wording import DANGER, SUCCESS, Message, button, timestamp, when


@register
class SeriesNext(ChangeNotice):
    """Tells the host of the next session, which they may confirm or skip before it is announced."""

    name = "series_next"
    label = gettext_lazy("Next game of a series")
    is_for_drafts = True

    def recipients(self, event: GameEvent) -> Collection[int]:
        change = event.change
        is_made_by_series = change.action == Action.CREATED and change.via == Via.WORKER
        return event.host if is_made_by_series else ()

    def still_concerns(self, context: Context) -> bool:
        return context.is_host and context.game.status == Status.SCHEDULED

    def text(self, context: Context) -> str:
        game = context.game
        lines = [_("The next game of %(title)s is on %(when)s.") % context.words]
        if going := len(game.playing) + len(game.waiting):
            lines.append(
                ngettext(
                    "%(count)d person stays signed up.", "%(count)d people stay signed up.", going
                )
                % {"count": going}
            )
        lines.append(_announced(game))
        return "\n".join(lines)

    def buttons(self, context: Context) -> list[Message]:
        """Confirm is offered only while the session waits for it."""
        game = context.game
        skip = button(_("Skip"), SeriesButton(game.id, "skip").custom_id, DANGER)
        if not game.awaits_host:
            return [skip]
        return [button(_("Confirm"), SeriesButton(game.id, "confirm").custom_id, SUCCESS), skip]


def _announced(game: GameSnapshot) -> str:
    channel = f"<#{game.channel_id}>"
    if game.awaits_host and game.post_at:
        return _(
            "Confirm it, and I announce it in %(channel)s. Without an answer by %(until)s I skip "
            "it."
        ) % {"channel": channel, "until": when(game.post_at)}
    if game.post_at:
        return _("I announce it in %(channel)s on %(when)s.") % {
            "channel": channel,
            "when": timestamp(game.post_at),
        }
    return _("I announce it in %(channel)s now.") % {"channel": channel}
