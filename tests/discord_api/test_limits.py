"""One bucket's windows, with and without answers that describe them."""

import asyncio
import time

import pytest

from discord_api.errors import RateLimited
from discord_api.limits import Bucket


async def fail(bucket: Bucket) -> None:
    """Make a request whose answer, if any, has no rate-limit headers: a cut connection, a 502."""
    await bucket.take(time.monotonic() + 0.1)
    bucket.learn({})
    bucket.give_back()


def test_a_channel_whose_every_try_fails_has_its_next_window_all_the_same() -> None:
    """The limit is known from another channel; no request to this one was answered."""

    async def story() -> None:
        bucket = Bucket(limit=5, remaining=5, period=0.3)
        for _ in range(5):
            await fail(bucket)
        with pytest.raises(RateLimited):
            await bucket.take(time.monotonic() + 0.05)
        for _window in range(2):
            await asyncio.sleep(0.35)
            for _ in range(5):
                await fail(bucket)

    asyncio.run(story())


def test_full_for_says_when_the_window_ends() -> None:
    async def story() -> None:
        bucket = Bucket()
        assert bucket.full_for() == 0
        await bucket.take(time.monotonic() + 0.1)
        bucket.learn(
            {
                "X-RateLimit-Limit": "1",
                "X-RateLimit-Remaining": "0",
                "X-RateLimit-Reset-After": "0.5",
            }
        )
        bucket.give_back()
        assert 0.3 < bucket.full_for() <= 0.5

    asyncio.run(story())
