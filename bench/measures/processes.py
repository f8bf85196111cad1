"""Start-up time and memory of each process; the bot is on 2,500 servers.

Each is started from its Procfile line, one after another, with the packages of production only,
since some libraries load developers' tools if they are installed. The baselines are Python with
Django, and a nextcord bot that does nothing on the same servers.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import psutil

from bench.database import VAR, set_up_django
from bench.measures.clicks import AGAINST, idle_bot
from bench.packages import production_programs
from bench.table import Figure
from gamesched.local.environment import CHECKOUT
from tests.duration import wait_until
from tests.e2e.stack import Stack, prepared_stack

GUILDS, CHANNELS_A_GUILD = 2_500, 3
PATIENCE = 120
SETTLE_SECONDS = 3
DJANGO = "python with django"
STARTS = {"web": 2, "worker": 3, "bot": 15}  # ten for the bot, five until its shard's turn
MOST_MB = {"web": 130, "worker": 120, "bot": 150}


def measure() -> list[Figure]:
    with prepared_stack(VAR / "processes") as stack:
        set_up_django(stack.environment)
        programs = production_programs(VAR / "venv")
        stack.environment["PATH"] = f"{programs}:{stack.environment['PATH']}"
        _make_guilds(stack)
        return [*_first_three(stack), *_bot(stack)]


def _make_guilds(stack: Stack) -> None:
    owner = stack.sandbox.make_user("owner")["id"]

    def make(number: int) -> None:
        guild = stack.sandbox.make_guild(f"Guild {number}", owner)["id"]
        for channel in range(CHANNELS_A_GUILD):
            stack.sandbox.make_channel(guild, f"games-{channel}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(make, range(GUILDS)))


def _first_three(stack: Stack) -> Iterator[Figure]:
    least_seconds, least_mb = _bare_django(stack)
    ready: dict[str, Callable[[], bool]] = {
        "web": lambda: _answers(f"{stack.url}/healthz"),
        "worker": _worker_answers,
        "beat": lambda: _has_ticked(stack),
    }
    for name, is_ready in ready.items():
        took, mb = _start(stack, name, is_ready)
        yield Figure(f"{name}, starts in", took, "s", least_seconds, DJANGO, most=STARTS.get(name))
        yield Figure(f"{name}, memory", mb, "MB", least_mb, DJANGO, most=MOST_MB.get(name))
    for name in ready:
        stack.stop(name)


def _bot(stack: Stack) -> Iterator[Figure]:
    with idle_bot(stack) as process:
        time.sleep(SETTLE_SECONDS)
        least = _megabytes(process.pid)
    took, _ = _start(stack, "bot", lambda: bool(stack.sandbox.health()["shards"]))
    began = time.monotonic()
    wait_until(lambda: stack.rows("select count(*) from guilds_guild")[0][0] == GUILDS, PATIENCE)
    known = took + time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    on = f"on {GUILDS:,} servers"
    mb = _megabytes(stack.pid("bot"))
    yield Figure(f"bot, connected {on}", took, "s", most=STARTS["bot"])
    yield Figure(f"bot, knows all {on}", known, "s")
    yield Figure(f"bot, memory {on}", mb, "MB", least, AGAINST, most=MOST_MB["bot"])


def _start(stack: Stack, name: str, is_ready: Callable[[], bool]) -> tuple[float, float]:
    """Start a process; returns the seconds until it is ready, and its megabytes soon after."""
    began = time.monotonic()
    stack.start(name)
    wait_until(is_ready, PATIENCE)
    took = time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    return took, _megabytes(stack.pid(name))


def _bare_django(stack: Stack) -> tuple[float, float]:
    """Return seconds and megabytes of a process that only imports Django."""
    line = "import sys, django.db.models, django.http; print(flush=True); sys.stdin.read()"
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", line],
        cwd=CHECKOUT,
        env=stack.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    took, mb = time.monotonic() - began, _megabytes(process.pid)
    process.communicate()
    return took, mb


def _megabytes(pid: int) -> float:
    """Return resident memory, children included."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return float(sum(one.memory_info().rss for one in family)) / 2**20


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as response:  # noqa: S310  (our own web process)
            return bool(response.status == 200)
    except OSError:
        return False


def _worker_answers() -> bool:
    from gamesched.celery import app  # noqa: PLC0415

    return bool(app.control.ping(timeout=0.2))


def _has_ticked(stack: Stack) -> bool:
    return bool(
        stack.rows("select 1 from django_celery_beat_periodictask where last_run_at is not null")
    )
