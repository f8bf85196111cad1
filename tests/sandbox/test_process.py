"""The sandbox's process: demo data, saved state and stopping."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from sandbox.testing import start
from tests.duration import within
from tests.sandbox.rest import Rest


def test_world_is_kept_and_the_demo_is_made_once(tmp_path: Path) -> None:
    data = tmp_path / "world.json"
    with start(data=data, demo=True) as box:
        guild = box.guilds()[0]
        assert (guild["name"], guild["has_bot"]) == ("Demo tavern", True)
        assert len(box.users()) == 12
        assert {"games", "board-games", "general"} <= {
            c["name"] for c in box.channels(guild=guild["id"])
        }
        games = next(channel for channel in box.channels() if channel["name"] == "games")
        Rest(box.url)("POST", f"/channels/{games['id']}/messages", {"content": "kept"})
        token = box.authorize(box.users()[0]["id"])["access_token"]
    with start(data=data, demo=True) as box:
        assert len(box.guilds()) == 1
        assert [message["content"] for message in box.messages(games["id"])] == ["kept"]
        assert Rest(box.url, f"Bearer {token}")("GET", "/users/@me").status == 200


def test_killed_process_loses_at_most_half_a_second(tmp_path: Path) -> None:
    data = tmp_path / "world.json"
    with start(data=data) as box:
        user = box.make_user("kept")["id"]
        with within(0.5):
            while not (data.exists() and user in data.read_text()):
                time.sleep(0.01)


def open_socket(netloc: str, path: str) -> socket.socket:
    host, port = netloc.split(":")
    connection = socket.create_connection((host, int(port)))
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: {netloc}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b"101" in connection.recv(64)
    return connection


def test_it_stops_within_two_seconds() -> None:
    """Open sockets of the bot and the page do not delay it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        env={"SANDBOX_PORT": "0", "PATH": ""},
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    with process.stderr as stream:
        line = stream.readline()
        assert "The sandbox is at http://127.0.0.1:" in line
        netloc = line.rsplit("//", 1)[1].strip()
        sockets = [open_socket(netloc, path) for path in ("/gateway", "/control/events")]
        process.send_signal(signal.SIGTERM)
        with within(2):
            assert process.wait(60) == 0
        for connection in sockets:
            connection.close()


def test_reset_empties_the_world_and_ends_all_trouble() -> None:
    with start(demo=True) as box:
        box.fault("*", times=None)
        box.knobs(ack_deadline=1)
        box.reset()
        assert (box.guilds(), box.users(), box.channels(), box.all_messages()) == ([], [], [], [])
        assert Rest(box.url)("GET", "/users/@me").status == 200
        assert box.knobs()["ack_deadline"] == 3


def test_control_is_for_this_machine_only(tmp_path: Path) -> None:
    with start() as box:
        rest = Rest(box.url)
        path = "/control/health"
        assert rest.send("GET", path, None, {}).status == 200
        assert rest.send("GET", path, None, {"Host": "evil.test"}).status == 403
        assert rest.send("GET", path, None, {"Origin": "http://evil.test"}).status == 403
