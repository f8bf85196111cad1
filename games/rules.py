"""Decisions about games as pure functions on plain values: no ORM, no clock."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from games.enums import Answer, Origin, SignupMethod

# The lists of a `Seating`, in its order.
STANDINGS = ("playing", "waiting", "maybe", "declined")
_ORIGIN_RANK = {origin: rank for rank, origin in enumerate(Origin.values)}


class Entry(NamedTuple):
    """A participant as seating sees them. A tuple, because a storm of sign-ups makes many."""

    id: int
    answer: str
    origin: str
    joined_at: datetime
    priority: int = 0
    position: int | None = None
    slot_id: int | None = None


@dataclass(frozen=True)
class Seating:
    """Participant ids in order: those who play, wait, may come, and cannot come."""

    playing: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    maybe: tuple[int, ...] = ()
    declined: tuple[int, ...] = ()


def _order(entry: Entry) -> tuple[bool, int, int, int, datetime, int]:
    return (
        entry.position is None,
        entry.position or 0,
        _ORIGIN_RANK[entry.origin],
        entry.priority,
        entry.joined_at,
        entry.id,
    )


def host_selects(method: str) -> bool:
    """Return whether the host gives the seats, so that nobody moves up by themselves."""
    return method in {SignupMethod.HOST_SELECTED, SignupMethod.HOST_SELECTED_WAITLIST}


def seat(
    entries: Iterable[Entry],
    *,
    max_players: int,
    method: str = SignupMethod.SELF,
    slots: Mapping[int, int] | None = None,
) -> Seating:
    """Decide who plays and who waits.

    Those the host placed come first, then host-added, then role-matched by priority, then
    by the time they joined. `slots` maps a slot's id to its capacity; a full slot makes its
    people wait while other slots go on filling. Where the host selects, only those the host
    added are seated.
    """
    slots = slots or {}
    by_answer: dict[str, list[int]] = {Answer.MAYBE: [], Answer.DECLINED: []}
    playing: list[int] = []
    waiting: list[int] = []
    taken: Counter[int | None] = Counter()
    for entry in sorted(entries, key=_order):
        if entry.answer != Answer.GOING:
            by_answer[entry.answer].append(entry.id)
            continue
        has_seat = len(playing) < max_players and (
            entry.slot_id is None or taken[entry.slot_id] < slots.get(entry.slot_id, 0)
        )
        if has_seat and (not host_selects(method) or entry.origin == Origin.HOST_ADDED):
            playing.append(entry.id)
            taken[entry.slot_id] += 1
        else:
            waiting.append(entry.id)
    return Seating(
        tuple(playing),
        tuple(waiting),
        tuple(by_answer[Answer.MAYBE]),
        tuple(by_answer[Answer.DECLINED]),
    )


class SeatedGame(Protocol):
    """The fields of a game that seating needs: a model or a listed row has them."""

    @property
    def max_players(self) -> int: ...
    @property
    def signup_method(self) -> str: ...


def seat_game(game: SeatedGame, entries: Iterable[Entry], slots: Mapping[int, int]) -> Seating:
    """Seat the game's entries. The only place that maps a game's fields to `seat`'s arguments."""
    return seat(entries, max_players=game.max_players, method=game.signup_method, slots=slots)


@dataclass(frozen=True)
class SeatMoves:
    """Participants whose seat changed though their answer did not."""

    promoted: tuple[int, ...]
    demoted: tuple[int, ...]


def seat_moves(before: Seating, after: Seating) -> SeatMoves:
    """Return who moved up from the waitlist and who moved back to it, in the order of seating."""
    waited, played = set(before.waiting), set(before.playing)
    return SeatMoves(
        promoted=tuple(i for i in after.playing if i in waited),
        demoted=tuple(i for i in after.waiting if i in played),
    )


def reminders_ahead(
    minutes: Iterable[int], *, starts_in_minutes: float
) -> tuple[list[int], list[int]]:
    """Split reminder offsets, in minutes, into those ahead and those past.

    Both are largest first and without duplicates.
    """
    wanted = sorted(set(minutes), reverse=True)
    ahead = [m for m in wanted if m < starts_in_minutes]
    return ahead, [m for m in wanted if m not in ahead]


@dataclass(frozen=True)
class Span:
    """The time a game takes. `ends_at` is exclusive."""

    id: int
    starts_at: datetime
    ends_at: datetime


def overlaps(spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Return the ids of each two spans that share some time, the one that begins first in front."""
    found: list[tuple[int, int]] = []
    running: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.starts_at, s.id)):
        running = [earlier for earlier in running if earlier.ends_at > span.starts_at]
        found += [(earlier.id, span.id) for earlier in running]
        running.append(span)
    return found
