"""Each line of the Procfile starts its program by name and loads only what it needs."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from honcho.environ import parse_procfile

from gamesched.local.environment import CHECKOUT

LINES = parse_procfile((CHECKOUT / "Procfile").read_text()).processes
# Variables that a line sets before its program: `env NAME=value … program`.
SETS = re.compile(r"env ((?:\w+=\S+ )+)")
# Modules that only pages need.
FOR_PAGES = {"PIL", "allauth.socialaccount.providers.oauth2", "games.urls", "requests"}
LOADED = """
import sys
from gamesched import celery_app
celery_app.loader.import_default_modules()
print(*({} & set(sys.modules)))
"""
# Beat sends ticks by name, so it needs neither tasks nor what they work on.
NOT_FOR_BEAT = {"aiohttp", "django.contrib.admin", "games", "guilds", "notifications.tasks", "when"}
# Frees a large buffer, then uses and frees others of its size; prints the remaining kB.
GROWTH = """
import pathlib
def resident(): return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4
bytearray(20 << 20)
before = resident()
first, last = bytearray(b"x") * (8 << 20), bytearray(b"x") * (9 << 20)
del first, last
print(resident() - before)
"""


def set_by(line: str) -> dict[str, str]:
    found = SETS.match(line)
    return dict(word.split("=", 1) for word in shlex.split(found[1])) if found else {}


def run(code: str, **variables: str) -> str:
    environment = {**os.environ, **variables}
    line = [sys.executable, "-c", code]
    done = subprocess.run(
        line, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_processes_start_by_the_programs_everybody_knows() -> None:
    programs = {name: SETS.sub("", line).split()[:2] for name, line in LINES.items()}
    assert programs == {
        "release": ["python", "manage.py"],
        "web": ["daphne", "-v"],
        "bot": ["python", "manage.py"],
        "worker": ["celery", "--quiet"],
        "beat": ["celery", "--quiet"],
    }


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux, and glibc")
def test_large_buffers_of_the_web_process_are_given_back() -> None:
    assert int(run(GROWTH, **set_by(LINES["web"]))) < 4_000


def test_worker_and_beat_do_without_what_pages_need() -> None:
    assert run(LOADED.format(FOR_PAGES)).split() == []


def test_beat_loads_its_schedule_and_no_tasks() -> None:
    variables = set_by(LINES["beat"])
    wanted = NOT_FOR_BEAT | {"django_celery_beat.models"}

    assert run(LOADED.format(wanted), **variables).split() == ["django_celery_beat.models"]
