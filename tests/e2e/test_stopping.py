"""The web process is stopped while it answers."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from tests.e2e.stack import Stack, wait_until

pytestmark = pytest.mark.e2e


def test_stopped_web_answers_what_it_has_taken_and_takes_no_more(stack: Stack) -> None:
    wait_until(lambda: _status(f"{stack.url}/readyz") == 200, 30)
    with ThreadPoolExecutor(2) as threads:
        with stack.locked("discordbot_shardlease"):
            slow = threads.submit(_status, f"{stack.url}/readyz")
            time.sleep(0.5)
            stopping = threads.submit(stack.stop, "web")
            wait_until(lambda: _status(f"{stack.url}/healthz") is None, 5)
            assert not slow.done()
        assert slow.result() == 200
        assert stopping.result() < 5
    stack.start("web")
    stack.wait_for_web()


def _status(url: str) -> int | None:
    try:
        with urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return None
