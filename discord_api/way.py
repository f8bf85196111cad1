"""The way to Discord: where several requests in a row got no answer, one at a time tries it.

So an outage costs a request every few seconds, and everything else waits untried until the way is
open again.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from discord_api.budget import Priority
from discord_api.errors import NoWay, RateLimited, Uncertain

log = structlog.get_logger(__name__)

# A single message that Discord cannot digest must not close the way for all others.
CLOSED_AFTER = 4
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 5.0


class Way:
    """Whether Discord answers this process. Bound to one loop; `room` is for any thread.

    Requests for somebody who waits (`Priority.PERSON`) always go through. Their answers count.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._probes = 0
        self._is_probing = False
        self._next_probe_at = 0.0

    @property
    def is_closed(self) -> bool:
        return self._failures >= CLOSED_AFTER

    def room(self, free: int) -> int:
        """Return how many of `free` requests may be begun: while it is closed at most one."""
        if not self.is_closed:
            return free
        is_turn = not self._is_probing and time.monotonic() >= self._next_probe_at
        return min(free, int(is_turn))

    @contextmanager
    def crossing(self, priority: Priority) -> Iterator[None]:
        """Send a request within this. Raises `NoWay` before it if another one tries the way."""
        is_probe = self._enter(priority)
        try:
            yield
        except Uncertain:
            self._failed(is_probe=is_probe)
            raise
        except RateLimited as limited:
            if limited.is_vague:
                self._failures = max(self._failures, CLOSED_AFTER)
                self._failed(is_probe=is_probe)
            else:
                self._worked()
            raise
        except asyncio.CancelledError:
            if is_probe:  # nobody waits for its answer any longer
                self._failed(is_probe=True)
            raise
        except Exception:
            self._worked()  # a refusal is an answer
            raise
        else:
            self._worked()

    def _enter(self, priority: Priority) -> bool:
        if not self.is_closed or priority == Priority.PERSON:
            return False
        wait = self._next_probe_at - time.monotonic()
        if self._is_probing or wait > 0:
            raise NoWay(max(wait, FIRST_WAIT_SECONDS))
        self._is_probing = True
        return True

    def _failed(self, *, is_probe: bool) -> None:
        self._failures += 1
        if is_probe:
            self._is_probing = False
            self._probes += 1
        elif self._failures != CLOSED_AFTER:
            return
        else:
            log.warning("discord_does_not_answer")
        wait = FIRST_WAIT_SECONDS * 2 ** min(self._probes, 10)
        self._next_probe_at = time.monotonic() + min(wait, LONGEST_WAIT_SECONDS)

    def _worked(self) -> None:
        if self.is_closed:
            log.info("discord_answers_again")
        self._failures = self._probes = 0
        self._is_probing = False
