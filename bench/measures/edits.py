"""How announcements follow a storm of sign-ups: the number of edits, and when the last is done.

25 changes a second, on one game and then on 20 with a channel each, with bot, worker and beat.
"""

from collections.abc import Iterator, Sequence

from bench.crowd import GAMES, Crowd, Pressed
from bench.database import VAR, set_up_django
from bench.table import Figure
from tests.duration import wait_until
from tests.e2e.stack import Stack, running_stack

PER_SECOND, SECONDS = 25, 12
PATIENCE = 60
PACE_SECONDS = 1.25  # between two edits in a channel, by Discord's limit
CONVERGED_SECONDS = 3
UPDATE = 7  # the callback type UPDATE_MESSAGE
SINCE_LAST = "select extract(epoch from now() - max(at))::float8 from games_change"
REVISIONS = "select sum(revision) from games_game"
BEHIND = "select 1 from notifications_announcement where posted_revision < wanted_revision"


def measure() -> list[Figure]:
    with running_stack(VAR / "edits") as stack:
        set_up_django(stack.environment)
        crowd = Crowd(stack)
        return [*_storm(stack, crowd, 1), *_storm(stack, crowd, GAMES)]


def _storm(stack: Stack, crowd: Crowd, games: int) -> Iterator[Figure]:
    before, seen = _revisions(stack), int(stack.sandbox.health()["last_request"])
    clicks = crowd.press_at(PER_SECOND, SECONDS, games=games, wait=0)
    wait_until(lambda: not stack.rows(BEHIND), PATIENCE)
    took = float(str(stack.rows(SINCE_LAST)[0][0]))
    changes, edits = _revisions(stack) - before, _edits(stack, seen, clicks)
    where = "one game" if games == 1 else f"{games} games"
    yield Figure(
        f"last edit stands after, {where}",
        took,
        "s",
        PACE_SECONDS,
        "a channel's pace",
        most=CONVERGED_SECONDS,
    )
    yield Figure(f"edits of {changes} changes, {where}", edits, "", changes, "one a change")


def _revisions(stack: Stack) -> int:
    return int(str(stack.rows(REVISIONS)[0][0]))


def _edits(stack: Stack, seen: int, clicks: Sequence[Pressed]) -> int:
    """Return the worker's edits, and those made by the answers to clicks."""
    sent = stack.sandbox.requests(since=seen, route="PATCH /channels")
    return len(sent) + sum(one.kind == UPDATE for one in clicks)
