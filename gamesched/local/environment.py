"""Variables of the processes that `make run` starts: yours, else development values."""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from gamesched.local.errors import LocalError
from gamesched.local.processes import find_free_port
from gamesched.setup.values import CALLBACK

CHECKOUT = Path(__file__).resolve().parent.parent.parent
WEB_PORT = 8000
SANDBOX_PORT = 8800
ON_THIS_MACHINE = {"localhost", "127.0.0.1"}
# The sandbox's application; its secrets are worthless elsewhere.
SANDBOX_APPLICATION = {
    "BOT_TOKEN": "MTAwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.bot-token",
    "CLIENT_ID": "1000000000000000001",
    "CLIENT_SECRET": "sandbox-client-secret",
}


def read_environment(own: Mapping[str, str], checkout: Path = CHECKOUT) -> dict[str, str]:
    """Return the process's environment and, below it, `.env`; empty variables count as absent."""
    file = {name: value for name, value in dotenv_values(checkout / ".env").items() if value}
    return file | {name: value for name, value in own.items() if value}


def complete_environment(given: Mapping[str, str], var: Path) -> dict[str, str]:
    """Return `given` with a development value for each variable it lacks.

    Raises `LocalError` if a port that `given` names is taken.
    """
    given = _port_in_site_url(given) | dict(given)
    port = _port(given, "PORT", WEB_PORT)
    site_url = given.get("SITE_URL", f"http://localhost:{port}")
    host = urlsplit(site_url).hostname or "localhost"
    values = {
        "PATH": f"{Path(sys.executable).parent}:{given.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        "DEBUG": "1" if host in ON_THIS_MACHINE else "0",
        "SITE_URL": site_url,
        "ALLOWED_HOSTS": ",".join(sorted(ON_THIS_MACHINE | {host})),
        "LOG_FORMAT": "console",
        "HOST": "127.0.0.1",
        **({} if "SECRET_KEY" in given else {"SECRET_KEY": _kept_secret(var / "secret-key")}),
        **(
            _sandbox_variables(given, var, site_url) | time_variables(port)
            if uses_sandbox(given)
            else {}
        ),
    }
    return values | dict(given) | {"PATH": values["PATH"], "PORT": str(port)}


def uses_sandbox(given: Mapping[str, str]) -> bool:
    return not (given.get("DISCORD_BOT_TOKEN") or given.get("DISCORD_BASE_URL"))


def _sandbox_variables(given: Mapping[str, str], var: Path, site_url: str) -> dict[str, str]:
    port = _port(given, "SANDBOX_PORT", SANDBOX_PORT)
    url = f"http://127.0.0.1:{port}"
    return {
        "SANDBOX_PORT": str(port),
        "SANDBOX_DATA": str(var / "sandbox"),
        "SANDBOX_DEMO": "1",
        "SANDBOX_REDIRECT_URIS": f"{site_url.rstrip('/')}{CALLBACK}",
        **{f"SANDBOX_{name}": value for name, value in SANDBOX_APPLICATION.items()},
        "DISCORD_BASE_URL": url,
        "DISCORD_CDN_URL": f"{url}/cdn",
        **{f"DISCORD_{name}": value for name, value in SANDBOX_APPLICATION.items()},
    }


def time_variables(port: int) -> dict[str, str]:
    """Return the variables with which the sandbox controls time in the web process at `port`."""
    secret = secrets.token_urlsafe(32)
    return {
        "DEVELOPMENT_SECRET": secret,
        "SANDBOX_TIME_URL": f"http://127.0.0.1:{port}/development/time",
        "SANDBOX_TIME_SECRET": secret,
    }


def _port_in_site_url(given: Mapping[str, str]) -> dict[str, str]:
    """Take PORT from a SITE_URL on this machine; elsewhere that port is a proxy's."""
    parts = urlsplit(given.get("SITE_URL", ""))
    is_here = parts.scheme == "http" and parts.hostname in ON_THIS_MACHINE
    return {"PORT": str(parts.port or 80)} if is_here else {}


def _port(given: Mapping[str, str], name: str, preferred: int) -> int:
    wanted = int(given.get(name, preferred))
    port = find_free_port(wanted)
    if name in given and port != wanted:
        raise LocalError(f"{name}={wanted} is in use on this machine.")
    return port


def _kept_secret(file: Path) -> str:
    """Return the secret in `file`, making it the first time, so that log-ins survive a restart."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(64))
    return file.read_text()
