"""Connect Gamesched to a Discord application: ask, check with Discord, write `.env`."""

import argparse
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from gamesched.setup.advice import advice
from gamesched.setup.envfile import read_env_file, write_env_file
from gamesched.setup.values import hosts_of
from gamesched.setup.wizard import (
    Answers,
    Credentials,
    GivenUp,
    Person,
    Variables,
    ask_credentials,
)

CHECKOUT = Path(__file__).resolve().parent.parent.parent
NOTHING = "\nNothing was written."


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        return _set_up(options)
    except GivenUp as given_up:
        print(given_up, file=sys.stderr)
    except (KeyboardInterrupt, EOFError):
        print(NOTHING, file=sys.stderr)
        return 130
    except UnicodeDecodeError:
        print(f"{options.file} is not a text in UTF-8; nothing was written.", file=sys.stderr)
    except OSError as error:
        print(f"{options.file}: {error.strerror}; nothing was written.", file=sys.stderr)
    return 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make setup",
        description=__doc__,
        epilog="Values already in the environment or in the file are offered, and taken by"
        " --no-input: SITE_URL, DISCORD_BOT_TOKEN, DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET,"
        " DISCORD_OWNER_IDS. DISCORD_BASE_URL names another Discord to check them with.",
    )
    parser.add_argument("--no-input", action="store_true", help="ask nothing; for scripts")
    parser.add_argument("--site-url", help="the dashboard's address")
    parser.add_argument("--client-id", help="the application's client id")
    parser.add_argument("--file", type=Path, default=CHECKOUT / ".env", help="instead of .env")
    return parser.parse_args(arguments)


def _set_up(options: argparse.Namespace) -> int:
    file: Path = options.file
    own = {name: value for name, value in os.environ.items() if value}
    in_file = read_env_file(file)
    typed = {"SITE_URL": options.site_url, "DISCORD_CLIENT_ID": options.client_id}
    known = in_file | own | {name: value for name, value in typed.items() if value}
    base_url = known.get("DISCORD_BASE_URL", "https://discord.com").rstrip("/")
    if not base_url.startswith(("http://", "https://")):
        raise GivenUp("DISCORD_BASE_URL begins with http:// or https://.")
    # Without a terminal, getpass would show the secret.
    is_asked = not options.no_input and sys.stdin.isatty()
    answers: Answers = Person() if is_asked else Variables()
    if is_asked:
        # A parent in the background may have left SIGINT ignored; here Ctrl-C must work.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print(_greeting(base_url))
    credentials, application = ask_credentials(answers, known, base_url)
    values = _values(credentials, in_file, own)
    write_env_file(file, values, example=CHECKOUT / ".env.example")
    print(f"Written to {file}, which only you can read.")
    for name in _overruled(values, own):
        print(f"Mind that {name} is also set in the environment, which wins over the file.")
    uses_members = known.get("DISCORD_MEMBERS_INTENT", "0").lower() in {"1", "true", "yes", "on"}
    print(advice(credentials, application, base_url, uses_members=uses_members))
    return 0


def _greeting(base_url: str) -> str:
    return f"""\
Connect Gamesched to a Discord application. Make one, or choose yours, at
https://discord.com/developers/applications. Each value is checked with {base_url};
Enter takes what stands in brackets, Ctrl-C leaves everything as it is.
"""


def _values(
    credentials: Credentials, in_file: Mapping[str, str], own: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables to write: the credentials, and others that production requires."""
    values = credentials.variables()
    if not credentials.owner_ids and "DISCORD_OWNER_IDS" not in in_file:
        del values["DISCORD_OWNER_IDS"]
    if "SECRET_KEY" not in in_file and "SECRET_KEY" not in own:
        values["SECRET_KEY"] = secrets.token_urlsafe(64)
    if "ALLOWED_HOSTS" not in in_file and "ALLOWED_HOSTS" not in own:
        values["ALLOWED_HOSTS"] = ",".join(hosts_of(credentials.site_url))
    # Otherwise the bot might speak to another Discord than the one that checked the values.
    for name in ("DISCORD_BASE_URL", "DISCORD_CDN_URL"):
        if name in own:
            values[name] = own[name]
    return values


def _overruled(values: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    return [name for name, value in values.items() if own.get(name, value) != value]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
