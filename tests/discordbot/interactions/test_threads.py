"""Threads for the event loop: calls that are cancelled, that fail, and that are too many."""

import asyncio
import threading
import time

import pytest

from discordbot.interactions.threads import Threads

pytestmark = pytest.mark.asyncio


def rest() -> None:
    pass


async def test_a_call_that_is_cancelled_before_its_turn_never_runs() -> None:
    threads = Threads("one", 1, rest_after=9, rest=rest)
    is_free, ran = threading.Event(), list[str]()
    first = asyncio.create_task(threads.run(is_free.wait))
    late = asyncio.create_task(threads.run(lambda: ran.append("late")))
    await asyncio.sleep(0.05)

    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    is_free.set()
    await first
    await threads.run(lambda: ran.append("next"))

    assert ran == ["next"]


async def test_a_thread_that_cannot_be_started_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    threads = Threads("one", 1, rest_after=9, rest=rest)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            await threads.run(rest)

    async with asyncio.timeout(5):
        assert await threads.run(lambda: "done") == "done"


async def test_a_failed_rest_and_failed_calls_leave_the_thread_alive() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    threads = Threads("one", 1, rest_after=0.01, rest=fail)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await threads.run(fail)
        await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        assert await threads.run(lambda: "done") == "done"


async def test_every_call_of_many_is_run_once() -> None:
    threads = Threads("some", 3, rest_after=0.002, rest=rest)
    ran = list[int]()

    def work(number: int) -> int:
        time.sleep(number % 5 / 1000)
        ran.append(number)
        return number

    async def ask(number: int) -> int:
        await asyncio.sleep(number % 7 / 500)
        return await threads.run(lambda: work(number))

    async with asyncio.timeout(30):
        assert await asyncio.gather(*map(ask, range(300))) == list(range(300))
    assert sorted(ran) == list(range(300))
