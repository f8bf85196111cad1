import zlib
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.models import Game
from notifications.kinds.base.context import Context
from notifications.kinds.base.notice import Notice, register
from notifications.messages.limits import fit
from notifications.messages.markdown import escape_block
from notifications.models import Delivery


@register
class SeriesTrouble(Notice):
    """Tells the host that no session follows this one, once for each reason."""

    name = "series_trouble"
    label = gettext_lazy("Next game could not be created")

    def deliveries(self, game: Game, *, now: datetime) -> list[Delivery]:
        if game.series is None:
            return []
        reason = game.series.trouble
        key = f"{self.name}:{game.id}:{zlib.crc32(reason.encode())}"
        return self.to_host(game, key=key, due_at=now, payload={"reason": reason})

    def outdated(self, context: Context) -> str:
        """Never: it is told of the game before, which is over."""
        return ""

    def text(self, context: Context) -> str:
        reason = fit(str(context.payload.get("reason", "")), 300, escape=escape_block)
        return _("I could not create the next game of %(title)s: %(reason)s I keep trying.") % (
            context.words | {"reason": reason}
        )
