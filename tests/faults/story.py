"""H2: replays a game's changes in the pure model and compares the result with the rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from games.enums import Action, Answer, Origin
from games.models import Change, Game
from games.rules import Entry, Seating, seat, seat_moves
from games.selectors import seating_of

ANSWERED = {Action.JOINED, Action.ANSWERED_MAYBE, Action.DECLINED}
GONE = {Action.LEFT, Action.ROLE_LOST, Action.REMOVED}
# Other actions that change seats. No scenario performs them, so finding one is an error.
NOT_MODELLED = {Action.ADDED, Action.REORDERED}


@dataclass(frozen=True)
class Step:
    """One change: who moved according to the model, and who was going or maybe afterwards."""

    change: Change
    promoted: tuple[int, ...]
    demoted: tuple[int, ...]
    listed: frozenset[int]


@dataclass
class Story:
    game: Game
    steps: list[Step] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def tell(game: Game) -> Story:
    """Replay the game. Users' ids serve as participants, and revisions as times of joining."""
    story = Story(game)
    changes = list(game.changes.order_by("revision"))
    entries: dict[int, Entry] = {}
    seats = _first_seats(game, changes)
    now = _seat(entries, seats, game)
    for number, change in enumerate(changes, start=2):
        if change.revision != number:
            story.problems.append(f"revision {change.revision} stands in the place of {number}")
        before = now
        seats = change.after.get("max_players", seats)
        _apply(change, entries)
        now = _seat(entries, seats, game)
        story.steps.append(_step(change, before, now, entries, story.problems))
        if len(now.playing) > seats:
            story.problems.append(f"{len(now.playing)} play on {seats} seats")
    _compare(story, entries, now, changes)
    return story


def _first_seats(game: Game, changes: list[Change]) -> int:
    for change in changes:
        if "max_players" in change.after:
            return int(change.before["max_players"])
    return game.max_players


def _seat(entries: Mapping[int, Entry], seats: int, game: Game) -> Seating:
    return seat(entries.values(), max_players=seats, method=game.signup_method)


def _apply(change: Change, entries: dict[int, Entry]) -> None:
    user = change.subject_id or 0
    if change.action in GONE:
        entries.pop(user, None)
    elif change.action in NOT_MODELLED:
        raise AssertionError(f"{change.action} is not modelled")
    elif change.action in ANSWERED:
        answer, old = change.after["answer"], entries.get(user)
        if old and old.answer == answer == Answer.GOING:
            entries[user] = old._replace(slot_id=change.after["slot"])
            return
        moment = datetime.fromtimestamp(change.revision, UTC)
        entries[user] = Entry(user, answer, Origin.SELF, moment, slot_id=change.after["slot"])


def _step(
    change: Change,
    before: Seating,
    after: Seating,
    entries: Mapping[int, Entry],
    problems: list[str],
) -> Step:
    moves = seat_moves(before, after)
    own = change.subject_id if change.action in ANSWERED else None
    promoted = tuple(user for user in moves.promoted if user != own)
    demoted = tuple(user for user in moves.demoted if user != own)
    if list(promoted) != change.promoted or list(demoted) != change.demoted:
        problems.append(
            f"r{change.revision}: the model moves {promoted} up and {demoted} down,"
            f" the rows {change.promoted} and {change.demoted}"
        )
    listed = frozenset(user for user, e in entries.items() if e.answer != Answer.DECLINED)
    return Step(change, promoted, demoted, listed)


def _compare(
    story: Story, entries: Mapping[int, Entry], model: Seating, changes: list[Change]
) -> None:
    game = story.game
    participants = list(game.participants.all())
    rows = {p.user_id: p.answer for p in participants}
    if rows != (wanted := {user: entry.answer for user, entry in entries.items()}):
        story.problems.append(f"answers are {rows}, by the log {wanted}")
    users = {p.id: p.user_id for p in participants}
    real = seating_of(game, participants, list(game.slots.all()))
    for name in ("playing", "waiting"):
        seated: Any = tuple(users[one] for one in getattr(real, name))
        if seated != getattr(model, name):
            story.problems.append(f"{name} {seated}, by the log {getattr(model, name)}")
    if changes and game.revision != changes[-1].revision:
        story.problems.append(f"revision {game.revision}, the last change {changes[-1].revision}")
