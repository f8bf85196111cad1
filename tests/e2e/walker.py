"""A person's browser that checks each page it visits.

It fails on content wider than a phone, findings of axe in either theme, messages in the console
and violations of the content security policy.
"""

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

Look = tuple[str, Any, Any]
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
PHONE_LIGHT: Look = ("phone-light", PHONE, "light")
PHONE_DARK: Look = ("phone-dark", PHONE, "dark")
DESK_DARK: Look = ("desk-dark", DESK, "dark")
# The folder for a picture of each page; without it none are kept.
SCREENSHOTS = os.environ.get("GAMESCHED_SCREENSHOTS", "")
# Preloading is off, since it would add inline styles, which the policy forbids.
AXE_RUN = "axe.run(document, { resultTypes: ['violations'], preload: false })"
REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


class Walker:
    def __init__(self, page: Page, role: str, looks: tuple[Look, ...]) -> None:
        self.looks = looks
        self.page = page
        self.role = role
        self.visited: set[str] = set()
        self.problems: list[str] = []
        self._expected = 200
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("response", self._answered)

    def visit(self, name: str, path: str, status: int = 200) -> None:
        """Open the page and check it."""
        self._expected = status
        response = self.page.goto(path)
        assert response is not None, path
        if response.status != status:
            self._note(f"answered {response.status}, not {status}")
        self.look(name)

    def look(self, name: str) -> None:
        """Check the open page at each width and in each theme."""
        self.visited.add(name)
        self.page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        self.page.evaluate(AXE_SCRIPT)
        for kind, size, scheme in self.looks:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self._measure(name)
            self._picture(name, kind)
            self._axe(kind)

    def _measure(self, name: str) -> None:
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self._note(f"{name} is {wide} px wider than the window")

    def _axe(self, kind: str) -> None:
        for one in _violations(self.page):
            self._note(f"axe, {kind}: {one}")

    def _picture(self, name: str, kind: str) -> None:
        if SCREENSHOTS:
            file = re.sub(r"[^\w.-]+", "_", f"{name}-{self.role}-{kind}.png")
            self.page.screenshot(path=Path(SCREENSHOTS) / file, full_page=True)

    def _console(self, kind: str, text: str) -> None:
        # The browser reports every unsuccessful response, also the intended ones.
        is_status = text.startswith("Failed to load resource") and self._expected >= 400
        if kind in {"error", "warning"} and not is_status:
            self._note(f"console: {text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500 and self._expected < 500:
            self._note(f"{response.status} from {response.url}")

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self.role} at {self.page.url}: {problem}")

    def ask(self, method: str, path: str) -> Any:
        """Send a request as a form would, with the CSRF token, without showing the response."""
        cookies = {c.get("name"): c.get("value", "") for c in self.page.context.cookies()}
        headers = {"X-CSRFToken": cookies.get("csrftoken") or "", "Referer": self.page.url}
        return self.page.request.fetch(path, method=method, headers=headers, max_redirects=0)


def axe_finds(page: Page) -> list[str]:
    """Return axe's findings on the page in its present state."""
    page.evaluate(AXE_SCRIPT)
    return _violations(page)


def _violations(page: Page) -> list[str]:
    found = page.evaluate(AXE_RUN)["violations"]
    return [f"{one['id']} {one['nodes'][0]['target']}" for one in found]
