"""`make check` audits the libraries where there is a network, and needs none."""

import sys
import tomllib
from collections.abc import Iterator
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


def exiting(code: int) -> tuple[str, ...]:
    return (sys.executable, "-c", f"raise SystemExit({code})")


@pytest.mark.parametrize("must_ask", [False, True])
def test_without_a_network_one_line_says_so(
    capfd: pytest.CaptureFixture[str], must_ask: bool
) -> None:
    assert audit(must_ask=must_ask, service=NOWHERE, command=exiting(1)) == int(must_ask)

    said = capfd.readouterr()
    assert said.out == ""
    assert said.err == "Not audited: 127.0.0.1:1 cannot be reached.\n"


@pytest.mark.parametrize("must_ask", [False, True])
def test_a_known_fault_fails_the_check(service: str, must_ask: bool) -> None:
    assert audit(must_ask=must_ask, service=service, command=exiting(0)) == 0
    assert audit(must_ask=must_ask, service=service, command=exiting(1)) == 1
    assert audit(must_ask=must_ask, service=service, command=exiting(-9)) == 1


def test_make_check_audits_and_looks_for_unsafe_code() -> None:
    recipe = MAKEFILE.partition("\ncheck: lint\n")[2].partition("\n\n")[0]
    assert "gamesched.local audit\n" in recipe
    assert "gamesched.local audit --must-ask" in MAKEFILE
    lint = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert "S" in lint["select"]
    product = {rule for rule in lint["ignore"] if rule.startswith("S") and rule[1].isdigit()}
    assert product == {"S101", "S603", "S607"}, "each with its reason beside it"
