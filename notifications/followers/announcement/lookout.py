"""Looks for announcements that somebody may have deleted; decision 15 says why so.

Discord tells of a deletion only those who take every message of a server. Each look is one request.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F, Min, QuerySet
from django.db.models.functions import Coalesce, Least

from discord_api import loop, outgoing
from discord_api.budget import Priority
from discord_api.errors import UNKNOWN_MESSAGE, Cause, DiscordError, Uncertain
from discord_api.outgoing import SEND_SECONDS, SendFailed
from games.enums import Status
from games.models import Game
from guilds.selectors import bot_members, missing_bot_permissions
from notifications.enums import State, TimerKind
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.post_lost import PostLost
from notifications.models import Announcement, Timer
from notifications.outbox.queue import enqueue
from postgres.clock import database_now

log = structlog.get_logger(__name__)

# Beat calls every 5 s: at most 10 of the 50 requests a second go into looks.
BATCH = 50
HOUR = timedelta(hours=1)
# The last look before a reminder or the last hour comes so much earlier.
AHEAD = timedelta(minutes=1)
# How long before the start, and how often then; furthest first.
PACE = (
    (timedelta(days=7), timedelta(hours=3)),
    (timedelta(days=1), timedelta(minutes=10)),
    (timedelta(hours=2, minutes=15), timedelta(minutes=1)),
)
SELDOM = timedelta(hours=12)
# Where there are too many to keep the pace, it is slowed down until looks come in time again: those
# before reminders and the last hour have to.
IN_TIME = timedelta(seconds=10)
SLOWED_BY = 60
SLOWED_AT_MOST = HOUR
REFUSED_FOR = timedelta(minutes=10)

CLAIM_LOOKS = """
with ripe as (
    select a.id, a.look_at from notifications_announcement a
    where a.look_at <= statement_timestamp() and a.message_id is not null and a.lost_at is null
    order by a.look_at limit %(limit)s for no key update skip locked
)
update notifications_announcement a set look_at = statement_timestamp() + interval '60 s'
from ripe where a.id = ripe.id
returning a.id, a.game_id, a.channel_id, a.message_id, a.post_number,
    statement_timestamp() - ripe.look_at"""


@dataclass(frozen=True)
class Look:
    """A post to look for, of the announcement with this id, and how late the look is."""

    id: int
    game_id: int
    channel_id: int
    message_id: int
    post_number: int
    late: timedelta


def next_look(
    starts_at: datetime,
    reminder_at: datetime | None,
    *,
    now: datetime,
    late: timedelta = timedelta(),
) -> datetime:
    """Return when to look next: at the pace of the time left, and always before the next reminder
    and the last hour. `late`: how long this look had to wait for its turn."""
    left = starts_at - now
    pace = next((every for before, every in reversed(PACE) if left <= before), SELDOM)
    slowed = min(max(late - IN_TIME, timedelta()) * SLOWED_BY, SLOWED_AT_MOST)
    moments = [now + pace + slowed, starts_at - HOUR - AHEAD]
    if reminder_at is not None:
        moments.append(reminder_at - AHEAD)
    return min(moment for moment in moments if moment > now)


def look_due(*, limit: int = BATCH) -> int:
    """Look for the posts whose time has come. Returns how many."""
    client = loop.client()
    looks = _claim(min(limit, client.room(Priority.UPKEEP)))
    if not looks:
        return 0
    looking = {
        loop.submit(outgoing.look(client, look.channel_id, look.message_id)): look for look in looks
    }
    found: list[Look] = []
    for future in as_completed(looking, timeout=SEND_SECONDS + 5):
        look = looking[future]
        try:
            if _is_there(look, future):
                found.append(look)
        except Exception:
            # Its time comes again in a minute.
            log.exception("look_not_settled", announcement_id=look.id)
    _plan(found)
    return len(looks)


def _is_there(look: Look, future: Future[None]) -> bool:
    """Whether Discord says that the post stands. Any other answer is settled."""
    try:
        future.result()
    except SendFailed as failed:
        _settle_failure(look, failed.reason)
        return False
    return True


def _claim(limit: int) -> list[Look]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_LOOKS, {"limit": limit})
        return [Look(*row) for row in cursor.fetchall()]


def _plan(looks: Sequence[Look]) -> None:
    """Plan the next look for each; none once the game has begun or the bot has left."""
    moments = _next_looks(looks)
    for look in looks:
        _of(look).update(look_at=moments.get(look.game_id))


def _next_looks(looks: Sequence[Look]) -> Mapping[int, datetime]:
    now, ids = database_now(), [look.game_id for look in looks]
    reminders = dict(
        Timer.objects.filter(
            game_id__in=ids,
            kind__in=[TimerKind.REMIND, TimerKind.REMIND_OWN],
            state=State.PENDING,
            schedule_version=F("game__schedule_version"),
            due_at__gt=now + AHEAD,
        )
        .values_list("game_id")
        .annotate(Min("due_at"))
    )
    late = {look.game_id: look.late for look in looks}
    starts = Game.objects.filter(
        id__in=ids, status=Status.SCHEDULED, starts_at__gt=now, guild__left_at=None
    )
    return {
        game_id: next_look(starts_at, reminders.get(game_id), now=now, late=late[game_id])
        for game_id, starts_at in starts.values_list("id", "starts_at")
    }


def _of(look: Look) -> QuerySet[Announcement]:
    return Announcement.objects.filter(id=look.id, message_id=look.message_id, lost_at=None)


def _settle_failure(look: Look, reason: DiscordError | Uncertain) -> None:
    if isinstance(reason, Uncertain) or not reason.is_permanent:
        return  # its time comes again in a minute
    if reason.code == UNKNOWN_MESSAGE:
        _lose(look, database_now())
    elif reason.cause == Cause.CLOSED and not _is_closed(look):
        _edit_instead(look)
    else:
        _tell_of_channel(look, reason)


@transaction.atomic
def _lose(look: Look, now: datetime) -> None:
    """Note that somebody deleted the post, and ask the host. An edit under way finds it out by
    itself."""
    is_ours = (
        _of(look)
        .filter(is_in_flight=False)
        .update(
            lost_at=now,
            render_at=None,
            recheck_at=None,
            look_at=None,
            fence=F("fence") + 1,
            last_error="the announcement was deleted",
        )
    )
    if is_ours and Game.objects.get(id=look.game_id).is_upcoming:
        log.info("announcement_deleted", game_id=look.game_id)
        lost = PostLost()
        enqueue(lost.deliveries(game_id=look.game_id, post_number=look.post_number, now=now))


def _is_closed(look: Look) -> bool:
    game = Game.objects.select_related("channel").get(id=look.game_id)
    bot = bot_members([game.guild_id]).get(game.guild_id)
    return not game.channel.is_open or bool(missing_bot_permissions(game.channel, bot))


def _edit_instead(look: Look) -> None:
    """Without Read Message History the bot cannot look, but an edit tells as much."""
    moment = _next_looks([look]).get(look.game_id)
    if moment is None:
        _of(look).update(look_at=None)
    else:
        _of(look).update(look_at=None, render_at=Least(Coalesce(F("render_at"), moment), moment))


@transaction.atomic
def _tell_of_channel(look: Look, reason: DiscordError) -> None:
    """Discord counts refusals and shuts out who asks on in spite of them: so where a channel is
    closed nobody looks often, and for games that are over nobody looks at all."""
    now, moment = database_now(), _next_looks([look]).get(look.game_id)
    _of(look).update(look_at=moment and max(moment, now + REFUSED_FOR))
    if moment is None:
        return
    enqueue(
        ChannelTrouble().deliveries(
            game_id=look.game_id,
            channel_id=look.channel_id,
            now=now,
            code=reason.code,
            said=reason.message,
        )
    )
