"""`make setup` against the sandbox, in scripts and by a person at a terminal."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from dotenv import dotenv_values

from gamesched.local.environment import CHECKOUT, SANDBOX_APPLICATION
from gamesched.local.processes import find_free_port
from guilds.enums import BOT_PERMISSIONS
from sandbox.client import Sandbox
from sandbox.testing import start
from tests.gamesched.setup.terminal import Terminal, terminal

TOKEN = SANDBOX_APPLICATION["BOT_TOKEN"]
CLIENT_ID = SANDBOX_APPLICATION["CLIENT_ID"]
SECRET = SANDBOX_APPLICATION["CLIENT_SECRET"]
GIVEN = {"DISCORD_BOT_TOKEN": TOKEN, "DISCORD_CLIENT_SECRET": SECRET}
ASKS = "GET /applications/@me"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with start() as box:
        yield box


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def environment(url: str, **values: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DISCORD_BASE_URL": url, **values}


def script(url: str, file: Path, *arguments: str, **given: str) -> tuple[int, str, str]:
    """Run the set-up without questions; returns exit code, output and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "gamesched.setup", "--no-input", "--file", file, *arguments],
        cwd=CHECKOUT,
        env=environment(url, **given),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_right_values_are_written_and_the_invite_is_printed(box: Sandbox, file: Path) -> None:
    code, said, errors = script(
        box.url, file, "--site-url", "https://games.example.org", "--client-id", CLIENT_ID, **GIVEN
    )
    assert (code, errors) == (0, "")
    written = dotenv_values(file)
    assert written["DISCORD_BOT_TOKEN"] == TOKEN
    assert written["DISCORD_CLIENT_ID"] == CLIENT_ID
    assert written["DISCORD_CLIENT_SECRET"] == SECRET
    assert written["DISCORD_BASE_URL"] == box.url
    assert written["SITE_URL"] == "https://games.example.org"
    assert written["ALLOWED_HOSTS"] == "games.example.org"
    assert len(written["SECRET_KEY"] or "") >= 50
    assert "DISCORD_OWNER_IDS" not in written  # nobody becomes superuser unless named
    assert file.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in said and SECRET not in said and str(written["SECRET_KEY"]) not in said
    assert "https://games.example.org/accounts/discord/login/callback/" in said
    invite = urlsplit(next(word for word in said.split() if "/oauth2/authorize" in word))
    assert f"{invite.scheme}://{invite.netloc}" == box.url
    assert parse_qs(invite.query) == {
        "client_id": [CLIENT_ID],
        "scope": ["bot applications.commands"],
        "permissions": [str(int(BOT_PERMISSIONS))],
    }


def test_a_second_run_keeps_what_is_there(box: Sandbox, file: Path) -> None:
    file.write_text("# mine\nSECRET_KEY=kept\nPORT=9000\nDISCORD_OWNER_IDS=100000000000000007\n")
    assert script(box.url, file, **GIVEN)[0] == 0
    first = file.read_text()
    assert script(box.url, file)[0] == 0  # all values come from the file
    assert file.read_text() == first
    written = dotenv_values(file)
    assert first.startswith("# mine\nSECRET_KEY=kept\nPORT=9000\n")
    assert written["SITE_URL"] == "http://localhost:9000"
    assert written["DISCORD_OWNER_IDS"] == "100000000000000007"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DISCORD_BOT_TOKEN": "MTAw.sandbox.other"}, "was reset since, or not copied whole"),
        ({"DISCORD_BOT_TOKEN": SECRET}, "does not look like a bot token"),
        ({"DISCORD_BOT_TOKEN": ""}, "DISCORD_BOT_TOKEN: A bot token is needed"),
        ({"DISCORD_CLIENT_ID": "1000000000000000002"}, "belongs to another application"),
        ({"DISCORD_CLIENT_ID": "mira"}, "number of 17 to 20 digits"),
        ({"DISCORD_CLIENT_SECRET": "wrong"}, "does not accept this client secret"),
        ({"DISCORD_CLIENT_SECRET": ""}, "DISCORD_CLIENT_SECRET: The client secret is needed"),
        ({"DISCORD_OWNER_IDS": "mira"}, "Discord ids are numbers"),
        ({"SITE_URL": "https://x.org/games"}, "leave out what follows it"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_written(
    box: Sandbox, file: Path, wrong: dict[str, str], said: str
) -> None:
    file.write_text("SECRET_KEY=kept\n")
    code, output, errors = script(box.url, file, **(GIVEN | wrong))
    assert code == 1 and said in errors and "Traceback" not in errors
    for secret in {*wrong.values(), TOKEN, SECRET} - {"", "mira", "1000000000000000002"}:
        assert secret not in output + errors or secret.startswith("https")
    assert file.read_text() == "SECRET_KEY=kept\n"


def test_a_token_that_was_reset_at_discord(box: Sandbox, file: Path) -> None:
    box.knobs(token_revoked=True)
    try:
        code, _said, errors = script(box.url, file, **GIVEN)
    finally:
        box.knobs(token_revoked=False)
    assert code == 1 and "press Reset Token" in errors
    assert not file.exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 503}, "is in trouble: it answers 503"),
        ({"status": 429, "retry_after": 7}, "asks to wait 8 seconds"),
        ({"status": 404}, "does not answer as Discord does (status 404)"),
        ({"kind": "reset"}, "cannot be reached"),
    ],
)
def test_a_discord_in_trouble_is_told_from_a_wrong_value(
    box: Sandbox, file: Path, fault: dict[str, object], said: str
) -> None:
    box.fault(ASKS, **fault)  # type: ignore[arg-type]
    try:
        code, _said, errors = script(box.url, file, **GIVEN)
    finally:
        box.clear_faults()
    assert code == 1 and said in errors and "Traceback" not in errors
    assert not file.exists()


def test_nothing_answers_there(file: Path) -> None:
    nowhere = f"http://127.0.0.1:{find_free_port()}"
    code, _said, errors = script(nowhere, file, **GIVEN)
    assert code == 1 and errors.endswith("cannot be reached: Connection refused.\n")
    assert script("gopher://x", file, **GIVEN)[2] == (
        "DISCORD_BASE_URL begins with http:// or https://.\n"
    )


def test_a_file_that_cannot_be_written_or_read(box: Sandbox, tmp_path: Path) -> None:
    code, _said, errors = script(box.url, tmp_path / "gone" / ".env", **GIVEN)
    assert code == 1 and "No such file or directory; nothing was written" in errors
    broken = tmp_path / ".env"
    broken.write_bytes(b"A=\xff\n")
    code, _said, errors = script(box.url, broken, **GIVEN)
    assert code == 1 and "is not a text in UTF-8" in errors
    assert broken.read_bytes() == b"A=\xff\n"


def test_a_person_is_asked_again_only_for_what_was_wrong(box: Sandbox, file: Path) -> None:
    with wizard(box.url, file) as person:
        person.expect("The dashboard's address [http://localhost:8000]: ")
        person.type("https://x.org/games")
        person.expect("leave out what follows it")
        person.expect("The dashboard's address")
        person.type("")
        person.expect("Bot token (not shown): ")
        person.type("nonsense")
        person.expect("does not look like a bot token")
        person.expect("Bot token (not shown): ")
        box.fault(ASKS, status=502)
        person.type(TOKEN)
        person.expect("it answers 502")
        person.expect("Try again? [Y/n]: ")
        person.type("")  # the token is kept
        person.expect("The bot of Gamekeeper")
        person.expect(f"Client id [{CLIENT_ID}]: ")
        person.type("1000000000000000002")
        person.expect("belongs to another application, Gamekeeper")
        person.expect(f"Client id [{CLIENT_ID}]: ")
        person.type("")
        person.expect("Client secret (not shown): ")
        person.type("wrong")
        person.expect("does not accept this client secret")
        person.expect("Client secret (not shown): ")
        person.type(SECRET)
        person.expect("may use /admin/")
        person.type("")
        person.expect(f"Written to {file}")
        assert person.end() == 0
    assert TOKEN not in person.seen and SECRET not in person.seen
    written = dotenv_values(file)
    assert written["SITE_URL"] == "http://localhost:8000"
    assert written["DISCORD_BOT_TOKEN"] == TOKEN
    assert written["DISCORD_OWNER_IDS"] == CLIENT_ID  # the application's owner in the sandbox
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_token_of_the_other_application_may_be_given_instead(box: Sandbox, file: Path) -> None:
    other = "1000000000000000002"
    with wizard(box.url, file, **GIVEN) as person:
        person.expect("The dashboard's address")
        person.type("")
        person.expect("Bot token (not shown) [keep the present one]: ")
        person.type("")
        for _attempt in range(2):
            person.expect("Client id")
            person.type(other)
            person.expect("or the token of")
        person.expect("Bot token (not shown): ")
        person.type(TOKEN)
        person.expect(f"Client id [{other}]: ")
        person.type(CLIENT_ID)
        person.expect("Client secret (not shown) [keep the present one]: ")


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize("place", ["The dashboard's address", "Bot token", "Client secret"])
def test_leaving_writes_nothing(box: Sandbox, file: Path, key: bytes, place: str) -> None:
    file.write_text("A=1\n")
    with wizard(box.url, file) as person:
        for question, answer in [
            ("The dashboard's address", ""), ("Bot token", TOKEN), ("Client id", ""),
            ("Client secret", SECRET),
        ]:  # fmt: skip
            person.expect(f"{question}")
            person.expect(": ")
            if question == place:
                break
            person.type(answer)
        assert person.leave_with(key) == 130
    assert "Nothing was written." in person.seen and "Traceback" not in person.seen
    assert file.read_text() == "A=1\n"
    assert [path.name for path in file.parent.iterdir()] == [".env"]


def test_giving_up_while_discord_is_away(file: Path) -> None:
    with wizard(f"http://127.0.0.1:{find_free_port()}", file) as person:
        person.expect("The dashboard's address")
        person.type("")
        person.expect("Bot token")
        person.type(TOKEN)
        person.expect("Try again? [Y/n]: ")
        person.type("n")
        assert person.end() == 1
    assert not file.exists()


def wizard(url: str, file: Path, **given: str) -> AbstractContextManager[Terminal]:
    values = environment(url, **given)
    return terminal("gamesched.setup", "--file", str(file), environment=values)
