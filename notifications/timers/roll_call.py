"""Players looked up shortly before reminders and starts: Discord tells no leave without an intent.

Who has left frees the seat, and who is next moves up, before anybody is reminded.
"""

from datetime import datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from discord_api import loop
from discord_api.budget import Priority
from games.enums import Answer, Status
from games.models import Participant
from guilds.models import Member
from guilds.services.recheck import look_up
from notifications.enums import State, TimerKind
from notifications.models import Timer
from notifications.timers.claims import REMINDERS
from postgres.clock import database_now

# Facts about a player are no older than this when they are reminded, as far as Discord's limit of
# such questions allows. It is small, and the same for a whole server.
AHEAD = timedelta(minutes=30)
EVENTS = [*REMINDERS, TimerKind.START]
MOST = 20
# So many are considered: servers of which Discord tells no more for now must hide no others.
LOOKED_AT = 400
MOST_OF_A_GUILD = 4
ANSWER_SECONDS = 8.0


def call_roll() -> int:
    """Ask Discord about some players of games that are near. Returns how many have left."""
    room = min(loop.client().room(Priority.UPKEEP), MOST)
    members = players_to_ask(database_now(), limit=LOOKED_AT) if room else []
    return len(look_up(members, most=room, seconds=ANSWER_SECONDS)) if members else 0


def players_to_ask(now: datetime, *, limit: int) -> list[Member]:
    """Players of whom nothing has been heard for half an hour, with a reminder or start within
    another: a few of each server, each server's first before any server's second."""
    near = Timer.objects.filter(
        state=State.PENDING,
        kind__in=EVENTS,
        due_at__lte=now + AHEAD,
        schedule_version=F("game__schedule_version"),
    )
    unheard_of = Participant.objects.filter(
        game_id__in=near.values("game_id"),
        game__status=Status.SCHEDULED,
        game__guild__left_at=None,
        answer=Answer.GOING,
        user__discord_id__isnull=False,
        user__memberships__guild_id=F("game__guild_id"),
        user__memberships__left_at=None,
        user__memberships__refreshed_at__lt=now - AHEAD,
    )
    turn = Window(RowNumber(), partition_by=F("guild_id"), order_by=F("refreshed_at"))
    members = (
        Member.objects.select_related("user", "guild")
        .filter(id__in=unheard_of.values("user__memberships__id"))
        .annotate(turn=turn)
        .filter(turn__lte=MOST_OF_A_GUILD)
    )
    return list(members.order_by("turn", "refreshed_at")[:limit])
