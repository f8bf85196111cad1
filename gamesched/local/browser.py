"""A headless Chromium for the browser tests: the machine's own, Playwright's, or one from apt.

`python -m gamesched.local.browser` installs one if it can, and otherwise says why not.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from gamesched.local.errors import LocalError
from gamesched.local.processes import is_root

VARIABLE = "GAMESCHED_CHROMIUM"
PACKAGE = "chromium-headless-shell"
PLACES = (
    "chromium-headless-shell",
    "/usr/lib/chromium/chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
ADVICE = (
    f"No Chromium found for the browser tests. Install Debian's {PACKAGE} (or chromium), run"
    f" `.venv/bin/playwright install chromium`, or set {VARIABLE} to a browser."
)


def find_browser() -> str | None:
    """Return the path of a Chromium that starts, or None."""
    if own := os.environ.get(VARIABLE):
        return own
    found = next((path for place in PLACES if (path := shutil.which(place))), None)
    return found or _playwrights_own()


def install_browser() -> str | None:
    """Install Debian's Chromium if we are root and have apt; return its path, or None."""
    if not (is_root() and shutil.which("apt-get")):
        return None
    print(f"Installing {PACKAGE} for the browser tests.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", PACKAGE]):
        result = subprocess.run(
            ["apt-get", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            print(result.stdout[-2000:], file=sys.stderr)
    return find_browser()


@contextlib.contextmanager
def running_browser() -> Iterator[Browser]:
    """Run a browser within the block. Raises `LocalError` if there is none."""
    options = launch_options()  # while it runs, Playwright cannot look for its own
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        try:
            yield browser
        finally:
            browser.close()


def launch_options() -> dict[str, Any]:
    """Return arguments for Playwright's `chromium.launch`. Raises `LocalError` without a browser.

    Chromium's own sandbox is off, since it does not work as root and the tests only open our pages.
    """
    browser = find_browser()
    if browser is None:
        raise LocalError(ADVICE)
    arguments = ["--no-sandbox"] if is_root() else []
    return {"executable_path": browser, "args": [*arguments, "--disable-dev-shm-usage"]}


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Find or install a browser. Without one, say so and return 0, but 1 under CI."""
    if find_browser() or install_browser():
        return 0
    print(ADVICE, file=sys.stderr)
    if os.environ.get("CI"):
        return 1
    print("The browser tests are skipped.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
