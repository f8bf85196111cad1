"""A pytest plugin, loaded before Django's settings, with the servers and variables of the tests.

A run has one pair of servers, in `var/test`. Each xdist worker has a test database of its own (by
pytest-django) and a Valkey database. `DATABASE_URL` and `REDIS_URL` are used if they are set.
"""

import atexit
import contextlib
import itertools
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gamesched.local.errors import InUse
from gamesched.local.stores.servers import LocalServers, local_servers

VAR = Path(__file__).resolve().parent.parent / "var"
WORKER = "PYTEST_XDIST_WORKER"
RUNS_AT_ONCE = 8
NOWHERE = "http://127.0.0.1:1"
VARIABLES = {
    "DJANGO_SETTINGS_MODULE": "gamesched.settings",
    "DEBUG": "1",
    "SECRET_KEY": "for-tests-only-for-tests-only-for-tests-only-for-tests-only",
    "SITE_URL": "http://localhost:8000",
    "ALLOWED_HOSTS": "localhost,127.0.0.1",
    "DISCORD_BOT_TOKEN": "sandbox-token-for-tests",
    "DISCORD_CLIENT_ID": "100000000000000001",
    "DISCORD_CLIENT_SECRET": "sandbox-secret-for-tests",
    "DISCORD_BASE_URL": NOWHERE,
    "DISCORD_CDN_URL": NOWHERE,
    "DISCORD_OWNER_IDS": "",
    "DISCORD_MEMBERS_INTENT": "0",
    "SHARD_IDS": "",
    "TRUST_PROXY": "0",
    "DATABASE_POOL_SIZE": "16",
    "CELERY_BROKER_URL": "",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "console",
}

_running = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Set the environment, then let pytest-django read the settings."""
    # Otherwise every run would compile all tests again, which takes longer than most of them.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    worker = os.environ.get(WORKER)
    if worker is None:
        atexit.register(_running.close)  # if the start fails, no hook is called
        os.environ.update(VARIABLES | _start_servers().variables)
    else:  # the controlling process passed on the servers' addresses
        number = int(worker.removeprefix("gw")) + 1
        url = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}")
        os.environ["REDIS_URL"] = url.geturl()


def own_folder(name: str) -> Path:
    """Return a folder in `var/` that no other xdist worker uses."""
    worker = os.environ.get(WORKER)
    return VAR / (f"{name}-{worker}" if worker else name)


def pytest_unconfigure() -> None:
    _running.close()


def _start_servers() -> LocalServers:
    """Start servers in the first folder that no other test run of this checkout uses."""
    for number in itertools.count(1):
        folder = VAR / ("test" if number == 1 else f"test-{number}")
        try:
            return _running.enter_context(local_servers(folder, durable=False))
        except InUse:
            if number == RUNS_AT_ONCE:
                raise
    raise AssertionError
