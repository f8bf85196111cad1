"""The page of architecture names modules that exist."""

import importlib.util
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PAGES = [
    CHECKOUT / "docs" / "architecture.md",
    *sorted((CHECKOUT / "docs" / "decisions").glob("*.md")),
]
APPS = (
    "bench",
    "discord_api",
    "discordbot",
    "games",
    "gamesched",
    "guilds",
    "notifications",
    "postgres",
    "sandbox",
    "telemetry",
    "when",
)
# Each has a page or a file of its own that says what it is.
NOT_IN_THE_MAP = {"bin", "docs", "tests"}


def code(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", page.read_text())


def is_file(name: str) -> bool:
    return any(any((CHECKOUT / folder).rglob(name)) for folder in (*APPS, "tests"))


def is_there(name: str) -> bool:
    """Return whether it names a module, or something that a module defines."""
    try:
        if importlib.util.find_spec(name) is not None:
            return True
    except ModuleNotFoundError:
        pass
    module, _, inside = name.rpartition(".")
    spec = importlib.util.find_spec(module)
    text = Path(spec.origin).read_text() if spec and spec.origin else ""
    return bool(re.search(rf"^(?:(?:async )?def |class )?{inside}\b", text, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_and_modules_it_names_are_there(page: Path) -> None:
    for text in code(page):
        if re.fullmatch(r"[a-z_/]+\.py", text):
            assert (CHECKOUT / text).exists() or is_file(text), text
        elif re.fullmatch(rf"(?:{'|'.join(APPS)})(?:\.\w+)+", text):
            assert is_there(text), text


def test_every_folder_is_in_the_map() -> None:
    page = CHECKOUT / "docs" / "architecture.md"
    table = "".join(line for line in page.read_text().splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([a-z_]+)/`", table.replace("; ", "\n")))
    folders = {
        path.name
        for path in CHECKOUT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and any(path.iterdir())
    } - {"var", "staticfiles", "__pycache__"}
    assert folders - NOT_IN_THE_MAP <= named
