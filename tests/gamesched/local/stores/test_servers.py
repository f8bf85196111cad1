import importlib.util
import multiprocessing
import os
import pwd
import shutil
import tempfile
import warnings
from pathlib import Path

import psycopg
import pytest

from gamesched.local.errors import LocalError
from gamesched.local.processes import is_root
from gamesched.local.stores.account import can_use, make_usable_folder, service_account
from gamesched.local.stores.postgres import WHEEL
from gamesched.local.stores.servers import local_servers

OWN = {"DATABASE_URL": "postgres://db.example.org/x", "REDIS_URL": "redis://cache.example.org/0"}


def test_nothing_starts_where_both_variables_are_set(folder: Path) -> None:
    with local_servers(folder, OWN) as servers:
        assert servers.variables == {}
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("own", "started"), [("DATABASE_URL", "REDIS_URL"), ("REDIS_URL", "DATABASE_URL")]
)
def test_only_the_other_server_starts(folder: Path, own: str, started: str) -> None:
    with local_servers(folder, {own: OWN[own], started: ""}, durable=False) as servers:
        assert list(servers.variables) == [started]


def test_error_in_the_block_stops_the_servers(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), local_servers(folder, {}, durable=False) as servers:
        raise ZeroDivisionError
    assert servers.postgres
    assert servers.valkey
    assert not servers.postgres.is_running()
    assert not servers.valkey.is_running()


def test_resume_stopped_names_what_it_started(folder: Path) -> None:
    with local_servers(folder, {}, durable=False) as servers:
        assert servers.resume_stopped() == []
        assert servers.valkey
        assert servers.valkey._process
        servers.valkey._process.kill()
        servers.valkey._process.wait()
        assert servers.resume_stopped() == ["Valkey"]


def _use_as(uid: int, folder: Path) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    with (
        local_servers(folder, {}, durable=False) as servers,
        psycopg.connect(servers.variables["DATABASE_URL"]) as connection,
    ):
        connection.execute("SELECT 1")
    assert (folder / "postgres" / "data").stat().st_uid == uid


@pytest.mark.skipif(not is_root(), reason="an ordinary user runs all the other tests")
def test_ordinary_user() -> None:
    wheel = importlib.util.find_spec(WHEEL)
    if not (wheel and wheel.origin and can_use(Path(wheel.origin).parent)):
        pytest.skip(f"no other account can read {WHEEL} in this checkout")
    uid = pwd.getpwnam("nobody").pw_uid
    folder = Path(tempfile.mkdtemp())
    shutil.chown(folder, "nobody")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # forking beside pytest's threads
            process = multiprocessing.get_context("fork").Process(
                target=_use_as, args=(uid, folder)
            )
            process.start()
        process.join(60)
        assert process.exitcode == 0
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not is_root(), reason="only root's PostgreSQL runs as another account")
def test_root_folder_closed_to_others_is_not_opened(folder: Path) -> None:
    closed = folder / "home"
    closed.mkdir(mode=0o700)
    usable = make_usable_folder(closed / "postgres", durable=False)
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        assert (closed / "postgres").resolve() == usable
        assert can_use(usable)
        assert make_usable_folder(closed / "postgres", durable=False) == usable
    finally:
        shutil.rmtree(usable)


@pytest.mark.skipif(not is_root(), reason="only root's PostgreSQL runs as another account")
def test_root_data_that_became_unreachable_is_left_alone(folder: Path) -> None:
    data = folder / "home" / "postgres" / "data"
    data.mkdir(parents=True)
    data.parent.parent.chmod(0o700)
    with pytest.raises(LocalError, match="cannot reach its data"):
        make_usable_folder(data.parent, durable=True)
    assert data.exists()


def test_lost_data_folder_is_not_silently_made_anew(folder: Path) -> None:
    (folder / "postgres").symlink_to(folder / "gone")
    with pytest.raises(LocalError, match="which is gone"):
        make_usable_folder(folder / "postgres", durable=True)


def test_service_account_is_none_for_an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert service_account() is None
