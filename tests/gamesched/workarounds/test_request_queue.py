import asyncio
from typing import Any

from gamesched.workarounds.request_queue import Lanes, RequestQueue


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


def test_health_waits_for_no_page_and_pages_for_no_export() -> None:
    held: list[str] = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        held.append(scope["path"])
        if scope["path"] not in {"/healthz", "/readyz", "/"}:
            await asyncio.sleep(60)

    async def rush() -> None:
        exports = RequestQueue(application, most=1)
        pages = RequestQueue(application, most=2)
        checks = RequestQueue(application, most=1)
        lanes = Lanes(
            paths={"/healthz": application, "/readyz": checks},
            endings={"/games.csv": exports},
            rest=pages,
        )
        slow = [
            asyncio.create_task(lanes({"path": path}, None, None))
            for path in ["/g/1/games/games.csv"] * 5 + ["/slow/"]
        ]
        await asyncio.sleep(0)
        await asyncio.wait_for(lanes({"path": "/"}, None, None), 1)
        slow += [asyncio.create_task(lanes({"path": "/slow/"}, None, None)) for _ in range(9)]
        await asyncio.sleep(0)
        for path in ("/healthz", "/readyz"):
            await asyncio.wait_for(lanes({"path": path}, None, None), 1)
        for one in slow:
            one.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    asyncio.run(rush())

    assert held.count("/g/1/games/games.csv") == 1


def test_no_page_takes_the_slots_of_health_by_the_end_of_its_address() -> None:
    async def application(_scope: Any, _receive: Any, _send: Any) -> None:
        pass

    async def unexpected(scope: Any, _receive: Any, _send: Any) -> None:
        raise AssertionError(scope)

    lanes = Lanes(
        paths={"/healthz": unexpected, "/readyz": unexpected}, endings={}, rest=application
    )
    for path in ("/there/is/nothing/healthz", "/g/1/readyz"):
        asyncio.run(lanes({"path": path}, None, None))
