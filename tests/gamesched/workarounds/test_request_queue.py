import asyncio
from typing import Any

from gamesched.workarounds.request_queue import RequestQueue


def test_no_more_than_so_many_run_at_a_time_and_all_are_served() -> None:
    running, most_seen, served = 0, 0, []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        nonlocal running, most_seen
        running += 1
        most_seen = max(most_seen, running)
        await asyncio.sleep(0.001)
        running -= 1
        served.append(scope)

    async def rush() -> None:
        queue = RequestQueue(application, most=3)
        await asyncio.gather(*(queue(number, None, None) for number in range(20)))

    asyncio.run(rush())

    assert most_seen == 3
    assert served == list(range(20))


def test_one_that_fails_or_is_given_up_leaves_its_place() -> None:
    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        if scope == "fails":
            raise ValueError
        if scope == "hangs":
            await asyncio.sleep(60)

    async def rush() -> None:
        queue = RequestQueue(application, most=1)
        hanging = asyncio.create_task(queue("hangs", None, None))
        await asyncio.sleep(0)
        hanging.cancel()
        await asyncio.gather(queue("fails", None, None), return_exceptions=True)
        await asyncio.wait_for(queue("ok", None, None), 1)

    asyncio.run(rush())
