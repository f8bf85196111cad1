"""A loaded backup: messages sent since it was made are not sent again."""

from datetime import datetime

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Coalesce, Greatest

from games.models import Game
from notifications.enums import State, TimerKind
from notifications.models import Announcement, Delivery, Timer

OURS = ("guilds", "games", "notifications")
# More than anybody made since the backup, and nothing to a 64 bit number.
SKIPPED_IDS = 1_000_000


@transaction.atomic
def settle_restored(*, now: datetime) -> dict[str, int]:
    """Make a database of an earlier time fit for a Discord that has gone on. Repeatable.

    Ids begin further on, since buttons out there name games the backup has not heard of. Pending
    messages are looked for in their channel first. Posts are rendered anew.
    """
    skip_ids()
    return {
        "deliveries": _look_for_deliveries(),
        "announcements": _look_for_posts(now) + _look_for_unposted(),
        "posts": _render_anew(now),
    }


def skip_ids() -> None:
    with connection.cursor() as cursor:
        for label in OURS:
            for model in apps.get_app_config(label).get_models():
                if isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
                    table = model._meta.db_table
                    cursor.execute(
                        "select setval(s, nextval(s) + %s)"
                        " from pg_get_serial_sequence(%s, %s) as s",
                        [SKIPPED_IDS, table, model._meta.pk.column],
                    )


def _look_for_deliveries() -> int:
    """Mark rows as tried before: those are looked for in their channel; see
    `discord_api.outgoing`."""
    return Delivery.objects.filter(state__in=[State.PENDING, State.LEASED]).update(
        state=State.PENDING,
        lease_until=None,
        attempts=Greatest("attempts", 1),
        first_attempt_at=Coalesce("first_attempt_at", "created_at"),
    )


def _look_for_posts(now: datetime) -> int:
    """Games whose time to be announced has passed since have a post out there already."""
    due = Timer.objects.filter(kind=TimerKind.POST, state=State.PENDING, due_at__lte=now)
    games = Game.objects.filter(id__in=due.values("game_id"), announcement=None)
    rows = [
        Announcement(
            game=game, channel_id=game.channel_id, wanted_revision=game.revision, render_at=now
        )
        for game in games
    ]
    Announcement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _look_for_unposted() -> int:
    posts = Announcement.objects.filter(message_id=None, render_at__isnull=False)
    return sum(
        Announcement.objects.filter(id=post.id).update(
            is_in_flight=True,
            first_attempt_at=Coalesce("first_attempt_at", post.game.created_at),
        )
        for post in posts.select_related("game")
    )


def _render_anew(now: datetime) -> int:
    """Posts may show changes that came after the backup; each channel's pace spreads the edits."""
    shown = Announcement.objects.filter(
        message_id__isnull=False,
        lost_at=None,
        game__guild__left_at=None,
        game__status__in=["scheduled", "in_progress"],
    )
    return shown.update(posted_revision=0, render_at=now)
