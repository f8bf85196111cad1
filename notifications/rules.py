"""Rules that timers, outbox and followers share: turns, backoff, nonces, quiet hours. Pure
functions."""

import base64
import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

# The most a reminder may be late; it is never later than the start.
REMINDER_GRACE = timedelta(minutes=10)
# Nothing is sent later than this, whatever happened meanwhile: a restored backup stirs up no old
# news.
OLDEST_MESSAGE = timedelta(hours=24)
# A try whose answer was lost may arrive this much later. Until then nobody can say that it did not.
SETTLED_AFTER = timedelta(seconds=15)
# While Discord answers nobody, everything waits about so long, and is not tried by itself.
AWAY_SECONDS = 1.0


def quiet_end(
    moment: datetime, zone: str, quiet_from: time | None, quiet_until: time | None
) -> datetime | None:
    """The end of the quiet hours that `moment` falls into; None outside of them.

    They are wall time in `zone` and may pass midnight; their end is not quiet any more.
    """
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return None
    local = moment.astimezone(ZoneInfo(zone or "UTC"))
    clock, day = local.time(), local.date()
    if quiet_from < quiet_until:
        is_quiet = quiet_from <= clock < quiet_until
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
        day += timedelta(days=clock >= quiet_from)
    if not is_quiet:
        return None
    end = datetime.combine(day, quiet_until, tzinfo=local.tzinfo).astimezone(UTC)
    return max(end, moment + timedelta(minutes=1))


class Waiting(Protocol):
    """A timer or a delivery that has its turn among others."""

    @property
    def id(self) -> int: ...

    @property
    def guild_id(self) -> int: ...

    @property
    def due_at(self) -> datetime: ...


def in_turn[T: Waiting](waiting: Iterable[T], rank: Callable[[T], Any]) -> list[T]:
    """Order by rank; of one rank each server's first before any server's second, older ones
    first."""
    turns: Counter[tuple[Any, int]] = Counter()
    order: list[tuple[Any, int, T]] = []
    for one in sorted(waiting, key=lambda one: (one.due_at, one.id)):
        place = (rank(one), one.guild_id)
        turns[place] += 1
        order.append((rank(one), turns[place], one))
    return [one for _rank, _turn, one in sorted(order, key=itemgetter(0, 1))]


def away_wait(*, chance: float | None = None) -> timedelta:
    """Half as long again at most, so that not all come back at once."""
    chance = random.random() if chance is None else chance  # noqa: S311 -- spreads, hides nothing
    return timedelta(seconds=AWAY_SECONDS * (1 + chance / 2))


def delivery_backoff(attempts: int, *, chance: float | None = None) -> timedelta:
    """Full jitter: anything up to 0.5 s · 2ⁿ, at most a minute. `chance` is from 0 to 1."""
    chance = random.random() if chance is None else chance  # noqa: S311 -- spreads, hides nothing
    return timedelta(seconds=chance * min(60.0, 0.5 * 2 ** min(attempts, 20)))


def vague_wait(since: timedelta) -> timedelta:
    """The own wait of a message that was refused without a usable wait, `since` it is wanted.

    Such a refusal stops everybody for a while, so a message that a proxy never lets through must
    come ever more rarely, at most every other minute.
    """
    return min(max(since / 2, timedelta()), timedelta(minutes=2))


def fault_backoff(attempts: int) -> timedelta:
    """After a fault of our own: 5 s, 10 s, 20 s … up to an hour."""
    return min(timedelta(hours=1), timedelta(seconds=5 * 2 ** min(attempts, 20)))


def nonce_for(dedupe_key: str) -> str:
    """24 characters from the logical key: with the same key Discord sees the same message."""
    digest = hashlib.blake2b(dedupe_key.encode(), digest_size=18).digest()
    return base64.urlsafe_b64encode(digest).decode()
