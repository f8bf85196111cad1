"""From nothing to a connected bot: `make setup`, then the Procfile's bot with only its `.env`."""

import os
import subprocess
import sys
import time
from pathlib import Path

from gamesched.local.environment import (
    CHECKOUT,
    SANDBOX_APPLICATION,
    complete_environment,
    read_environment,
    uses_sandbox,
)
from gamesched.local.processes import find_free_port
from gamesched.local.stores.servers import local_servers
from sandbox.testing import start as start_sandbox
from tests.e2e.stack import STARTS_WITHIN, Stack


def test_the_bot_connects_with_what_set_up_wrote(folder: Path) -> None:
    with start_sandbox() as sandbox, local_servers(folder, {}, durable=False) as servers:
        began = time.monotonic()
        _set_up(folder / ".env", sandbox.url)
        given = read_environment({"PATH": os.environ["PATH"]}, folder)
        assert not uses_sandbox(given)
        environment = complete_environment(given, folder) | servers.variables
        stack = Stack(folder, environment, sandbox, servers)
        try:
            stack.run_release()
            stack.start("web", "bot")
            sandbox.wait_for_bot(commands=1, timeout=STARTS_WITHIN)
            print(f"connected after {time.monotonic() - began:.1f} s")
            stack.wait_for_web()
        finally:
            stack.stop_all()


def _set_up(file: Path, discord_url: str) -> None:
    given = {
        "PATH": os.environ["PATH"],
        "DISCORD_BASE_URL": discord_url,
        "DISCORD_CDN_URL": f"{discord_url}/cdn",
        "DISCORD_BOT_TOKEN": SANDBOX_APPLICATION["BOT_TOKEN"],
        "DISCORD_CLIENT_SECRET": SANDBOX_APPLICATION["CLIENT_SECRET"],
        "SITE_URL": f"http://localhost:{find_free_port()}",
    }
    command = [sys.executable, "-m", "gamesched.setup", "--no-input", "--file", str(file)]
    subprocess.run(command, cwd=CHECKOUT, env=given, check=True)
