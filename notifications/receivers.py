"""What a change of a game sets in motion, in the change's own transaction.

Cheap, since every click runs it: for a plain sign-up one update.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from games.enums import Action, Via
from games.models import Change, Game
from games.signals import game_changed
from notifications.nudges import ANNOUNCEMENTS, nudge
from notifications.services.announcement import create_announcement, mark_dirty
from notifications.services.delivery import enqueue
from notifications.services.telling import notices_for
from notifications.services.timer import plan_timers

SCHEDULING = frozenset({Action.CREATED, Action.EDITED, Action.RESCHEDULED, Action.POSTED})
CLICKS = frozenset({Action.JOINED, Action.ANSWERED_MAYBE, Action.DECLINED})
# A click's own answer shows the new state at once; the worker steps in when it does not.
CLICK_GRACE = timedelta(seconds=1)


@receiver(game_changed, dispatch_uid="notifications")
def follow_change(*, game: Game, change: Change, **_kwargs: Any) -> None:
    now = timezone.now()
    if change.action in SCHEDULING:
        plan_timers(game, now=now)
    enqueue(notices_for(game, change, now=now))
    is_click = change.via == Via.BOT and change.action in CLICKS
    _show(game, change, now + CLICK_GRACE if is_click else now)
    if not is_click:
        transaction.on_commit(partial(nudge, ANNOUNCEMENTS), robust=True)


def _show(game: Game, change: Change, render_at: datetime) -> None:
    if change.action != Action.CREATED and mark_dirty(game, render_at=render_at):
        return
    is_draft = game.post_at is not None and game.post_at > render_at
    if change.action == Action.POSTED or (change.action in SCHEDULING and not is_draft):
        create_announcement(game, now=render_at)
