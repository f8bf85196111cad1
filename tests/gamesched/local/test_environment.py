import socket
from pathlib import Path

import pytest

from gamesched.local.environment import (
    complete_environment,
    read_environment,
    uses_sandbox,
)
from gamesched.local.errors import LocalError
from gamesched.local.processes import find_free_port


def test_development_values_fill_what_is_missing(tmp_path: Path) -> None:
    environment = complete_environment({}, tmp_path)
    assert environment["DEBUG"] == "1"
    assert environment["HOST"] == "127.0.0.1"
    assert environment["SITE_URL"] == f"http://localhost:{environment['PORT']}"
    assert environment["DISCORD_BASE_URL"].endswith(f":{environment['SANDBOX_PORT']}")
    assert environment["DISCORD_CDN_URL"] == f"{environment['DISCORD_BASE_URL']}/cdn"
    assert environment["DISCORD_BOT_TOKEN"] == environment["SANDBOX_BOT_TOKEN"]


def test_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = complete_environment({}, tmp_path)["SECRET_KEY"]
    assert len(first) >= 50
    assert complete_environment({}, tmp_path)["SECRET_KEY"] == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_given_values_win(tmp_path: Path) -> None:
    environment = complete_environment({"SECRET_KEY": "mine", "LOG_FORMAT": "json"}, tmp_path)
    assert environment["SECRET_KEY"] == "mine"
    assert environment["LOG_FORMAT"] == "json"
    assert not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize("name", ["DISCORD_BOT_TOKEN", "DISCORD_BASE_URL"])
def test_a_real_discord_leaves_the_sandbox_out(tmp_path: Path, name: str) -> None:
    given = {name: "x"}
    environment = complete_environment(given, tmp_path)
    assert not uses_sandbox(given)
    assert "SANDBOX_PORT" not in environment
    assert environment.get("DISCORD_CLIENT_SECRET") is None


def test_a_public_address_turns_debug_off(tmp_path: Path) -> None:
    environment = complete_environment({"SITE_URL": "https://games.example.org"}, tmp_path)
    assert environment["DEBUG"] == "0"
    assert "games.example.org" in environment["ALLOWED_HOSTS"]


def test_a_site_on_this_machine_is_served_where_its_address_says(tmp_path: Path) -> None:
    port = str(find_free_port())
    given = {"SITE_URL": f"http://localhost:{port}"}
    assert complete_environment(given, tmp_path)["PORT"] == port
    assert complete_environment(given | {"PORT": "8123"}, tmp_path)["PORT"] == "8123"
    public = complete_environment({"SITE_URL": "https://games.example.org"}, tmp_path)
    assert public["PORT"] not in {"80", "443"}


def test_taken_port_is_replaced_unless_it_was_asked_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(LocalError, match=f"PORT={port} is in use"):
            complete_environment({"PORT": port}, tmp_path)


def test_process_wins_over_dotenv_and_empty_counts_as_absent(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=file\nB=file\nC=file\nD=\n# E=1\n")
    own = {"A": "process", "B": ""}
    assert read_environment(own, tmp_path) == {"A": "process", "B": "file", "C": "file"}
