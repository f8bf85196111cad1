import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from games.services.roster.batches import Batches


class Work:
    """Work that doubles numbers, and waits for its `gate` at the key "held".

    A batch that contains 0 fails; one that contains -1 fails with an error common to all.
    """

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []
        self.began, self.gate = threading.Event(), threading.Event()

    def __call__(self, key: str, items: Sequence[int]) -> list[int]:
        self.batches.append(items)
        self.began.set()
        if key == "held":
            assert self.gate.wait(5)
        if 0 in items:
            raise ValueError(items)
        if -1 in items:
            raise OSError("no disk")
        return [2 * item for item in items]


def batches_of(work: Work) -> Batches[str, int, int]:
    return Batches(work, common=(OSError,))


@contextmanager
def held(work: Work, *items: int) -> Iterator[list[Future[int]]]:
    """Start calls with these items, of which all but the first wait until the block ends."""
    batches = batches_of(work)
    with ThreadPoolExecutor(len(items)) as threads:
        calls = [threads.submit(batches.do, "held", items[0])]
        assert work.began.wait(5)
        for count, item in enumerate(items[1:], start=1):
            calls.append(threads.submit(batches.do, "held", item))
            while len(batches._waiting["held"]) < count:
                pass
        yield calls
        work.gate.set()


def test_those_who_come_meanwhile_are_one_batch_in_their_order() -> None:
    work = Work()
    with held(work, 1, 2, 3, 4) as calls:
        assert work.batches == [[1]]
    assert [call.result() for call in calls] == [2, 4, 6, 8]
    assert work.batches == [[1], [2, 3, 4]]


def test_another_key_does_not_wait() -> None:
    work = Work()
    batches = batches_of(work)
    with ThreadPoolExecutor(1) as threads:
        waits = threads.submit(batches.do, "held", 1)
        assert work.began.wait(5)
        assert batches.do("free", 2) == 4
        assert not waits.done()
        work.gate.set()
    assert waits.result() == 2


def test_a_batch_that_fails_is_done_one_by_one() -> None:
    work = Work()
    with held(work, 1, 2, 0, 4) as calls:
        pass
    with pytest.raises(ValueError, match="0"):
        calls.pop(2).result()
    assert [call.result() for call in calls] == [2, 4, 8]
    assert work.batches[:2] == [[1], [2, 0, 4]]
    assert {tuple(alone) for alone in work.batches[2:]} == {(0,), (2,), (4,)}


def test_what_meets_everybody_is_not_tried_again() -> None:
    work = Work()
    with held(work, 1, 2, -1) as calls:
        pass
    assert calls[0].result() == 2
    assert [type(call.exception()) for call in calls[1:]] == [OSError, OSError]
    assert work.batches == [[1], [2, -1]]


def test_a_call_that_fails_lets_those_behind_it_go_on() -> None:
    work = Work()
    with held(work, 0, 2) as (failing, waiting):
        pass
    with pytest.raises(ValueError, match="0"):
        failing.result()
    assert waiting.result() == 4
    with pytest.raises(ValueError, match="0"):
        batches_of(work).do("free", 0)
