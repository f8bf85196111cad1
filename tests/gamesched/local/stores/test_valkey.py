import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from gamesched.local.errors import InUse
from gamesched.local.processes import read_pid
from gamesched.local.stores.valkey import Valkey


@pytest.fixture
def valkey(folder: Path) -> Iterator[Valkey]:
    server = Valkey(folder / "valkey")
    server.start()
    yield server
    server.stop()


def process_of(server: Valkey) -> psutil.Process:
    pid = read_pid(server.folder / "pid")
    assert pid
    return psutil.Process(pid)


def ping(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


def test_start_answers_with_password_only(valkey: Valkey) -> None:
    assert ping(valkey.url(database=63))
    with pytest.raises(redis.AuthenticationError):
        ping(f"redis://127.0.0.1:{valkey.port}/0")


def test_password_is_not_for_others_to_read(valkey: Valkey) -> None:
    assert (valkey.folder / "valkey.conf").stat().st_mode & 0o077 == 0
    assert valkey.password not in " ".join(process_of(valkey).cmdline())


def test_stop_leaves_no_process(valkey: Valkey) -> None:
    process = process_of(valkey)
    valkey.stop()
    assert not process.is_running()


def test_resume_after_kill_9_keeps_the_address(valkey: Valkey) -> None:
    url = valkey.url()
    process_of(valkey).kill()
    while valkey.is_running():
        time.sleep(0.01)
    valkey.resume()
    assert valkey.url() == url
    assert ping(url)


def test_start_stops_what_a_killed_run_left(valkey: Valkey) -> None:
    leftover = process_of(valkey)
    valkey._held.close()  # as the kernel does when the process that started it is killed
    successor = Valkey(valkey.folder)
    successor.start()
    try:
        assert not leftover.is_running() or leftover.status() == psutil.STATUS_ZOMBIE
        assert ping(successor.url())
    finally:
        successor.stop()


def test_second_user_of_a_folder_is_refused(valkey: Valkey) -> None:
    with pytest.raises(InUse):
        Valkey(valkey.folder).start()
    assert ping(valkey.url())


def test_two_folders_at_once(valkey: Valkey, folder: Path) -> None:
    other = Valkey(folder / "other")
    other.start()
    try:
        assert other.port != valkey.port
        assert ping(other.url())
    finally:
        other.stop()
