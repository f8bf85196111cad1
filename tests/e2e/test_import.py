"""An import and an export in a real browser: from the settings to the announcement on Discord."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.duration import wait_until
from tests.e2e.conftest import Tavern
from tests.e2e.stack import Stack
from tests.e2e.test_web import log_in
from tests.e2e.walker import axe_finds

pytestmark = pytest.mark.e2e
LOOKS: tuple[tuple[int, Any], ...] = (
    (360, "light"),
    (360, "dark"),
    (1440, "light"),
    (1440, "dark"),
)


@pytest.fixture
def page(stack: Stack, tavern: Tavern, browser: Browser) -> Iterator[Page]:
    page = log_in(browser, stack, tavern.host)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.context.close()
    # The browser reports every unsuccessful response, also the intended ones.
    assert [one for one in problems if "status of 422" not in one] == []


def look(page: Page, name: str, folder: Path) -> None:
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
        assert axe_finds(page) == [], (name, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_a_calendar_becomes_games_and_the_games_a_table(
    tavern: Tavern, page: Page, tmp_path: Path
) -> None:
    start = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    file = tmp_path / "season.ics"
    file.write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n"
        f"BEGIN:VEVENT\nSUMMARY:Season opening\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nDURATION:PT3H\n"
        "END:VEVENT\n"
        f"BEGIN:VEVENT\nSUMMARY:Every week\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nRRULE:FREQ=WEEKLY\n"
        "END:VEVENT\n"
        f"BEGIN:VEVENT\nSUMMARY:{'Holiday' * 40}\nDTSTART;VALUE=DATE:20301224\nEND:VEVENT\n"
        "END:VCALENDAR\n"
    )
    page.goto(f"/g/{tavern.id}/settings/")
    look(page, "settings", tmp_path)
    page.get_by_role("link", name="Import games").click()
    look(page, "import", tmp_path)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Choose a file.")).to_be_visible()
    look(page, "refused", tmp_path)

    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_label("Announced").select_option("At once")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("The file leaves something open.")).to_be_visible()
    look(page, "asked", tmp_path)
    page.get_by_label("Time zone of what repeats in UTC").fill("Berlin")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 games would be created.")).to_be_visible()
    expect(page.get_by_text("It lasts all day.")).to_be_visible()
    look(page, "plan", tmp_path)
    assert tavern.announcement("Season opening") is None

    page.get_by_role("button", name="Create 2 games").click()
    expect(page.get_by_text("2 games were created.")).to_be_visible()
    for title in ("Season opening", "Every week"):
        wait_until(partial(tavern.announcement, title), 20)

    page.goto(f"/g/{tavern.id}/settings/")
    for link, part in [("Games (CSV)", "Season opening"), ("Rosters (CSV)", "discord_id"),
                       ("Games (.ics)", "SUMMARY:Every week")]:  # fmt: skip
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        assert part in Path(download.value.path()).read_text(encoding="utf-8-sig")
