import pytest

from gamesched.local import browser
from gamesched.local.errors import LocalError
from tests.browser import browser_or_skip


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a browser or a way to get one."""
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser, "_playwrights_own", lambda: None)
    monkeypatch.setattr(browser, "is_root", lambda: False)


@pytest.mark.browser
def test_browser_found_opens_a_page() -> None:
    with browser_or_skip() as chromium:
        page = chromium.new_page()
        page.set_content("<h1>Dungeon night</h1>")
        assert page.inner_text("h1") == "Dungeon night"


def test_named_browser_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(browser.VARIABLE, "/opt/my-chromium")
    assert browser.find_browser() == "/opt/my-chromium"


@pytest.mark.usefixtures("bare_machine")
def test_missing_browser_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    assert browser.main() == 0
    said = capsys.readouterr().err
    assert "No Chromium found" in said
    assert "skipped" in said
    with pytest.raises(LocalError, match="No Chromium found"):
        browser.launch_options()


@pytest.mark.usefixtures("bare_machine")
def test_missing_browser_fails_under_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert browser.main() == 1
