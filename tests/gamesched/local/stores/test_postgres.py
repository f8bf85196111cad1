import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from gamesched.local.errors import InUse, LocalError
from gamesched.local.stores.account import service_account
from gamesched.local.stores.postgres import Postgres


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    server = Postgres(folder / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


def execute(server: Postgres, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url()) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def postmaster(server: Postgres) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))


def test_restart_keeps_data(postgres: Postgres) -> None:
    execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
    postgres.stop()
    postgres.start()
    assert execute(postgres, "SELECT answer FROM kept") == [(42,)]


def test_stop_leaves_no_process(postgres: Postgres) -> None:
    process = postmaster(postgres)
    postgres.stop()
    assert not process.is_running()
    assert not (postgres.data / "postmaster.pid").exists()


def test_kill_9_loses_nothing(folder: Path) -> None:
    server = Postgres(folder / "postgres", durable=False)
    server.durable = True
    server.start()
    try:
        assert execute(server, "SHOW fsync") == [("on",)]
        execute(server, "CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster(server).kill()
        server.stop()
        assert (server.data / "postmaster.pid").exists()
        server.start()
        assert execute(server, "SELECT answer FROM kept") == [(42,)]
    finally:
        server.stop()


def test_resume_after_kill_9_keeps_the_address(postgres: Postgres) -> None:
    url = postgres.url()
    postmaster(postgres).kill()
    while postgres.is_running():
        time.sleep(0.01)
    postgres.resume()
    assert postgres.url() == url
    assert execute(postgres, "SELECT 1") == [(1,)]


def test_start_ignores_lock_of_another_program(postgres: Postgres) -> None:
    """After a reboot the pid in a stale lock may belong to any process, even ours."""
    lock = postgres.data / "postmaster.pid"
    contents = lock.read_text().split("\n")
    postgres.stop()
    with subprocess.Popen(["sleep", "60"]) as other:
        contents[0] = str(other.pid)
        lock.write_text("\n".join(contents))
        lock.chmod(0o600)
        os.chown(lock, postgres.data.stat().st_uid, -1)
        postgres.start()
        assert other.poll() is None
        other.kill()
    assert execute(postgres, "SELECT 1") == [(1,)]


def test_start_stops_what_a_killed_run_left(postgres: Postgres, folder: Path) -> None:
    leftover = postmaster(postgres)
    postgres._held.close()  # as the kernel does when the process that started it is killed
    successor = Postgres(folder / "postgres", durable=False)
    successor.start()
    try:
        assert not leftover.is_running() or leftover.status() == psutil.STATUS_ZOMBIE
        assert execute(successor, "SELECT 1") == [(1,)]
    finally:
        successor.stop()


def test_second_user_of_a_folder_is_refused(postgres: Postgres, folder: Path) -> None:
    with pytest.raises(InUse, match="Another process uses the database"):
        Postgres(folder / "postgres", durable=False).start()
    assert execute(postgres, "SELECT 1") == [(1,)]


def test_two_folders_at_once(postgres: Postgres, folder: Path) -> None:
    other = Postgres(folder / "other", durable=False)
    other.start()
    try:
        execute(postgres, "CREATE TABLE mine ()")
        assert execute(other, "SELECT to_regclass('mine')") == [(None,)]
    finally:
        other.stop()


def test_path_too_long_for_a_socket(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Data moved out of an inaccessible checkout has a short path anyway.
    monkeypatch.setattr("gamesched.local.stores.postgres.SOCKET_PATH_LIMIT", 20)
    server = Postgres(folder / ("long-" * 20) / "postgres", durable=False)
    server.start()
    try:
        assert server.sockets != server.data
        assert len(str(server.sockets)) < 80
        assert server.sockets.stat().st_mode & 0o077 == 0
        assert execute(server, "SELECT 1") == [(1,)]
    finally:
        server.stop()
    assert not server.sockets.exists()


def test_interrupted_initdb_is_done_again(folder: Path) -> None:
    server = Postgres(folder / "postgres", durable=False)
    (server.folder / "data.new").mkdir()
    (server.folder / "data.new" / "PG_VERSION").write_text("18\n")
    server.start()
    server.stop()
    assert not (server.folder / "data.new").exists()


def test_data_of_another_version_is_left_alone(folder: Path) -> None:
    server = Postgres(folder / "postgres", durable=False)
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(LocalError, match="made by PostgreSQL 17"):
        server.start()


def test_only_our_account_reaches_it(postgres: Postgres) -> None:
    assert execute(postgres, "SHOW listen_addresses") == [("",)]
    assert postgres.data.stat().st_mode & 0o077 == 0
    if service_account():
        assert postmaster(postgres).username() == service_account()


def test_sigint_of_the_terminal_does_not_reach_it(postgres: Postgres) -> None:
    assert os.getpgid(postmaster(postgres).pid) != os.getpgid(0)
