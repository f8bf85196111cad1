"""The web process is stopped while it answers."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.duration import stretched, wait_until
from tests.e2e.stack import Stack, http_status

pytestmark = pytest.mark.e2e


def test_stopped_web_answers_what_it_has_taken_and_takes_no_more(stack: Stack) -> None:
    wait_until(lambda: http_status(f"{stack.url}/readyz", 10) == 200, 30)
    with ThreadPoolExecutor(2) as threads:
        with stack.locked("discordbot_shardlease"):
            slow = threads.submit(http_status, f"{stack.url}/readyz", 10)
            time.sleep(0.5)
            stopping = threads.submit(stack.stop, "web")
            wait_until(lambda: http_status(f"{stack.url}/healthz", 10) is None, 5)
            assert not slow.done()
        assert slow.result() == 200
        assert stopping.result() < stretched(5)
    stack.start("web")
    stack.wait_for_web()
