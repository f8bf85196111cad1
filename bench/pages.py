"""How long pages take on a full database: `.venv/bin/python -m bench.pages`.

Each page is asked for in turn with a view that only runs `SELECT 1`, in one process, through
all middleware; then the server's page by many at once from a real web process.
"""

import os
import sys
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from statistics import quantiles
from subprocess import Popen
from time import perf_counter, sleep
from urllib.request import Request, urlopen

from gamesched.local.processes import find_free_port
from gamesched.local.servers import local_servers
from tests.environment import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
VIEWER, HOST = 500, 1
LIMIT_MS = 100  # of a server's page at the 95th percentile
AT_ONCE_SECONDS = 2.0


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--at-once", type=int, default=50)
    options = parser.parse_args()
    with local_servers(ROOT / "var" / "bench", {}, durable=False) as servers:
        port = find_free_port()
        os.environ.update(
            VARIABLES
            | servers.variables
            | {
                "DJANGO_SETTINGS_MODULE": "bench.settings",
                "DEBUG": "0",
                "LOG_LEVEL": "ERROR",
                "SITE_URL": f"http://localhost:{port}",
            }
        )
        return _measure(options.rounds, options.at_once, port)


def _measure(rounds: int, at_once: int, port: int) -> int:
    import django  # noqa: PLC0415  (the environment must be there first)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench.data import fill  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    began = perf_counter()
    fill()
    print(f"data in {perf_counter() - began:.0f} s")
    slowest = _one_after_another(rounds)
    longest = _many_at_once(at_once, port)
    is_good = slowest <= LIMIT_MS and longest <= AT_ONCE_SECONDS
    print("as promised" if is_good else f"TOO SLOW: {slowest:.0f} ms, {longest:.1f} s")
    return 0 if is_good else 1


def _pages() -> dict[str, tuple[int, str]]:
    """Whom each page is shown to, and its address."""
    from bench.data import BIG, BIG_AHEAD, BIG_GAMES  # noqa: PLC0415

    guild = f"/g/{BIG}/"
    game = f"{guild}games/{BIG_GAMES - BIG_AHEAD + 2}/"
    return {
        "select 1": (VIEWER, "/bench/select-1/"),
        "server": (VIEWER, guild),
        "server, past": (VIEWER, f"{guild}?state=past"),
        "server, past, deep": (VIEWER, f"{guild}?state=past&after=1735689600000000-1"),
        "server, month": (VIEWER, f"{guild}?view=month"),
        "server, free seats": (VIEWER, f"{guild}?free=1"),
        "server, search": (VIEWER, f"{guild}?q=dragon"),
        "server, search past": (VIEWER, f"{guild}?q=dragon+table+7&state=past"),
        "server, search nothing": (VIEWER, f"{guild}?q=nosuchthing&state=past"),
        "server, live part": (VIEWER, f"{guild}?part"),
        "server, manager": (HOST, guild),
        "game": (VIEWER, game),
        "my games": (VIEWER, "/games/"),
        "my games, past": (VIEWER, "/games/?show=past"),
    }


def _one_after_another(rounds: int) -> float:
    """Print each page's times; the 95th percentile in ms of the slowest of the server's pages."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    clients = {user: Client() for user in (VIEWER, HOST)}
    for user, client in clients.items():
        client.cookies["sessionid"] = _session(user)
    times: dict[str, list[float]] = {name: [] for name in _pages()}
    queries: dict[str, int] = {}
    for round_number in range(rounds + 3):
        for name, (user, path) in _pages().items():
            headers = {"HX-Request": "true"} if name.endswith("part") else {}
            if round_number == 0:
                with CaptureQueriesContext(connection) as captured:
                    _get(clients[user], path, headers)
                queries[name] = len(captured)
                continue
            began = perf_counter()
            _get(clients[user], path, headers)
            if round_number >= 3:  # what comes before warms up
                times[name].append((perf_counter() - began) * 1000)
    print(f"{'page':26}{'queries':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for name, values in times.items():
        p50, p95 = _percentiles(values)
        print(f"{name:26}{queries[name]:8}{p50:9.1f}{p95:9.1f}")
    return max(_percentiles(v)[1] for name, v in times.items() if name.startswith("server"))


def _get(client: object, path: str, headers: dict[str, str]) -> None:
    response = client.get(path, headers={"host": "localhost", **headers})  # type: ignore[attr-defined]
    assert response.status_code == 200, (path, response.status_code)


def _percentiles(values: list[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=20)
    return cuts[9], cuts[18]


def _session(user_id: int) -> str:
    from django.conf import settings  # noqa: PLC0415
    from django.contrib.auth import (  # noqa: PLC0415
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
    )

    from guilds.models import User  # noqa: PLC0415

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = User.objects.get(id=user_id).get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _many_at_once(count: int, port: int) -> float:
    """Seconds until the last of `count` requests at one moment was answered by daphne."""
    url = f"http://localhost:{port}"
    cookie = {"Cookie": f"sessionid={_session(VIEWER)}"}
    request = Request(f"{url}{_pages()['server'][1]}", headers=cookie)  # noqa: S310
    web = Popen(
        [
            sys.executable,
            "-m",
            "daphne",
            "-v",
            "0",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "gamesched.asgi:application",
        ],
        cwd=ROOT,
    )
    try:
        _wait_for(f"{url}/healthz")
        _fetch(request)
        began = perf_counter()
        with ThreadPoolExecutor(count) as pool:
            times = sorted(pool.map(_fetch, [request] * count))
        total = perf_counter() - began
    finally:
        web.terminate()
        web.wait(10)
    print(f"{count} at once: first {times[0]:.2f} s, last {times[-1]:.2f} s, all {total:.2f} s")
    return times[-1]


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


if __name__ == "__main__":
    sys.exit(main())
