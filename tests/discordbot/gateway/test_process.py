"""`manage.py runbot` as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from sandbox.client import Sandbox
from sandbox.config import DEFAULT_BOT_TOKEN, DEFAULT_CLIENT_ID
from tests.faults.way import Way

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def runbot(log: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start the process, on the test's database unless `variables` name another."""
    database = settings.DATABASES["default"]
    address = f"{quote(database['HOST'], safe='')}/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{database['USER']}@{address}",
        "DISCORD_BOT_TOKEN": DEFAULT_BOT_TOKEN,
        "DISCORD_CLIENT_ID": str(DEFAULT_CLIENT_ID),
        **variables,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "runbot"], cwd=ROOT, env=environment,
            stdout=output, stderr=output,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(5)


def stop(process: subprocess.Popen[bytes]) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    return time.monotonic() - began


@pytest.mark.django_db(transaction=True)
def test_bot_lives_without_database_and_redis_and_stops_when_told(
    sandbox_process: Sandbox, tmp_path: Path
) -> None:
    """The database goes away while the bot is connected."""
    sandbox = sandbox_process
    database, log, way = settings.DATABASES["default"], tmp_path / "bot.log", Way()
    known = len(sandbox.sessions()["identifies"])
    with (
        way.to_socket(Path(database["HOST"]) / ".s.PGSQL.5432") as through,
        runbot(
            log,
            DATABASE_URL=f"postgres://{database['USER']}@{through}/{database['NAME']}",
            REDIS_URL="redis://127.0.0.1:1/0",
            DISCORD_BASE_URL=sandbox.url,
        ) as process,
    ):
        sandbox.wait_until(lambda: len(sandbox.sessions()["identifies"]) > known, timeout=20)
        sandbox.wait_for_bot(commands=4)
        host = int(sandbox.make_user("hazel")["id"])
        guild = int(sandbox.make_guild("Tavern", host)["id"])
        channel = int(sandbox.make_channel(guild, "games")["id"])
        way.close()

        outcomes = [sandbox.command(host, channel, "list-games") for _ in range(3)]
        helped = sandbox.command(host, channel, "help")
        seconds = stop(process)

    assert all("can't reach my database" in outcome.content for outcome in outcomes)
    assert max(outcome.acked_after_ms or 9999 for outcome in outcomes) < 3000
    assert helped.message["embeds"]
    assert seconds < 10
    text = log.read_text()
    assert "database_unreachable" in text
    assert outcomes[0].raw["token"] not in text


def test_bot_without_database_connects_to_nothing_and_stops_when_told(
    sandbox_process: Sandbox, tmp_path: Path
) -> None:
    """Without the database it cannot know whether another bot holds its shards."""
    log = tmp_path / "bot.log"
    known = len(sandbox_process.sessions()["identifies"])
    nowhere = "postgres://nobody@127.0.0.1:1/nothing"
    with runbot(log, DATABASE_URL=nowhere, DISCORD_BASE_URL=sandbox_process.url) as process:
        end = time.monotonic() + 20
        while b"shards_wait_for_the_database" not in log.read_bytes() and time.monotonic() < end:
            time.sleep(0.1)
        assert process.poll() is None
        seconds = stop(process)

    assert log.read_text().count("shards_wait_for_the_database") == 1
    assert "nobody" not in log.read_text()
    assert len(sandbox_process.sessions()["identifies"]) == known
    assert seconds < 10


@pytest.mark.django_db(transaction=True)
def test_bot_waits_for_discord_and_stops_when_told(tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    with runbot(log, DISCORD_BASE_URL="http://127.0.0.1:1") as process:
        end = time.monotonic() + 20
        while b"discord_unreachable" not in log.read_bytes() and time.monotonic() < end:
            time.sleep(0.1)
        assert process.poll() is None
        seconds = stop(process)

    assert "discord_unreachable" in log.read_text()
    assert seconds < 10


@pytest.mark.django_db(transaction=True)
def test_refused_token_is_tried_again_slowly(sandbox_process: Sandbox, tmp_path: Path) -> None:
    log = tmp_path / "bot.log"
    variables = {"DISCORD_BASE_URL": sandbox_process.url, "DISCORD_BOT_TOKEN": "sandbox-wrong"}
    with runbot(log, **variables) as process:
        end = time.monotonic() + 20
        while b"discord_refuses_the_bot" not in log.read_bytes() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(1.5)
        assert process.poll() is None
        stop(process)

    assert log.read_text().count("discord_refuses_the_bot") == 1
    assert "sandbox-wrong" not in log.read_text()
