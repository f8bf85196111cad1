"""`make check` audits the libraries where there is a network, and needs none."""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from gamesched.local.audit import audit
from gamesched.local.environment import CHECKOUT

NOWHERE = "http://127.0.0.1:1/pypi"
MAKEFILE = (CHECKOUT / "Makefile").read_text()


@pytest.fixture
def service() -> Iterator[str]:
    """A service that answers, though with a refusal."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join(5)


def printing(text: str, code: int = 0) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({text!r}); raise SystemExit({code})")


def found(*libraries: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": libraries})


WELL = {"name": "django", "version": "6.0", "vulns": []}
FAULTY = {"name": "pillow", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
UNKNOWN = {"name": "odd", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize("must_ask", [False, True])
def test_without_a_network_one_line_says_so(
    capfd: pytest.CaptureFixture[str], must_ask: bool
) -> None:
    assert audit(must_ask=must_ask, service=NOWHERE, command=printing("x", 1)) == int(must_ask)

    said = capfd.readouterr()
    assert said.out == ""
    assert said.err == "Not audited: 127.0.0.1:1 cannot be reached.\n"


@pytest.mark.parametrize("must_ask", [False, True])
def test_a_known_fault_fails_the_check(service: str, must_ask: bool) -> None:
    def result(*libraries: Mapping[str, object], code: int = 0) -> int:
        command = printing(found(*libraries), code)
        return audit(must_ask=must_ask, service=service, command=command)

    assert result(WELL) == 0
    assert result(WELL, FAULTY, code=1) == 1
    assert result(UNKNOWN, FAULTY, code=1) == 1


@pytest.mark.parametrize("must_ask", [False, True])
def test_what_the_service_does_not_know_is_said_and_fails_only_who_must_ask(
    service: str, capfd: pytest.CaptureFixture[str], must_ask: bool
) -> None:
    for command in (printing(found(WELL, UNKNOWN)), printing("no json", 1)):
        assert audit(must_ask=must_ask, service=service, command=command) == int(must_ask)
        assert capfd.readouterr().err.startswith("Not audited: ")


def test_make_check_audits_and_looks_for_unsafe_code() -> None:
    recipe = MAKEFILE.partition("\ncheck: lint\n")[2].partition("\n\n")[0]
    assert "gamesched.local audit\n" in recipe
    assert "gamesched.local audit --must-ask" in MAKEFILE
    lint = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    product = {rule for rule in lint["ignore"] if rule.startswith("S") and rule[1].isdigit()}
    assert product == {"S101", "S603", "S607"}, "each with its reason beside it"
