"""Start-up time and memory of each process on a little server, and of the bot on 2,500 servers.

Each is started from its Procfile line, one after another, with the packages of production only,
since some libraries load developers' tools if they are installed. The baselines are Python with
Django, and a nextcord bot that does nothing on the same servers.

`memory` is what a process alone would need (RSS). Of what several processes map from the same
files, `share of memory` counts each one's part (PSS), so that the sum is what all of them take.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import psutil

from bench.database import VAR, set_up_django
from bench.measures.clicks import AGAINST, idle_bot
from bench.packages import production_programs
from bench.table import Figure
from gamesched.local.environment import CHECKOUT
from tests.duration import wait_until
from tests.e2e.stack import PROCESSES, Stack, prepared_stack

GUILDS, CHANNELS = 2_500, ("games-0", "games-1", "games-2")
PATIENCE = 120
SETTLE_SECONDS = 3
DJANGO = "python with django"
STARTS = {"web": 2, "worker": 3, "bot": 15}  # ten for the bot, five until its shard's turn
MOST_MB = {"web": 130, "worker": 120, "bot": 150}
ALL_MOST_MB = 300
BARE = "import sys, django.db.models, django.http; print(flush=True); sys.stdin.read()"


def measure() -> list[Figure]:
    with prepared_stack(VAR / "processes") as stack:
        set_up_django(stack.environment)
        programs = production_programs(VAR / "venv")
        stack.environment["PATH"] = f"{programs}:{stack.environment['PATH']}"
        owner = stack.sandbox.make_user("owner")["id"]
        stack.sandbox.make_guild("Guild", owner, channels=CHANNELS)
        little = list(_on_a_little_server(stack))
        _make_guilds(stack, owner)
        return [*little, *_bot(stack)]


def _make_guilds(stack: Stack, owner: str) -> None:
    def make(number: int) -> None:
        stack.sandbox.make_guild(f"Guild {number}", owner, channels=CHANNELS)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(make, range(1, GUILDS)))


def _on_a_little_server(stack: Stack) -> Iterator[Figure]:
    least_seconds, least_mb, least_share = _bare_django(stack)
    ready: dict[str, Callable[[], bool]] = {
        "web": lambda: _answers(f"{stack.url}/healthz"),
        "worker": _worker_answers,
        "beat": lambda: _has_ticked(stack),
        "bot": lambda: _is_connected(stack),
    }
    for name, is_ready in ready.items():
        took = _start(stack, name, is_ready)
        if name != "bot":
            most = STARTS.get(name)
            yield Figure(f"{name}, starts in", took, "s", least_seconds, DJANGO, most=most)
    time.sleep(SETTLE_SECONDS)
    shares = {name: _share(stack.pid(name)) for name in PROCESSES}
    for name, share in shares.items():
        most = None if name == "bot" else MOST_MB.get(name)
        mb = _megabytes(stack.pid(name))
        yield Figure(f"{name}, memory", mb, "MB", least_mb, DJANGO, most=most)
        yield Figure(f"{name}, share of memory", share, "MB", least_share, DJANGO)
    all_four, least = sum(shares.values()), least_share * len(shares)
    what = "all four, share of memory"
    yield Figure(what, all_four, "MB", least, f"four of {DJANGO}", most=ALL_MOST_MB)
    for name in shares:
        stack.stop(name)


def _bot(stack: Stack) -> Iterator[Figure]:
    with idle_bot(stack) as process:
        time.sleep(SETTLE_SECONDS)
        least = _megabytes(process.pid)
    took = _start(stack, "bot", lambda: _is_connected(stack))
    began = time.monotonic()
    wait_until(lambda: stack.rows("select count(*) from guilds_guild")[0][0] == GUILDS, PATIENCE)
    known = took + time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    on = f"on {GUILDS:,} servers"
    mb = _megabytes(stack.pid("bot"))
    yield Figure(f"bot, connected {on}", took, "s", most=STARTS["bot"])
    yield Figure(f"bot, knows all {on}", known, "s")
    yield Figure(f"bot, memory {on}", mb, "MB", least, AGAINST, most=MOST_MB["bot"])


def _start(stack: Stack, name: str, is_ready: Callable[[], bool]) -> float:
    """Start a process; returns the seconds until it is ready."""
    began = time.monotonic()
    stack.start(name)
    wait_until(is_ready, PATIENCE)
    return time.monotonic() - began


def _bare_django(stack: Stack) -> tuple[float, float, float]:
    """Return seconds, megabytes and share of processes that only import Django.

    They are four, as ours are, since they share what they map from the same files.
    """
    began = time.monotonic()
    processes = [_bare_process(stack)]
    took = time.monotonic() - began
    processes += [_bare_process(stack) for _ in PROCESSES[1:]]
    mb, share = _megabytes(processes[0].pid), _share(processes[0].pid)
    for process in processes:
        process.communicate()
    return took, mb, share


def _bare_process(stack: Stack) -> subprocess.Popen[bytes]:
    """Start one and wait until it has imported Django."""
    process = subprocess.Popen(
        [sys.executable, "-c", BARE],
        cwd=CHECKOUT,
        env=stack.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def _megabytes(pid: int) -> float:
    """Return resident memory, children included."""
    return float(sum(one.memory_info().rss for one in _family(pid))) / 2**20


def _share(pid: int) -> float:
    """Return the part of the machine's memory that is this process's, children included."""
    return float(sum(one.memory_full_info().pss for one in _family(pid))) / 2**20


def _family(pid: int) -> Sequence[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


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


def _is_connected(stack: Stack) -> bool:
    return bool(stack.sandbox.health()["shards"])
