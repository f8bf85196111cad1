"""Old rows are deleted, a batch at a time, and never while they are still open."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session as EarlierSession
from django.db.models import QuerySet

from games.enums import Status
from games.models import Change, Draft, Game
from guilds.models import Session
from notifications.enums import State
from notifications.models import Delivery, HeldTarget, Timer

BATCH = 1000
OVER = (Status.COMPLETED, Status.CANCELLED, Status.ARCHIVED)
SETTLED = (State.DONE, State.CANCELLED, State.DEAD, State.EXPIRED)
DRAFT_DAYS = 2


def forget_old(*, now: datetime) -> dict[str, int]:
    """Delete one batch of each kind; returns how many rows of each.

    Days come from the settings; 0 keeps a kind for ever. Timers go with the deliveries, and
    sessions with the tokens in them when they have run out.
    """
    return {
        "games": _delete(
            Game.objects.filter(status__in=OVER), "starts_at", settings.RETAIN_GAMES_DAYS, now
        ),
        "changes": _delete(
            Change.objects.filter(game__status__in=OVER), "at", settings.RETAIN_CHANGES_DAYS, now
        ),
        "deliveries": _delete(
            Delivery.objects.filter(state__in=SETTLED),
            "created_at",
            settings.RETAIN_DELIVERIES_DAYS,
            now,
        ),
        "timers": _delete(
            Timer.objects.filter(state__in=SETTLED),
            "due_at",
            settings.RETAIN_DELIVERIES_DAYS,
            now,
        ),
        "drafts": _delete(Draft.objects.all(), "created_at", DRAFT_DAYS, now),
        "holds": _delete_before(HeldTarget.objects.all(), "until", now),
        "sessions": _delete_before(Session.objects.all(), "expire_date", now),
        # Those of versions before 1.1, which kept them in Django's own table.
        "earlier_sessions": _delete_before(EarlierSession.objects.all(), "expire_date", now),
    }


def _delete(rows: QuerySet[Any], field: str, days: int, now: datetime) -> int:
    return _delete_before(rows, field, now - timedelta(days=days)) if days > 0 else 0


def _delete_before(rows: QuerySet[Any], field: str, moment: datetime) -> int:
    old = rows.filter(**{f"{field}__lt": moment})
    ids = list(old.order_by(field).values_list("pk", flat=True)[:BATCH])
    if ids:
        rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)
