import asyncio
import logging
import os
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import redis

from discord_api.budget import QUEUE, Budget, Priority
from discord_api.errors import RateLimited
from discord_api.shared_bucket import BURST, PER_SECOND, SharedBucket
from tests.duration import stretched, within

NAME = "test-budget"
NOWHERE = "redis://127.0.0.1:1/0"


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 20))


@pytest.fixture(autouse=True)
def full_bucket() -> None:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        for key in client.scan_iter(f"{{discord:{NAME}}}*"):
            client.delete(key)


@asynccontextmanager
async def budgets(count: int, url: str = "") -> AsyncIterator[list[Budget]]:
    made = [Budget(SharedBucket(url or os.environ["REDIS_URL"], NAME)) for _ in range(count)]
    try:
        yield made
    finally:
        for one in made:
            await one.close()


async def take(budget: Budget, priority: Priority, times: list[float], patience: float = 9) -> None:
    await budget.take(priority, patience)
    times.append(time.monotonic())


def busiest(times: list[float]) -> int:
    """Return the largest number within any second."""
    return max(sum(start <= at < start + 1 for at in times) for start in times)


def test_two_processes_share_fifty_a_second() -> None:
    async def test() -> None:
        async with budgets(2) as both:
            times: list[float] = []
            await asyncio.gather(*(take(both[n % 2], Priority.REMINDER, times) for n in range(100)))
        assert busiest(times) <= PER_SECOND + BURST
        assert max(times) - min(times) < stretched(100 / PER_SECOND + 0.3)

    run(test)


def test_the_more_urgent_goes_first_wherever_it_comes_from() -> None:
    async def test() -> None:
        async with budgets(2) as (busy, other):
            reminders: list[float] = []
            rush = [
                asyncio.create_task(take(busy, Priority.REMINDER, reminders)) for _ in range(60)
            ]
            await asyncio.sleep(0.3)
            begun = time.monotonic()
            urgent: list[float] = []
            await asyncio.gather(
                *(take(busy, Priority.NEWS, urgent) for _ in range(5)),
                *(take(other, Priority.NEWS, urgent) for _ in range(5)),
                *(take(other, Priority.PERSON, urgent) for _ in range(5)),
            )
            passed = [at for at in reminders if begun < at < max(urgent)]
            assert max(urgent) - begun < stretched(15 / PER_SECOND + 0.2)
            assert len(passed) <= 2, "reminders took the tokens of what is more urgent"
            await asyncio.gather(*rush)

    run(test)


def test_edits_of_one_process_wait_for_reminders_of_another() -> None:
    async def test() -> None:
        async with budgets(2) as (first, second):
            reminders: list[float] = []
            edits: list[float] = []
            await asyncio.gather(
                *(take(first, Priority.REMINDER, reminders) for _ in range(30)),
                *(take(second, Priority.EDIT, edits) for _ in range(10)),
            )
            assert sum(at < max(reminders) for at in edits) <= stretched(2)

    run(test)


def test_who_would_wait_too_long_is_told_at_once() -> None:
    async def test() -> None:
        async with budgets(1) as (budget,):
            times: list[float] = []
            waiting = [
                asyncio.create_task(take(budget, Priority.REMINDER, times)) for _ in range(50)
            ]
            await asyncio.sleep(0)
            with within(0.1):
                assert budget.room(Priority.REMINDER) == 0
                assert budget.room(Priority.NEWS) == QUEUE
                with pytest.raises(RateLimited) as refused:
                    await budget.take(Priority.EDIT, 0.2)
            assert refused.value.retry_after > 0.5
            assert refused.value.is_global
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            assert budget.room(Priority.UPKEEP) == QUEUE

    run(test)


def test_a_pause_holds_for_all_processes() -> None:
    async def test() -> None:
        async with budgets(2) as (first, second):
            begun = time.monotonic()
            await first.pause(0.6)
            await first.pause(0.1)  # a shorter pause does not end the longer one
            times: list[float] = []
            await asyncio.gather(
                take(first, Priority.PERSON, times), take(second, Priority.PERSON, times)
            )
            assert min(times) - begun >= 0.55
            assert max(times) - begun < stretched(1)

    run(test)


def test_a_long_pause_is_learnt_from_others_and_nothing_is_begun() -> None:
    async def test() -> None:
        async with budgets(2) as (first, second):
            await first.pause(30)
            with pytest.raises(RateLimited):
                await second.take(Priority.PERSON, 0.3)
            with within(0.1), pytest.raises(RateLimited) as refused:
                await second.take(Priority.PERSON, 3)
            assert refused.value.retry_after > 28
            assert first.room(Priority.NEWS) == second.room(Priority.NEWS) == 0

    run(test)


@pytest.mark.parametrize("known", [None, 2, 20])
def test_without_redis_each_keeps_to_its_part(
    known: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def test() -> None:
        async with budgets(1, NOWHERE) as (budget,):
            if known:
                budget._processes = known
            times: list[float] = []
            begun = time.monotonic()
            await asyncio.gather(*(take(budget, Priority.NEWS, times) for _ in range(6)))
            expected = {None: 4, 2: 2, 20: 9}[known]  # 45 a second divided by them, but at least 5
            least = 6 / (PER_SECOND / expected) - 0.15
            assert least <= times[-1] - begun <= stretched(least + 0.3)
            assert budget.room(Priority.REMINDER) == max(round(QUEUE / expected), 3)

    with caplog.at_level(logging.WARNING):
        run(test)
    assert Counter(r.levelno for r in caplog.records)[logging.WARNING] == 1


def test_a_redis_that_hangs_delays_the_first_alone() -> None:
    async def test() -> None:
        port = silent.getsockname()[1]
        async with budgets(1, f"redis://127.0.0.1:{port}/0") as (budget,):
            with within(1):
                await budget.take(Priority.PERSON, 3)
            with within(1.3):
                for _ in range(11):
                    await budget.take(Priority.PERSON, 3)

    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts connections, but never answers
        run(test)


def test_redis_emptied_and_back_again(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        async with budgets(1) as (budget,):
            await budget.take(Priority.PERSON, 1)
            budget._go_alone(ConnectionError())
            with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
                client.script_flush()
            await budget.take(Priority.PERSON, 1)
            await asyncio.sleep(1.2)
            assert budget.room(Priority.PERSON) == QUEUE
            await budget.take(Priority.PERSON, 1)
            with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
                assert client.exists(f"{{discord:{NAME}}}:full-at")

    with caplog.at_level(logging.INFO):
        run(test)
    assert [r.levelname for r in caplog.records if r.name.startswith("discord_api")] == [
        "WARNING",
        "INFO",
    ]


def test_beyond_its_share_a_server_s_reminder_passes_its_own_edits() -> None:
    async def test() -> None:
        async with budgets(1) as (budget,):
            edits: list[float] = []

            async def edit() -> None:
                await budget.take(Priority.POST, 9, guild_id=1)
                edits.append(time.monotonic())

            rush = [asyncio.create_task(edit()) for _ in range(40)]
            await asyncio.sleep(0.3)
            begun = time.monotonic()
            await budget.take(Priority.REMINDER, 9, guild_id=1)
            passed = [at for at in edits if at > begun]
            assert len(passed) <= 1, "the reminder waited behind what is less urgent"
            assert not all(one.done() for one in rush)
            await asyncio.gather(*rush)

    run(test)
