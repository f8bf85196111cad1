"""The due time where a claim may begin to look: dead rows below cost time while a long snapshot
holds them."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_RESET_SECONDS = 30.0
# Claims look ahead, and clocks differ: a row born now may be due before one just claimed.
_MARGIN = timedelta(seconds=5)


class Watermark:
    """The smallest due time of the last claim that found anything.

    Forgotten every 30 s and after two claims that found nothing; nothing is ever born below
    it, since new rows are due now at the earliest.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value = _BEGINNING
        self._reset_at = 0.0
        self._empty = 0

    def value(self) -> datetime:
        with self._lock:
            if time.monotonic() >= self._reset_at:
                self._reset_at = time.monotonic() + _RESET_SECONDS
                self._value = _BEGINNING
            return self._value

    def saw(self, due: Sequence[datetime]) -> None:
        with self._lock:
            self._empty = 0 if due else self._empty + 1
            if due:
                self._value = min(due) - _MARGIN
            elif self._empty >= 2:
                self._value = _BEGINNING
