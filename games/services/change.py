"""Lock a game before a change, and record the change as the last step of a use case."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Required, TypedDict, Unpack

from django.utils import timezone

from games.enums import Via
from games.models import Change, Game
from games.selectors import game_not_found
from games.signals import game_changed
from guilds.models import User
from postgres.rows import Statement, rows_of

# One statement, so that a change always has the revision that it made. `n` is the change's number
# among those sent together.
_RECORD = """
with risen as (
    update games_game set revision = revision + 1 where id = %(game{n})s returning id, revision
)
insert into games_change (game_id, actor_id, subject_id, via, action, before, after, promoted,
    demoted, revision, request_key, at)
select id, %(actor{n})s, %(subject{n})s, %(via{n})s, %(action{n})s, %(before{n})s, %(after{n})s,
    %(promoted{n})s::bigint[], %(demoted{n})s::bigint[], revision, %(request_key{n})s, %(at{n})s
from risen returning id, revision"""


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


class Facts(TypedDict, total=False):
    """What there is to say of a change besides its game; see `Change`."""

    actor: Required[User | None]
    via: Required[Via]
    action: Required[str]
    subject: User | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    promoted: Sequence[int]
    demoted: Sequence[int]
    request_key: str | None


def record_change(game: Game, **facts: Unpack[Facts]) -> Change:
    """Raise the game's revision, write the audit row and tell the listeners.

    The game must be locked, and its other changed fields saved.
    """
    change = change_of(game, **facts)
    record_changes([change])
    return change


def change_of(game: Game, **facts: Unpack[Facts]) -> Change:
    """Return the audit row of a change that happens now; `record_changes` writes it."""
    return Change(
        game=game,
        actor=facts["actor"],
        subject=facts.get("subject"),
        via=facts["via"],
        action=facts["action"],
        before=dict(facts.get("before") or {}),
        after=dict(facts.get("after") or {}),
        promoted=list(facts.get("promoted", ())),
        demoted=list(facts.get("demoted", ())),
        request_key=facts.get("request_key"),
        at=timezone.now(),
    )


def record_changes(
    changes: Sequence[Change], *, writing: Sequence[Statement] = (), in_crowd: bool = False
) -> bool:
    """Record the changes of locked games in their order, as `record_change` does one: one round
    trip for all, and what the listeners ask for each.

    `writing` are the use case's last statements, sent before them. `in_crowd` is told to the
    listeners. Returns whether the answer to the click may show the new state, as a listener says.
    """
    if not changes:
        return False
    rows = rows_of(*writing, *(_record(change, n) for n, change in enumerate(changes)))
    for change, ((id_, revision),) in zip(changes, rows[len(writing) :], strict=True):
        change.id, change.revision, change.game.revision = id_, revision, revision
    last = {change.game_id: change for change in changes}
    may_show = False
    for change in changes:
        told = game_changed.send(
            sender=Game,
            game=change.game,
            change=change,
            is_last=change is last[change.game_id],
            in_crowd=in_crowd,
        )
        may_show = may_show or any(said for _receiver, said in told)
    return may_show


def _record(change: Change, n: int) -> Statement:
    """Return the statement that writes the change and gives its id and the new revision."""
    values = {
        "game": change.game_id,
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
    return _RECORD.format(n=n), {f"{name}{n}": value for name, value in values.items()}
