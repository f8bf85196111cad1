"""Django's deployment check, with the settings of a public server."""

import os
import secrets
import subprocess
import sys

from gamesched.local.environment import CHECKOUT

PRODUCTION = {
    "DEBUG": "0",
    "SITE_URL": "https://games.example.org",
    "ALLOWED_HOSTS": "games.example.org",
    "TRUST_PROXY": "1",
    "DATABASE_URL": "postgres://gamesched@db.example.org/gamesched",
    "REDIS_URL": "rediss://cache.example.org:6379/0",
    "DISCORD_BASE_URL": "https://discord.com",
    "DISCORD_BOT_TOKEN": "only-for-the-check",
    "DISCORD_CLIENT_ID": "1",
    "DISCORD_CLIENT_SECRET": "only-for-the-check",
}


def check_deploy() -> int:
    """Run `manage.py check --deploy`, which connects to nothing; return its exit code."""
    environment = {**os.environ, **PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(64)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode
