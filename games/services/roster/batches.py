"""Batches: calls that would only wait for each other, done together by one of the callers.

The sign-ups of one game can only come one after the other. Together they take the lock once, read
the roster once, and share the commit, which waits for the disk
(`docs/decisions/0011-sign-ups-share-a-transaction.md`).
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field


@dataclass(frozen=True)
class _Call[T, R]:
    """One caller's item and its result.

    `turn` resolves to the calls that this caller has to do, or to none if another caller has done
    this one meanwhile.
    """

    item: T
    turn: "Future[Sequence[_Call[T, R]]]" = field(default_factory=Future)
    result: Future[R] = field(default_factory=Future)


class Batches[K: Hashable, T, R]:
    """Calls by key: the first is done at once; those that arrive meanwhile are the next batch.

    `work` does the items of one key in their order, all or none of them, and returns their
    results. An error listed in `common` is raised to every caller of the batch. After any other
    error each item is done once more by itself, so that one bad item does not fail the others.
    """

    def __init__(
        self, work: Callable[[K, Sequence[T]], Sequence[R]], *, common: tuple[type[Exception], ...]
    ) -> None:
        self._work, self._common = work, common
        self._lock = threading.Lock()
        self._waiting: dict[K, list[_Call[T, R]]] = {}  # has the keys at work

    def do(self, key: K, item: T) -> R:
        """Return the item's result, after waiting for its turn. Raises the errors of `work`."""
        call = _Call[T, R](item)
        with self._lock:
            if key in self._waiting:
                self._waiting[key].append(call)
            else:
                self._waiting[key] = []
                call.turn.set_result([call])
        if batch := call.turn.result():
            self._do_all(key, batch)
        if call.result.cancelled():
            return self._work(key, [item])[0]
        return call.result.result()

    def _do_all(self, key: K, batch: Sequence[_Call[T, R]]) -> None:
        try:
            results = self._work(key, [call.item for call in batch])
            for call, result in zip(batch, results, strict=True):
                call.result.set_result(result)
        except self._common as error:
            for call in batch:
                call.result.set_exception(error)
        except BaseException:
            if len(batch) == 1:
                raise
            for call in batch:
                call.result.cancel()
        finally:
            self._begin_next(key)
            for call in batch[1:]:
                call.turn.set_result([])

    def _begin_next(self, key: K) -> None:
        with self._lock:
            batch = self._waiting.pop(key)
            if batch:
                self._waiting[key] = []
        if batch:
            batch[0].turn.set_result(batch)
