"""`python -m tests.faults.check`: waits for all checks to pass, and prints the rest as JSON.

It reads the scope as JSON from standard input, and addresses from the environment.
"""

import json
import os
import sys
import time
from typing import Any

import django


def main() -> None:
    """Run all checks repeatedly for up to `within` seconds."""
    asked: dict[str, Any] = json.load(sys.stdin)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gamesched.settings")
    django.setup()
    from sandbox.client import Sandbox  # noqa: PLC0415 -- Django comes first
    from tests.faults.checkers import Look, Scope, all_problems  # noqa: PLC0415

    end = time.monotonic() + asked.pop("within")
    tokens = {int(guild): token for guild, token in asked.pop("tokens").items()}
    sandbox = Sandbox(os.environ["SANDBOX_URL"])
    scope = Scope(tokens=tokens, **asked)
    while (problems := all_problems(Look(sandbox, scope))) and time.monotonic() < end:
        time.sleep(1)
    json.dump(problems, sys.stdout)


if __name__ == "__main__":
    main()
