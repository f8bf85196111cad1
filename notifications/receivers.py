"""Receivers of the signals of games and people, in the transaction of the change itself.

They are cheap, since every click runs them: a plain sign-up costs one update.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from games.enums import Action, Answer, Decision, Status, Via
from games.models import Change, Game
from games.services.change import lock_games
from games.signals import game_changed, names_removed, series_stuck
from guilds.models import Guild, User
from guilds.signals import (
    channels_closed,
    person_asks_for_data,
    person_configured,
    person_leaving,
    roles_gone,
)
from notifications.followers.announcement.state import (
    Marked,
    create_announcement,
    follow_game,
    look_soon,
    mark_dirty,
    mark_stale,
)
from notifications.followers.notices import notices_for
from notifications.kinds.channel_trouble import ChannelTrouble
from notifications.kinds.role_gone import RoleGone
from notifications.kinds.series_trouble import SeriesTrouble
from notifications.nudges import ANNOUNCEMENTS, nudge
from notifications.outbox.personal_data import forget_messages, messages_of
from notifications.outbox.queue import enqueue_now
from notifications.timers.plan import ask_again_later, plan_own_reminders, plan_timers

SCHEDULING = frozenset({Action.CREATED, Action.EDITED, Action.RESCHEDULED, Action.POSTED})
PLANNING = SCHEDULING | {Action.COMPLETED, Action.CANCELLED}
COMING = frozenset({Action.JOINED, Action.ADDED})
LEAVING = frozenset(
    {Action.ANSWERED_MAYBE, Action.DECLINED, Action.LEFT, Action.REMOVED, Action.ROLE_LOST}
)
CLICKS = frozenset({Action.JOINED, Action.ANSWERED_MAYBE, Action.DECLINED})


@receiver(game_changed, dispatch_uid="notifications")
def follow_change(
    *, game: Game, change: Change, is_last: bool, in_crowd: bool, **_kwargs: Any
) -> bool:
    """Return whether the answer to this click may show the game."""
    now = timezone.now()
    if change.action in PLANNING:
        plan_timers(game, now=now)
    if change.action in COMING and change.subject is not None:
        plan_own_reminders(game, change.subject, now=now)
    if change.action in LEAVING and game.min_players and game.decision == Decision.NONE:
        ask_again_later(game, now=now)
    enqueue_now(notices_for(game, change, now=now))
    if not is_last:
        return False
    is_click = change.via == Via.BOT and change.action in CLICKS and not in_crowd
    marked = _show(game, change, now, by_click=is_click)
    if marked.turn_in is not None and not marked.by_click:
        transaction.on_commit(partial(nudge, ANNOUNCEMENTS, after=marked.turn_in), robust=True)
    return marked.by_click


@receiver(series_stuck, dispatch_uid="notifications")
def tell_of_stuck_series(*, game: Game, **_kwargs: Any) -> None:
    enqueue_now(SeriesTrouble().deliveries(game, now=timezone.now()))


@receiver(channels_closed, dispatch_uid="notifications.tell_of_closed_channels")
def tell_of_closed_channels(*, channel_ids: frozenset[int], **_kwargs: Any) -> None:
    enqueue_now(ChannelTrouble().of_channels(channel_ids, now=timezone.now()))


@receiver(roles_gone, dispatch_uid="notifications.tell_of_gone_roles")
def tell_of_gone_roles(*, guild: Guild, role_ids: frozenset[int], **_kwargs: Any) -> None:
    enqueue_now(RoleGone().deliveries(guild, role_ids, now=timezone.now()))


@receiver(person_configured, dispatch_uid="notifications")
def follow_person(*, user: User, **_kwargs: Any) -> None:
    """Plan new reminder times of a person for the games they are in already.

    The games are locked: one that is being moved must not be planned as it was.
    """
    if not user.reminder_minutes:
        return
    now = timezone.now()
    is_going = Q(participants__user=user, participants__answer=Answer.GOING)
    games = Game.objects.filter(
        Q(host=user) | is_going, status=Status.SCHEDULED, guild__left_at__isnull=True
    )
    for game in lock_games(games.values_list("id", flat=True)):
        plan_own_reminders(game, user, now=now)


@receiver(names_removed, dispatch_uid="notifications")
def follow_names(*, game_ids: Collection[int], **_kwargs: Any) -> None:
    """Have the posts of these games rendered anew, since they go on naming who has left."""
    mark_stale(game_ids)


def _show(game: Game, change: Change, now: datetime, *, by_click: bool) -> Marked:
    """Have the announcement follow. Returns who may show it, which is nobody if there is none."""
    if change.action in {Action.EDITED, Action.RESCHEDULED}:
        look_soon(game)
    if "channel_id" in change.after:
        follow_game(game.id)
    if change.action != Action.CREATED and (marked := mark_dirty(game, by_click=by_click)):
        return marked
    is_posted = change.action in SCHEDULING and not game.is_draft(now)
    if change.action != Action.POSTED and not is_posted:
        return Marked(turn_in=None, by_click=False)
    create_announcement(game, now=now)
    return Marked(turn_in=0.0, by_click=False)


@receiver(person_leaving, dispatch_uid="notifications.forget_messages")
def forget_person(*, user: User, **_kwargs: Any) -> None:
    """Runs after the games' receiver, whose cancellations write to the person too."""
    forget_messages(user)


@receiver(person_asks_for_data, dispatch_uid="notifications.messages_of")
def collect_messages(*, user: User, **_kwargs: Any) -> dict[str, Any]:
    return {"messages_to_you": messages_of(user)}
