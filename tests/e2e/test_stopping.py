"""The web process is stopped while it answers."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.duration import stretched, wait_until
from tests.e2e.stack import Stack, http_status

pytestmark = pytest.mark.e2e


# After two seconds PostgreSQL itself ends the wait for a lock.
LOCKED_AT_MOST = 1.5
# The bot waits too, to write.
IS_READING = r"""
select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ '^\s*select shard_id'"""


def test_stopped_web_answers_what_it_has_taken_and_takes_no_more(stack: Stack) -> None:
    for _attempt in range(5):
        wait_until(lambda: http_status(f"{stack.url}/readyz", 10) == 200, 30)
        status, locked = stop_while_it_answers(stack)
        stack.start("web")
        stack.wait_for_web()
        if locked < LOCKED_AT_MOST:
            break
    assert status == 200


def stop_while_it_answers(stack: Stack) -> tuple[int | None, float]:
    """How it answers what it had taken, and the seconds for which that was held up."""
    with ThreadPoolExecutor(2) as threads:
        with stack.locked("discordbot_shardlease"):
            slow = threads.submit(http_status, f"{stack.url}/readyz", 10)
            wait_until(lambda: stack.rows(IS_READING))
            began = time.monotonic()
            stopping = threads.submit(stack.stop, "web")
            wait_until(lambda: http_status(f"{stack.url}/healthz", 10) is None, 5)
            assert not slow.done() or time.monotonic() - began > LOCKED_AT_MOST
        locked = time.monotonic() - began
        status = slow.result()
        assert stopping.result() < stretched(5)
    return status, locked
