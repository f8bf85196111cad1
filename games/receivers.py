"""Receivers that update open pages, continue series, and free the seats of people who leave."""

from functools import partial
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from games.live.push import push, push_change, session_group, user_group
from games.models import Change, Game
from games.services.gone import give_up_gone_roles
from games.services.person import forget_person, games_of
from games.services.roster.departures import release_seats_of_departed, release_seats_without_role
from games.services.series.sessions import follow_session
from games.signals import game_changed
from guilds.models import Guild, Member, User
from guilds.signals import (
    member_left,
    person_asks_for_data,
    person_leaving,
    roles_gone,
    roles_lost,
    session_ended,
    sessions_ended,
)


@receiver(game_changed, dispatch_uid="games.push_game_change")
def push_game_change(*, game: Game, change: Change, is_last: bool, **_kwargs: Any) -> None:
    """Tell open pages, also those of readers of the channel that the game has left."""
    if not is_last:
        return
    channels = {game.channel_id, change.before.get("channel_id", game.channel_id)}
    known_to = () if game.is_draft(timezone.now()) else sorted(channels)
    send = partial(push_change, game.guild_id, game.id, game.revision, channel_ids=known_to)
    transaction.on_commit(send, robust=True)


@receiver(game_changed, dispatch_uid="games.follow_series")
def follow_series(*, game: Game, change: Change, **_kwargs: Any) -> None:
    follow_session(game, change.action)


@receiver(member_left, dispatch_uid="games.release_seats_of_departed")
def release_seats(*, guild_id: int, user: User, **_kwargs: Any) -> None:
    release_seats_of_departed(guild_id=guild_id, user=user)


@receiver(roles_lost, dispatch_uid="games.release_seats_without_role")
def release_seats_of_role(*, member: Member, role_ids: frozenset[int], **_kwargs: Any) -> None:
    release_seats_without_role(member, role_ids)


@receiver(roles_gone, dispatch_uid="games.give_up_gone_roles")
def follow_gone_roles(*, guild: Guild, role_ids: frozenset[int], **_kwargs: Any) -> None:
    give_up_gone_roles(guild, role_ids)


@receiver(user_logged_out, dispatch_uid="games.close_sockets_of_session")
def close_sockets_of_session(*, request: HttpRequest | None, **_kwargs: Any) -> None:
    session_key = request.session.session_key if request else None
    if session_key:
        push(session_group(session_key), {"type": "session.ended"})


@receiver(session_ended, dispatch_uid="games.close_sockets_of_ended_session")
def close_sockets_of_ended_session(*, session_key: str, **_kwargs: Any) -> None:
    send = partial(push, session_group(session_key), {"type": "session.ended"})
    transaction.on_commit(send, robust=True)


@receiver(sessions_ended, dispatch_uid="games.close_sockets_of_user")
def close_sockets_of_user(*, user: User, **_kwargs: Any) -> None:
    send = partial(push, user_group(user.pk), {"type": "session.ended"})
    transaction.on_commit(send, robust=True)


@receiver(person_leaving, dispatch_uid="games.forget_person")
def forget_games(*, user: User, former: User, **_kwargs: Any) -> None:
    forget_person(user=user, former=former)


@receiver(person_asks_for_data, dispatch_uid="games.games_of")
def collect_games(*, user: User, **_kwargs: Any) -> dict[str, Any]:
    return games_of(user)
