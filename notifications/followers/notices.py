"""The notices that a change of a game asks for: rows for the outbox."""

from datetime import datetime

from games.models import Change, Game
from notifications.kinds import KINDS, ChangeNotice, GameEvent
from notifications.models import Delivery


def notices_for(game: Game, change: Change, *, now: datetime) -> list[Delivery]:
    """Ask each kind of notice whom it tells. Before a game is announced few tell anybody."""
    event = GameEvent(game, change, now)
    is_draft = game.is_draft(now)
    return [
        delivery
        for kind in KINDS.values()
        if isinstance(kind, ChangeNotice) and (kind.is_for_drafts or not is_draft)
        for delivery in kind.deliveries(event)
    ]
