"""Response times of pages with 100,000 games and 800,000 sign-ups.

Each page alternates with a view that only runs `SELECT 1`, in one process and through all
middleware. Then 50 requests at once ask a real web process for the list, month and game page. A web
process caches cards and days; an "all new" page has none that were shown before.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median, quantiles
from subprocess import Popen
from time import perf_counter, sleep
from urllib.request import Request, urlopen

from bench.database import database
from bench.table import Figure
from bench.visitor import Visitor, session_of
from gamesched.local.environment import CHECKOUT
from gamesched.local.processes import find_free_port

ROUNDS, WARM_UP, AT_ONCE = 40, 3, 50
VIEWER, HOST = 500, 1
MEDIAN_MS, P95_MS, AT_ONCE_SECONDS = 25, 100, 2
ALL_NEW_MS = {"server": 20, "server, past": 20, "server, month": 35}
AGAINST, ALL_NEW = "select 1", "all new"
WITH_CARDS = tuple(ALL_NEW_MS)


def measure() -> list[Figure]:
    port = find_free_port()
    more = {"DJANGO_SETTINGS_MODULE": "bench.settings", "SITE_URL": f"http://localhost:{port}"}
    with database(durable=False, more=more):
        from bench.data import fill  # noqa: PLC0415

        fill()
        return [*_one_after_another(), *_many_at_once(port)]


def _pages() -> dict[str, tuple[int, str]]:
    """Return each page's viewer and address."""
    from bench.data import BIG, BIG_AHEAD, BIG_GAMES  # noqa: PLC0415

    guild = f"/g/{BIG}/"
    return {
        AGAINST: (VIEWER, "/bench/select-1/"),
        "server": (VIEWER, guild),
        "server, month": (VIEWER, f"{guild}?view=month"),
        "game": (VIEWER, f"{guild}games/{BIG_GAMES - BIG_AHEAD + 2}/"),
        "server, past": (VIEWER, f"{guild}?state=past"),
        "server, past, deep": (VIEWER, f"{guild}?state=past&after=1735689600000000-1"),
        "server, free seats": (VIEWER, f"{guild}?free=1"),
        "server, search": (VIEWER, f"{guild}?q=dragon"),
        "server, search past": (VIEWER, f"{guild}?q=dragon+table+7&state=past"),
        "server, search nothing": (VIEWER, f"{guild}?q=nosuchthing&state=past"),
        "server, live part": (VIEWER, f"{guild}?part"),
        "server, manager": (HOST, guild),
        "my games": (VIEWER, "/games/"),
        "my games, past": (VIEWER, "/games/?show=past"),
    }


def _one_after_another() -> Iterator[Figure]:
    pages = _pages()
    times = _times(pages)
    all_new = _times({name: pages[name] for name in WITH_CARDS}, before=_forget_what_was_shown)
    times |= {f"{name}, {ALL_NEW}": values for name, values in all_new.items()}
    least = times.pop(AGAINST)
    for name, values in times.items():
        page, is_new, _ = name.partition(f", {ALL_NEW}")
        most = ALL_NEW_MS[page] if is_new else MEDIAN_MS
        yield Figure(f"{name}, median", median(values), "ms", median(least), AGAINST, most=most)
    slowest = max(times, key=lambda name: _p95(times[name]))
    what = f"slowest 95th percentile ({slowest})"
    yield Figure(what, _p95(times[slowest]), "ms", _p95(least), AGAINST, most=P95_MS)


def _times(
    pages: dict[str, tuple[int, str]], *, before: Callable[[], None] = lambda: None
) -> dict[str, list[float]]:
    """Return the milliseconds of each page, asked for in turn; `before` runs before each."""
    visitors = {user: Visitor(user) for user in (VIEWER, HOST)}
    times: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(ROUNDS + WARM_UP):
        for name, (user, path) in pages.items():
            before()
            took = visitors[user].milliseconds(path, is_part=name.endswith("part"))
            if turn >= WARM_UP:
                times[name].append(took)
    return times


def _forget_what_was_shown() -> None:
    """Forget cards and days with their moments, but not what all have in common, like icons."""
    from games.templatetags import gamesched  # noqa: PLC0415

    for element in (gamesched._card_element, gamesched._day_element, gamesched._time_element):
        element.cache_clear()


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[18]


def _many_at_once(port: int) -> Iterator[Figure]:
    """Return the seconds until daphne has answered the last of 50 simultaneous requests."""
    cookie = {"Cookie": f"sessionid={session_of(VIEWER)}"}
    with _web(port) as url:
        least: float | None = None
        for name in (AGAINST, "server", "server, month", "game"):
            request = Request(f"{url}{_pages()[name][1]}", headers=cookie)  # noqa: S310
            _fetch(request)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                last = max(pool.map(_fetch, [request] * AT_ONCE))
            if least is None:
                least = last
                continue
            what = f"{name}, last of {AT_ONCE} at once"
            yield Figure(what, last, "s", least, AGAINST, most=AT_ONCE_SECONDS)


@contextmanager
def _web(port: int) -> Iterator[str]:
    line = f"daphne -v 0 -b 127.0.0.1 -p {port} gamesched.asgi:application"
    process = Popen([sys.executable, "-m", *line.split()], cwd=CHECKOUT)
    try:
        url = f"http://localhost:{port}"
        _wait_for(f"{url}/healthz")
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _fetch(request: Request) -> float:
    began = perf_counter()
    with urlopen(request, timeout=30) as response:  # noqa: S310  (our own web process)
        assert response.status == 200
        response.read()
    return perf_counter() - began


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            _fetch(Request(url))  # noqa: S310
        except OSError:
            sleep(0.2)
        else:
            return
    raise TimeoutError(url)
