"""Lock a game before a change, and record the change as the last step of a use case."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from games.enums import Via
from games.models import Change, Game
from games.selectors import game_not_found
from games.signals import game_changed
from guilds.models import User
from postgres.rows import Statement, rows_of

# One statement, so that a change always has the revision that it made.
_RECORD = """
with risen as (
    update games_game set revision = revision + 1 where id = any(%(games)s)
    returning id, revision
)
insert into games_change (game_id, actor_id, subject_id, via, action, before, after, promoted,
    demoted, revision, request_key, at)
select id, %(actor)s, %(subject)s, %(via)s, %(action)s, %(before)s, %(after)s,
    %(promoted)s::bigint[], %(demoted)s::bigint[], revision, %(request_key)s, %(at)s
from risen returning id, revision, game_id"""


def lock_game(guild_id: int, game_id: int) -> Game:
    """Lock the guild's game until the transaction ends. Raises `NotFound`.

    The lock is NO KEY UPDATE, so that foreign key checks of participants need not wait for it.
    """
    game = (
        Game.objects.select_for_update(of=("self",), no_key=True)
        .select_related("guild", "channel", "host")
        .filter(id=game_id, guild_id=guild_id)
        .first()
    )
    if game is None:
        raise game_not_found()
    return game


def lock_games(game_ids: Iterable[int]) -> list[Game]:
    """Lock those of the games that exist, in the order of their ids, which avoids deadlocks."""
    return list(
        Game.objects.select_for_update(of=("self",), no_key=True)
        .select_related("guild", "channel", "host")
        .filter(id__in=set(game_ids))
        .order_by("id")
    )


def find_done(request_key: str | None) -> Change | None:
    """Find the change that the same request made when it arrived before."""
    if not request_key:
        return None
    return Change.objects.select_related("game").filter(request_key=request_key).first()


def record_change(
    game: Game,
    *,
    actor: User | None,
    via: Via,
    action: str,
    subject: User | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    promoted: Sequence[int] = (),
    demoted: Sequence[int] = (),
    request_key: str | None = None,
    writing: Sequence[Statement] = (),
) -> Change:
    """Raise the game's revision, write the audit row and tell the listeners.

    The game must be locked, and its other changed fields saved. `writing` are the use case's
    last statements, sent in the same round trip.
    """
    change = Change(
        game=game,
        actor=actor,
        subject=subject,
        via=via,
        action=action,
        before=dict(before or {}),
        after=dict(after or {}),
        promoted=list(promoted),
        demoted=list(demoted),
        request_key=request_key,
        at=timezone.now(),
    )
    ((change.id, change.revision, _game_id),) = rows_of(*writing, _record(change))[-1]
    game.revision = change.revision
    game_changed.send(sender=Game, game=game, change=change)
    return change


def record_changes(
    games: Sequence[Game],
    *,
    actor: User | None,
    via: Via,
    action: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    writing: Statement,
) -> None:
    """Do as `record_change` does, for locked games that all change alike: one round trip for all,
    and what the listeners ask for each."""
    if not games:
        return
    at = timezone.now()
    changes = {
        game.id: Change(
            game=game,
            actor=actor,
            via=via,
            action=action,
            before=dict(before),
            after=dict(after),
            promoted=[],
            demoted=[],
            at=at,
        )
        for game in games
    }
    first = next(iter(changes.values()))
    rows = rows_of(writing, (_RECORD, _parameters(first) | {"games": list(changes)}))[-1]
    recorded = {game_id: (change_id, revision) for change_id, revision, game_id in rows}
    for game in games:
        change = changes[game.id]
        change.id, change.revision = recorded[game.id]
        game.revision = change.revision
        game_changed.send(sender=Game, game=game, change=change)


def _record(change: Change) -> Statement:
    """Return the statement that writes the change and gives its id and the new revision."""
    return _RECORD, _parameters(change) | {"games": [change.game_id]}


def _parameters(change: Change) -> dict[str, Any]:
    return {
        "actor": change.actor_id,
        "subject": change.subject_id,
        "via": change.via,
        "action": change.action,
        "before": json.dumps(change.before),
        "after": json.dumps(change.after),
        "promoted": change.promoted,
        "demoted": change.demoted,
        "request_key": change.request_key,
        "at": change.at,
    }
