import time

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from telemetry import counters, heartbeats, store
from telemetry.counters import HASH, count, flush, observe, read_counts, split_field
from telemetry.heartbeats import pulse, read_heartbeats


@pytest.fixture(autouse=True)
def empty_redis() -> None:
    store.connection().flushdb()
    counters._pending.clear()


def test_counts_of_several_flushes_add_up() -> None:
    for _ in range(2):
        count("clicks", outcome="done")
        flush()
    assert read_counts() == {"clicks|count|outcome=done": 2.0}


def test_durations_fall_into_buckets() -> None:
    observe("ack", 0.02)
    observe("ack", 900)
    flush()
    parts = {split_field(key)[1]: value for key, value in read_counts().items()}
    assert parts == {"le=0.025": 1.0, "le=inf": 1.0, "sum": 900.02}


def test_counts_wait_while_redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    count("clicks")
    with monkeypatch.context() as patch:
        patch.setattr(counters, "connection", lambda: nowhere)
        patch.setattr(heartbeats, "connection", lambda: nowhere)
        flush()
        pulse("beat")
    deadline = time.monotonic() + 10
    while store.connection().hget(HASH, "clicks|count") != "1":
        assert time.monotonic() < deadline
        flush()  # the flushing thread may hold the count for a moment


def test_heartbeats_are_read_with_their_age() -> None:
    pulse("gateway:0", is_open=True)
    [beat] = read_heartbeats()
    assert (beat.name, beat.facts) == ("gateway:0", {"is_open": True})
    assert beat.age < 5
