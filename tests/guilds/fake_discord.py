"""A fake of the few Discord endpoints that log-in and pages use, with settable answers."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from discord_api import loop

TOKEN = "access-token-of-a-test"


class FakeDiscord:
    """The fake. `statuses` makes paths fail; `asked` lists the requested paths.

    `odd` answers paths with these bytes, and with `pause` seconds between each two if it drips.
    """

    def __init__(self) -> None:
        self.url = ""
        self.profile: dict[str, Any] = {"id": "80351110224678912", "username": "nelly"}
        self.guilds: list[dict[str, Any]] = []
        self.members: dict[int, dict[str, Any]] = {}
        self.bot_members: dict[int, dict[str, Any]] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.authorizations: list[str] = []
        self.agents: list[str] = []
        self.odd: dict[str, bytes] = {}
        self.pause = 0.0

    def odd_answer(self, path: str) -> bytes | None:
        return next((body for part, body in self.odd.items() if path.endswith(part)), None)

    def answer(self, path: str) -> tuple[int, Any]:
        for part, status in self.statuses.items():
            if path.endswith(part):
                return status, {"message": "no", "code": 0}
        if path == "/api/oauth2/token":
            return 200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 604800}
        if path == "/api/oauth2/token/revoke":
            return 200, {}
        if path == "/api/v10/users/@me":
            return 200, self.profile
        if path == "/api/v10/users/@me/guilds":
            return 200, self.guilds
        if path.startswith("/api/v10/guilds/"):  # as the bot asks
            known = self.bot_members.get(int(path.split("/")[4]))
            if known is None:
                return 404, {"message": "Unknown Member", "code": 10007}
            return 200, {"user": self.profile, **known}
        guild_id = int(path.split("/")[-2])
        if guild_id in self.members:
            return 200, {"user": self.profile, **self.members[guild_id]}
        return 404, {"message": "Unknown Guild", "code": 10004}


@contextmanager
def run() -> Iterator[FakeDiscord]:
    fake = FakeDiscord()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            fake.forms.append({name: values[0] for name, values in parse_qs(body).items()})
            self.respond()

        def respond(self) -> None:
            fake.asked.append(self.path)
            fake.authorizations.append(self.headers.get("Authorization", ""))
            fake.agents.append(self.headers.get("User-Agent", ""))
            status, payload = fake.answer(self.path)
            odd = fake.odd_answer(self.path)
            body = json.dumps(payload).encode() if odd is None else odd
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):
                self.write(body)

        def write(self, body: bytes) -> None:
            if not fake.pause:
                self.wfile.write(body)
                return
            for letter in body:
                self.wfile.write(bytes([letter]))
                time.sleep(fake.pause)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        loop.stop()
        thread.join(5)
