"""Which notices a change of a game sends, and to whom: rows for the outbox."""

import zlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from games.enums import Action, Answer, Origin, Via
from games.models import Change, Game
from guilds.discord.budget import Priority
from guilds.models import User
from notifications.enums import Notice, Target
from notifications.models import Delivery

AT_LEAST = timedelta(hours=1)
TROUBLE_KEPT = timedelta(days=1)
_LISTED = [Answer.GOING, Answer.MAYBE]
# Who leaves the server cannot be written to.
_TO_SUBJECT = {
    Action.ADDED: Notice.ADDED,
    Action.REMOVED: Notice.REMOVED,
    Action.ROLE_LOST: Notice.REMOVED,
}


def notices_for(game: Game, change: Change, *, now: datetime) -> list[Delivery]:
    """The direct messages this change asks for. The one who made it is not told of it, and
    nobody is told of a game before it is announced: then those the host had added are."""
    if change.action == Action.CREATED and change.via == Via.WORKER:
        host = game.host.discord_id
        return _notices(game, change, Notice.SERIES_NEXT, [host] if host else [], now)
    if game.is_draft(now):
        return []
    rows: list[Delivery] = []
    told = _TO_SUBJECT.get(Action(change.action)) if change.subject_id else None
    if change.promoted or change.demoted:
        silent = {change.actor_id, change.subject_id if told else None}
        moved = [u for u in (*change.promoted, *change.demoted) if u not in silent]
        discord_ids = _discord_ids(moved)
        rows += _notices(game, change, Notice.PROMOTED, _of(change.promoted, discord_ids), now)
        rows += _notices(game, change, Notice.DEMOTED, _of(change.demoted, discord_ids), now)
    if told and change.subject_id and change.subject_id != change.actor_id:
        people = list(_discord_ids([change.subject_id]).values())
        rows += _notices(game, change, told, people, now)
    if change.action == Action.HOST_ASKED and game.host.discord_id:
        rows += _notices(game, change, Notice.TOO_FEW, [game.host.discord_id], now)
    if _is_announced_now(change):
        rows += _notices(game, change, Notice.ADDED, _added_before(game, change), now)
        return rows
    for notice in _to_all(change):
        rows += _notices(game, change, notice, _everyone(game, change), now)
    return rows


def series_trouble(game: Game, *, now: datetime) -> list[Delivery]:
    """To the host of the session after which no other could be made, once for each reason."""
    host, series = game.host.discord_id, game.series
    if not host or series is None:
        return []
    notice = Notice.SERIES_TROUBLE
    return [
        Delivery(
            dedupe_key=f"{notice}:{game.id}:{zlib.crc32(series.trouble.encode())}:{host}",
            game=game,
            guild_id=game.guild_id,
            notice=notice,
            priority=Priority.NEWS,
            target=Target.USER,
            target_id=host,
            payload={"reason": series.trouble},
            due_at=now,
            expires_at=now + TROUBLE_KEPT,
        )
    ]


def _is_announced_now(change: Change) -> bool:
    """The announcement's time has come, or was given up; see `Game.is_draft`."""
    was_draft = bool(change.before.get("post_at")) and "post_at" in change.after
    return change.action == Action.POSTED or was_draft


def _added_before(game: Game, change: Change) -> list[int]:
    """Whom the host put on the roster while nobody else saw the game."""
    users = User.objects.filter(
        participations__game=game,
        participations__answer__in=_LISTED,
        participations__origin=Origin.HOST_ADDED,
        discord_id__isnull=False,
    ).exclude(id__in=[game.host_id, change.actor_id or 0])
    return [one or 0 for one in users.values_list("discord_id", flat=True)]


def _to_all(change: Change) -> Iterable[Notice]:
    if change.action == Action.CANCELLED:
        yield Notice.CANCELLED
    if change.action == Action.CONFIRMED:
        yield Notice.GOES_AHEAD
    if change.action == Action.RESCHEDULED:
        yield Notice.RESCHEDULED
    if "channel_id" in change.after:
        yield Notice.MOVED


def _discord_ids(user_ids: Collection[int]) -> dict[int, int]:
    users = User.objects.filter(id__in=user_ids, discord_id__isnull=False)
    return {
        user_id: discord_id or 0 for user_id, discord_id in users.values_list("id", "discord_id")
    }


def _of(user_ids: Collection[int], discord_ids: dict[int, int]) -> list[int]:
    return [discord_ids[user_id] for user_id in user_ids if user_id in discord_ids]


def _everyone(game: Game, change: Change) -> list[int]:
    """Discord ids of the host and all who go, may go or wait, but the one who did it."""
    on_roster = Q(participations__game=game) & Q(participations__answer__in=_LISTED)
    users = User.objects.filter(on_roster | Q(id=game.host_id), discord_id__isnull=False)
    if change.actor_id:
        users = users.exclude(id=change.actor_id)
    return [one or 0 for one in users.distinct().values_list("discord_id", flat=True)]


def _notices(
    game: Game, change: Change, notice: Notice, people: Collection[int], now: datetime
) -> list[Delivery]:
    payload: dict[str, Any] = {"schedule_version": game.schedule_version}
    if change.action == Action.ROLE_LOST:
        payload["is_role_lost"] = True
    if notice == Notice.RESCHEDULED:
        payload["starts_at"] = change.before.get("starts_at")
    return [
        Delivery(
            dedupe_key=f"{notice}:{game.id}:{change.revision}:{person}",
            game=game,
            guild_id=game.guild_id,
            notice=notice,
            priority=Priority.NEWS,
            target=Target.USER,
            target_id=person,
            payload=payload,
            due_at=now,
            expires_at=game.starts_at
            if notice == Notice.TOO_FEW
            else max(game.ends_at, now + AT_LEAST),
        )
        for person in people
    ]
