"""Open pages follow what happens: a game changed, a session ended."""

from functools import partial
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from games.models import Game
from games.services.live import push, push_change, session_group
from games.signals import game_changed


@receiver(game_changed, dispatch_uid="games.push_game_change")
def push_game_change(*, game: Game, **_kwargs: Any) -> None:
    send = partial(push_change, game.guild_id, game.id, game.revision)
    transaction.on_commit(send, robust=True)


@receiver(user_logged_out, dispatch_uid="games.close_sockets_of_session")
def close_sockets_of_session(*, request: HttpRequest | None, **_kwargs: Any) -> None:
    session_key = request.session.session_key if request else None
    if session_key:
        push(session_group(session_key), {"type": "session.ended"})
