"""People who click in the sample's servers, and read and answer on the pages."""

import http.client
import itertools
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.client import ControlError, Sandbox
from tests.e2e.conftest import button
from tests.scale.meanwhile import Meanwhile
from tests.scale.world import Place

HANDS, READERS = 6, 2
ANSWERS = {"join": "going", "decline": "declined"}


@dataclass(frozen=True)
class Click:
    """`at` is Unix seconds."""

    game: int
    user: int
    what: str
    shard: int
    at: float
    acked_after_ms: float | None


@dataclass(frozen=True)
class Visitor:
    """A logged-in person: their cookies, and the game they answer."""

    cookies: dict[str, str]
    guild: int
    game: int


class Load(Meanwhile):
    """A load of clicks and page views that lasts as long as the block."""

    def __init__(
        self,
        sandbox: Sandbox,
        posted: list[tuple[Place, dict[str, Any]]],
        visitor: Visitor,
        port: int,
    ) -> None:
        super().__init__(
            *(partial(self._press, number) for number in range(HANDS)),
            *(partial(self._read, number) for number in range(READERS)),
        )
        self._sandbox, self._posted, self._visitor, self._port = sandbox, posted, visitor, port
        self.clicks: list[Click] = []
        self.pages: Counter[tuple[str, int]] = Counter()
        self.slowest_page = 0.0

    def _press(self, number: int) -> None:
        """Press buttons in this thread's own places, so that each person's clicks are in order."""
        dice, mine = random.Random(number), self._posted[number::HANDS]
        while not self._is_over.is_set():
            place, message = dice.choice(mine)
            user, what = dice.choice(place.clickers), dice.choice(list(ANSWERS))
            custom_id = button(message, what)
            at = time.time()
            try:
                outcome = self._sandbox.click(user, message, custom_id)
            except ControlError:  # the game has started, so the button is gone
                self._is_over.wait(0.5)
                continue
            game = int(custom_id.split(":")[1])
            took = outcome.acked_after_ms if outcome.acked else None
            self.clicks.append(Click(game, user, what, place.shard, at, took))
            self._is_over.wait(dice.uniform(0, 0.3))

    def _read(self, number: int) -> None:
        one = self._visitor
        game = f"/g/{one.guild}/games/{one.game}/"
        reads = itertools.cycle(["/games/", f"/g/{one.guild}/", game])
        writes = itertools.cycle([f"{game}join/", f"{game}decline/"])
        while not self._is_over.is_set():
            for _ in range(3):
                self._ask("GET", next(reads))
            if number == 0:
                self._ask("POST", next(writes))

    def _ask(self, method: str, path: str) -> None:
        began = time.monotonic()
        cookies = "; ".join(f"{name}={value}" for name, value in self._visitor.cookies.items())
        headers = {
            "Host": f"localhost:{self._port}",
            "Cookie": cookies,
            "X-CSRFToken": self._visitor.cookies["csrftoken"],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            body = f"form_id={uuid.uuid4()}" if method == "POST" else None
            connection.request(method, path, body, headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 0
        finally:
            connection.close()
        self.pages[method, status] += 1
        self.slowest_page = max(self.slowest_page, time.monotonic() - began)
        self._is_over.wait(0.05)
